"""Shapes: what may be written at each position."""

from __future__ import annotations

import pytest

from modelops_git.core.manifests.kinds import KINDS, model_of
from modelops_git.core.manifests.shape import (
    OPEN,
    UNKNOWN,
    BooleanShape,
    ChoiceShape,
    EitherShape,
    ListShape,
    MapShape,
    NumberShape,
    OptionalShape,
    PartShape,
    TextShape,
    WordShape,
    shape_of,
    step,
)


def at(kind, *keys):
    shape = PartShape(model_of(kind))
    for key in keys:
        shape = step(shape, key)
    return shape


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_shape_for_every_field(kind):
    fields = PartShape(model_of(kind)).fields
    assert list(fields)[:2] == ["api_version", "kind"]
    assert fields["kind"].shape == WordShape((kind,))
    assert all(field.shape.wanted for field in fields.values())


def test_a_field_named_by_a_word_of_python_goes_by_its_written_name():
    fields = at("Registry", "environments", 0, "freeze", 0).fields
    assert list(fields) == ["from", "until", "reason"]


def test_versions_times_and_digests_have_a_syntax_of_their_own_and_texts_have_none():
    assert at("ModelVersion", "version").form.own
    assert at("ModelVersion", "created_at").form.own
    assert at("ModelVersion", "artifacts", 0, "sha256").form.own
    assert at("ModelVersion", "training", "code", "commit").form.own
    assert not at("ModelVersion", "summary").form.own
    assert not at("Registry", "environments", 0, "deploy_window", "from").form.own


def test_numbers_whole_numbers_and_booleans_are_told_apart():
    assert at("ModelVersion", "artifacts", 0, "size") == NumberShape(whole=True)
    assert at("ModelVersion", "evaluations", 0, "metrics", "accuracy") == NumberShape(whole=False)
    assert at("Registry", "policies", 0, "tests", 0, "expect") == BooleanShape()


def test_below_an_open_field_everything_is_open():
    assert at("ModelVersion", "training", "hyperparameters", "a") == OPEN
    assert at("ModelVersion", "interface", "input", "items", 0, "type") == OPEN


def test_where_there_should_be_nothing_nothing_is_known():
    assert at("ModelVersion", "colour") == UNKNOWN
    assert at("ModelVersion", "summary", "x") == UNKNOWN


def test_a_union_is_told_apart_by_its_tag():
    targets = at("Registry", "environments", 0, "targets", 0)
    assert isinstance(targets, ChoiceShape)
    assert (targets.tag, set(targets.parts)) == (
        "type",
        {"gateway", "pointer", "kserve", "sagemaker", "mlflow", "exec"},
    )
    test = at("Analysis", "metrics", 0, "test")
    assert isinstance(test, OptionalShape)
    assert isinstance(test.shape, ChoiceShape)
    assert (test.shape.tag, set(test.shape.parts)) == ("worse_when", {"higher", "lower"})


def test_a_strategy_is_a_name_or_a_mapping():
    shape = at("Rollout", "strategy")
    assert isinstance(shape, EitherShape)
    assert isinstance(shape.scalar, TextShape)
    assert set(shape.mapping.parts) == {"immediate", "canary", "blue_green"}
    assert shape.wanted == "a name or a mapping"


def test_lists_and_mappings_know_their_items():
    assert isinstance(at("Model", "tags"), ListShape)
    assert isinstance(at("Registry", "stores"), MapShape)
    assert isinstance(at("Registry", "stores", "any"), PartShape)


def test_a_type_that_manifests_do_not_use_is_an_error():
    with pytest.raises(TypeError, match="no manifest holds"):
        shape_of(bytes)
    with pytest.raises(TypeError, match="no manifest holds"):
        shape_of(set[str])
