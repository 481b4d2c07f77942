"""Checking what a change affects finds everything that a check of everything would newly find."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.affected import affected
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.run import run
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.snapshot import Change, DictSnapshot

START = {path: casebook.registry().read(path).decode() for path in casebook.registry().paths()}
NUMBERS = ("1.0.0", "1.1.0", "2.0.0-rc.1", "2.0.0")
ENVIRONMENTS = ("staging", "production", "nowhere")
BROKEN = "kind: ["


def version(model, number, parent, size, evaluation):
    text = START["models/iris/versions/1.0.0.yaml"]
    text = text.replace("model: iris", f"model: {model}").replace("version: 1.0.0", f"version: {number}")
    text = text.replace("minItems: 4, maxItems: 4", f"minItems: {size}, maxItems: {size}")
    text = text.replace("name: holdout", f"name: {evaluation}").replace("1" * 64, f"{size}" * 64)
    return text.replace("summary:", f"parent: {parent}\nsummary:") if parent else text


def model_manifest(name, lifecycle, evaluation):
    text = START["models/iris/model.yaml"].replace("name: iris", f"name: {name}")
    return text.replace("evaluation: holdout", f"evaluation: {evaluation}") + f"lifecycle: {lifecycle}\n"


def pinning(kind, model, number, digest, **fields):
    head = {"api_version": "modelops/v1", "kind": kind, "model": model}
    lines = [f"{key}: {value}" for key, value in {**head, **fields}.items()]
    return "\n".join([*lines, f"version: {number}", f"manifest_digest: {digest}"]) + "\n"


def experiment(model, environment, candidate, kind):
    number, digest = candidate
    return (
        f"api_version: modelops/v1\nkind: Experiment\nmodel: {model}\nenvironment: {environment}\n"
        f"type: {kind}\ncandidates: [{{version: {number}, manifest_digest: {digest}, weight: 20}}]\n"
        "until: 2026-07-01T00:00:00Z\nanalysis: [serving-health]\n"
    )


@st.composite
def registries(draw):
    """The files of a small registry in which much may be wrong."""
    files = {}
    if draw(st.integers(0, 9)):
        text = START["modelops.yaml"]
        gone = draw(st.sampled_from(["nothing", "promote_from: [staging]", "at-once: {type: immediate}"]))
        files["modelops.yaml"] = text.replace(
            gone, "" if gone.startswith("promote") else "other: {type: immediate}"
        )
    if draw(st.booleans()):
        files["analyses/serving-health.yaml"] = START["analyses/serving-health.yaml"]
    for model in draw(st.sets(st.sampled_from(["iris", "iris/small", "tulip"]), max_size=2)):
        files.update(draw(models(model)))
    for path in draw(st.sets(st.sampled_from(sorted(files) or ["x"]), max_size=1)) & files.keys():
        if not draw(st.integers(0, 3)):
            files[path] = BROKEN
    return files


@st.composite
def models(draw, name):
    files, top = {}, f"models/{name}"
    if draw(st.integers(0, 5)):
        lifecycle = draw(st.sampled_from(["active", "archived"]))
        files[f"{top}/model.yaml"] = model_manifest(name, lifecycle, draw(EVALUATIONS))
    digests = {}
    for number in draw(st.sets(st.sampled_from(NUMBERS), max_size=4)):
        parent, size = draw(st.sampled_from((None, *NUMBERS))), draw(st.sampled_from([4, 5]))
        path = f"{top}/versions/{number}.yaml"
        files[path] = version(name, number, parent, size, draw(EVALUATIONS))
        digests[number] = parse_document(path, files[path].encode()).document.digest
    pins = st.sampled_from(NUMBERS).map(lambda number: (number, digests.get(number, "sha256:" + "0" * 64)))
    for number, digest in draw(st.sets(pins, max_size=2)):
        kind = draw(st.sampled_from(["deprecated", "revoked"]))
        files[f"{top}/notices/{number}-1.yaml"] = pinning(
            "Notice", name, number, digest, type=kind, reason="why"
        )
    for place in draw(st.sets(st.sampled_from(ENVIRONMENTS), max_size=2)):
        if draw(st.booleans()):
            number, digest = draw(pins)
            strategy = draw(st.sampled_from(["at-once", "standard"]))
            text = pinning("Rollout", name, number, digest, environment=place, strategy=strategy)
            files[f"{top}/rollouts/{place}.yaml"] = text
        if draw(st.booleans()):
            kind = draw(st.sampled_from(["split", "mirror"]))
            files[f"{top}/experiments/{place}.yaml"] = experiment(name, place, draw(pins), kind)
    return files


EVALUATIONS = st.sampled_from(["holdout", "holdout-2"])


@st.composite
def changes(draw):
    """Two registries, of which the second differs from the first in one or two files."""
    before, other = draw(registries()), draw(registries())
    after = dict(before)
    for path in draw(st.sets(st.sampled_from(sorted({*before, *other}) or ["x"]), min_size=1, max_size=2)):
        if path in other:
            after[path] = other[path]
        else:
            after.pop(path, None)
    return before, after


def names(result):
    found = {(one.code, one.place.path, one.place.pointer, one.message) for one in result.findings}
    return found, {(one.code, one.path) for one in result.skipped}


@settings(max_examples=60)
@given(changes())
def test_what_is_newly_found_by_a_full_check_is_found_by_checking_what_is_affected(pair):
    before, after = (DictSnapshot(files) for files in pair)
    facts = Facts(casebook.NOW, before)
    change = Change.between(before, after)
    catalog = Catalog(after)
    old = run(Catalog(before), Change(before, before, ()), Catalog(before).everything(), facts)
    everything = run(catalog, change, (*catalog.everything(), *change.changed), facts)
    part = run(catalog, change, affected(change, catalog), facts)
    for known, full, small in zip(names(old), names(everything), names(part), strict=True):
        assert full <= known | small
        assert small <= full


OLD, NEW = "models/iris/versions/1.0.0.yaml", "models/iris/versions/1.1.0.yaml"
LIVE = {"models/iris/rollouts/production.yaml", "models/iris/rollouts/staging.yaml"}


@pytest.mark.parametrize(
    ("path", "others"),
    [
        ("models/iris/README.md", set()),
        ("analyses/serving-health.yaml", set()),
        ("models/iris/rollouts/staging.yaml", set()),
        ("models/iris/notices/1.0.0-1.yaml", LIVE),
        (NEW, {"models/iris/model.yaml", *LIVE}),
        (OLD, {"models/iris/model.yaml", "models/iris/notices/1.0.0-1.yaml", NEW, *LIVE}),
        ("models/iris/model.yaml", {path for path in START if path.startswith("models/iris/")}),
        ("modelops.yaml", set(START)),
    ],
)
def test_no_more_is_checked_than_what_refers_to_what_was_edited(path, others):
    before = DictSnapshot({**START, "models/iris/README.md": "hello"})
    after = DictSnapshot(
        {**START, "models/iris/README.md": "hello", path: START.get(path, "") + "# edited\n"}
    )
    found = affected(Change.between(before, after), Catalog(after))
    assert set(found) == {path, *others} | ({"models/iris/README.md"} if len(others) > 5 else set())


def test_an_analysis_that_goes_affects_all_that_could_name_it():
    path = "analyses/serving-health.yaml"
    after = DictSnapshot({name: text for name, text in START.items() if name != path})
    found = affected(Change.between(DictSnapshot(START), after), Catalog(after))
    assert set(found) == {path, "modelops.yaml", *LIVE}


def test_a_version_that_was_missing_affects_those_that_named_it_even_in_escapes():
    hidden = START[NEW].replace("parent: 1.0.0", 'parent: "1.\\x30.0"')
    files = {**START, NEW: hidden}
    before = DictSnapshot({path: text for path, text in files.items() if path != OLD})
    assert NEW in affected(Change.between(before, DictSnapshot(files)), Catalog(DictSnapshot(files)))
