"""`least_bump`: the table in `bump.py`, row by row."""

from __future__ import annotations

import pytest

from modelops_git.core.interfaces import least_bump
from modelops_git.core.interfaces.compare import Verdict

VECTOR = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
LABEL = {"type": "object", "properties": {"prediction": {"enum": [0, 1, 2]}}, "required": ["prediction"]}
PARENT = {
    "version": "1.2.0",
    "algorithm": "RandomForestClassifier",
    "framework": {"name": "scikit-learn", "version": "1.5.2"},
    "artifacts": [
        {"path": "model.onnx", "role": "model", "sha256": "a" * 64, "size": 5},
        {"path": "labels.json", "role": "config", "sha256": "b" * 64, "size": 6},
    ],
    "interface": {"protocol": "json", "input": VECTOR, "output": LABEL},
    "training": {
        "data": [{"name": "iris", "sha256": "c" * 64, "rows": 150}],
        "hyperparameters": {"n_estimators": 100},
        "seed": 42,
        "code": {"commit": "0" * 40},
    },
}
REBUILT = {"artifacts": [{"path": "model.onnx", "role": "model", "sha256": "d" * 64, "size": 5}]}


def version(**changes):
    return {**PARENT, "version": "9.9.9", **changes}


def interface(**changes):
    return {"interface": {**PARENT["interface"], **changes}}


def training(**changes):
    return REBUILT | {"training": {**PARENT["training"], **changes}}


WIDER = interface(input={"type": "array", "items": {"type": "number"}})
FIFTH = interface(input={**VECTOR, "minItems": 5, "maxItems": 5})
DATED = interface(input={"type": "array", "items": {"type": "number", "format": "float"}})


@pytest.mark.parametrize(
    ("new", "bump"),
    [
        (version(), "patch"),
        (version(summary="other words", evaluations=[{"name": "holdout"}]), "patch"),
        (version(artifacts=[*reversed(PARENT["artifacts"])]), "patch"),
        (
            version(
                **training(data=[{"name": "elsewhere", "sha256": "e" * 64}])
                | {"artifacts": PARENT["artifacts"]}
            ),
            "patch",
        ),
        (version(**REBUILT), "patch"),
        (version(**training(code={"commit": "1" * 40})), "patch"),
        (version(**REBUILT, framework={"name": "scikit-learn", "version": "1.6.0"}), "patch"),
        (version(**training(data=[{"name": "renamed", "sha256": "c" * 64}])), "patch"),
        (version(**training(hyperparameters={"n_estimators": 100.0})), "patch"),
        (version(**training(data=[{"name": "iris", "sha256": "e" * 64}])), "minor"),
        (
            version(**training(data=[*PARENT["training"]["data"], {"name": "more", "sha256": "f" * 64}])),
            "minor",
        ),
        (version(**training(data=[{"name": "iris"}])), "minor"),
        (version(**training(hyperparameters={"n_estimators": 200})), "minor"),
        (version(**training(seed=43)), "minor"),
        (version(**REBUILT, algorithm="GradientBoostingClassifier"), "minor"),
        (version(**REBUILT, base_models=[{"uri": "hf://a/b@" + "0" * 40, "relation": "finetune"}]), "minor"),
        (version(**interface(input={**VECTOR, "title": "four measurements"})), "patch"),
        (version(**WIDER), "minor"),
        (version(**FIFTH), "major"),
        (version(**interface(protocol="oip-v2")), "major"),
        (
            version(**interface(output={**LABEL, "properties": {"prediction": {"enum": [0, 1, 2, 3]}}})),
            "major",
        ),
    ],
)
def test_the_least_bump(new, bump):
    found = least_bump(PARENT, new)
    assert found.bump == bump, found.reasons
    assert found.reasons
    assert not found.reviewed


def test_training_data_that_neither_states_counts_as_different():
    parent = {**PARENT, "training": {}}
    assert least_bump(parent, {**parent, **REBUILT}).bump == "minor"


def test_under_zero_an_incompatible_interface_asks_for_minor():
    assert least_bump({**PARENT, "version": "0.9.3"}, version(**FIFTH)).bump == "minor"
    assert least_bump({**PARENT, "version": "0.9.3"}, version(**FIFTH)).comparison.witness.value == [
        0,
        0,
        0,
        0,
    ]


def test_a_number_that_only_begins_with_zero_is_not_under_zero():
    assert least_bump({**PARENT, "version": "10.9.3"}, version(**FIFTH)).bump == "major"


def test_an_undecided_comparison_gives_no_bump():
    found = least_bump(PARENT, version(**DATED))
    assert found.bump is None
    assert found.comparison.verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(("verdict", "bump"), [("compatible", "minor"), ("incompatible", "major")])
def test_the_authors_review_decides_what_is_undecided(verdict, bump):
    found = least_bump(PARENT, version(**DATED, interface_review={"verdict": verdict, "reason": "read it"}))
    assert found.bump == bump
    assert found.reviewed
    assert len(found.reasons) > 1


def test_no_review_outweighs_a_witness():
    found = least_bump(PARENT, version(**FIFTH, interface_review={"verdict": "compatible", "reason": "no"}))
    assert (found.bump, found.reviewed) == ("major", False)


@pytest.mark.parametrize("junk", [None, 3, "x", [], [3], {"data": 3}, {"data": [3]}])
def test_junk_in_a_manifest_is_no_error(junk):
    new = {"version": junk, "interface": PARENT["interface"], "training": junk, "artifacts": junk}
    assert least_bump(PARENT, new).bump == "minor"
    assert least_bump({}, {"interface": junk, "interface_review": junk}).bump is None
