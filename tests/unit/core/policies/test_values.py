"""Every declared variable has a value of its type, from the manifests that say it."""

from __future__ import annotations

from datetime import datetime

import pytest

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.places import home_of
from modelops_git.core.policies import values as of
from modelops_git.core.policies.variables import KNOWN_TO, MEANINGS, VARIABLES, Type

PYTHON = {
    Type.BOOLEAN: bool,
    Type.TEXT: str,
    Type.NUMBER: float,
    Type.TIME: datetime,
    Type.TEXTS: list,
    Type.NUMBERS: dict,
    Type.TABLE: dict,
}


@pytest.fixture(scope="module")
def values():
    catalog = Catalog(casebook.registry())
    rules, model = catalog.registry.manifest, catalog.model("iris").manifest
    version, rollout = catalog.version("iris", "1.1.0").manifest, catalog.rollout("iris", "staging").manifest
    happening = of.Happening(
        "promote", {path: home_of(path) for path in ("modelops.yaml", "models/a/model.yaml")}
    )
    return {
        **of.of_version("candidate", version, model.metrics),
        **of.of_version("live", version, model.metrics),
        **of.of_version("parent", version, {}),
        **of.of_model(model),
        **of.of_environment(rules.environments[1]),
        **of.of_rollout(rollout, rules.strategies),
        **of.of_change(happening),
    }


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
def test_every_variable_has_a_value_of_its_type(variable, values):
    assert isinstance(values[variable.name], PYTHON[variable.type])


def test_nothing_else_has_a_value(values):
    assert values.keys() == {variable.name for variable in VARIABLES}
    assert set(MEANINGS) == {variable.root for variable in VARIABLES}
    assert all(set(known) <= set(MEANINGS) for known in KNOWN_TO.values())


def test_values_are_those_of_the_manifests(values):
    assert values["candidate.metrics"] == {"accuracy": 0.97}
    assert values["parent.metrics"] == {}
    assert values["candidate.evaluations"] == {"holdout": {"accuracy": 0.97}}
    assert values["candidate.size"] == 181224.0
    assert values["candidate.formats"] == ["onnx"]
    assert values["candidate.parent"] == "1.0.0"
    assert values["environment.promote_from"] == ["staging"]
    assert (values["rollout.strategy"], values["rollout.type"]) == ("at-once", "immediate")
    assert values["change.kinds"] == ["Model", "Registry"]


def test_where_there_is_no_version_only_collections_have_values():
    values = of.of_no_version("live")
    assert values["live.exists"] is False
    assert values["live.metrics"] == values["live.evaluations"] == {}
    assert values["live.authors"] == []
    assert "live.version" not in values


def test_what_a_policy_looked_at_is_told_in_words():
    values = {"a": {"b": 0.1}, "c": True, "d": ["x"], "e": "y" * 100, "f": [1, 2]}
    reads = [("a", ("b",)), ("a", ("x",)), ("c", ()), ("d", ()), ("e", ()), ("f", ()), ("g", ())]
    assert of.shown(values, reads) == [
        "a.b is 0.1",
        "a.x has no value",
        "c is true",
        "d has 1 entry",
        f"e is {'y' * 59}…",
        "f has 2 entries",
        "g has no value",
    ]
