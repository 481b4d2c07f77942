"""The models: complete, strict and frozen."""

from __future__ import annotations

import json
import re
from typing import get_args

import pytest
from annotated_types import MinLen
from pydantic import ValidationError

from modelops_git.core import places
from modelops_git.core.manifests import base
from modelops_git.core.manifests.experiment import Experiment
from modelops_git.core.manifests.kinds import KINDS, model_of
from modelops_git.core.manifests.model import Model
from modelops_git.core.manifests.notice import Notice
from modelops_git.core.manifests.shape import (
    ChoiceShape,
    EitherShape,
    ListShape,
    MapShape,
    OptionalShape,
    PartShape,
)

HEX = "a" * 64
NOTICE = {
    "api_version": "modelops/v1",
    "kind": "Notice",
    "model": "iris",
    "version": "1.0.0",
    "manifest_digest": f"sha256:{HEX}",
    "type": "erratum",
    "reason": "A typo.",
}


def parts_of(shape):
    """Every class that a shape's tree holds."""
    match shape:
        case PartShape(part):
            yield part
            for field in shape.fields.values():
                yield from parts_of(field.shape)
        case OptionalShape(inner) | ListShape(inner) | MapShape(_, inner):
            yield from parts_of(inner)
        case EitherShape(_, mapping):
            yield from parts_of(mapping)
        case ChoiceShape(_, parts):
            for member in parts.values():
                yield from parts_of(member)


ALL_PARTS = sorted(
    {part for kind in KINDS for part in parts_of(PartShape(model_of(kind)))}, key=lambda part: part.__name__
)


def forms():
    for name, value in vars(base).items():
        found = [item for item in get_args(value) if isinstance(item, base.Form)]
        if found:
            yield pytest.param(found[0], id=name)


@pytest.mark.parametrize("part", ALL_PARTS, ids=lambda part: part.__name__)
def test_every_field_says_what_it_is_in_one_sentence(part):
    for name, field in part.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
        assert "\n" not in field.description, name


@pytest.mark.parametrize("part", ALL_PARTS, ids=lambda part: part.__name__)
def test_every_part_is_strict_frozen_and_closed(part):
    config = part.model_config
    assert (config["strict"], config["frozen"], config["extra"]) == (True, True, "forbid")


@pytest.mark.parametrize("part", ALL_PARTS, ids=lambda part: part.__name__)
def test_a_field_with_a_default_is_none_empty_or_right(part):
    for name, field in part.model_fields.items():
        if field.is_required() or field.default_factory is not None:
            continue
        empty = field.default in (None, (), {})
        needs_one = any(isinstance(item, MinLen) for item in field.metadata)
        assert empty or not needs_one or field.default, name


def test_a_manifest_cannot_be_changed():
    notice = Notice.model_validate_json(json.dumps(NOTICE))
    with pytest.raises(ValidationError, match="frozen"):
        notice.reason = "Another."


@pytest.mark.parametrize("form", list(forms()))
def test_no_form_takes_a_final_newline_or_other_digits(form):
    example = form.example.split(" or ", maxsplit=1)[0].split(",")[0].strip('"')
    if form.matches(example) and not form.matches("\n" + example) and form.longest < 100_000:
        assert not form.matches(example + "\n")
        assert not form.matches(example + "\x00")


@pytest.mark.parametrize("form", list(forms()))
def test_every_pattern_is_also_read_by_ecmascript(form):
    assert not re.search(r"\\[AZzG]|\(\?[P<!=a-z]", form.pattern)


@pytest.mark.parametrize(
    "text",
    [
        "iris",
        "iris-2",
        "a.b_c",
        "versions",
        "a.json",
        "a.lock",
        "a.yaml",
        "A",
        "a--b",
        "-a",
        "a/b",
        "",
        "a" * 129,
        "é",
    ],
)
def test_names_are_the_names_of_paths(text):
    assert base.MODEL_NAME.matches(text) == places.is_name(text)
    assert base.NAME.matches(text) == (places.is_name(text) and "/" not in text)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("version", "1.2.3\n"),
        ("version", "1.2"),
        ("manifest_digest", HEX),
        ("manifest_digest", f"sha256:{HEX.upper()}"),
        ("model", "team/versions"),
        ("reason", "  "),
        ("type", "Revoked"),
        ("reason", 5),
    ],
)
def test_a_value_out_of_form_is_refused(field, wrong):
    with pytest.raises(ValidationError):
        Notice.model_validate_json(json.dumps({**NOTICE, field: wrong}))


@pytest.mark.parametrize("text", ["2026-02-30T00:00:00Z", "2026-06-02T15:30:00+02:00", "2026-06-02", "now"])
def test_a_time_is_in_utc_and_exists(text):
    experiment = {
        "api_version": "modelops/v1",
        "kind": "Experiment",
        "model": "iris",
        "environment": "production",
        "type": "mirror",
        "candidates": [{"version": "1.0.0", "manifest_digest": f"sha256:{HEX}", "weight": 100}],
        "until": "2026-06-02T15:30:00Z",
    }
    assert Experiment.model_validate_json(json.dumps(experiment)).until == "2026-06-02T15:30:00Z"
    with pytest.raises(ValidationError):
        Experiment.model_validate_json(json.dumps({**experiment, "until": text}))


def test_numbers_are_no_texts_and_booleans_no_numbers():
    model = {
        "api_version": "modelops/v1",
        "kind": "Model",
        "name": "iris",
        "description": "Flowers.",
        "owners": ["us"],
        "risk": "low",
    }
    goal = {"evaluation": "holdout", "goal": "maximize"}
    assert Model.model_validate_json(json.dumps({**model, "metrics": {"a": {**goal, "min": 1}}}))
    for wrong in ("1", True, [1]):
        with pytest.raises(ValidationError):
            Model.model_validate_json(json.dumps({**model, "metrics": {"a": {**goal, "min": wrong}}}))


def test_an_unknown_kind_has_no_model():
    with pytest.raises(KeyError):
        model_of("Pipeline")
