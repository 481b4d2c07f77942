"""Which rules a change alters, and whether it brings what they decide about (MOG608)."""

from __future__ import annotations

import pytest

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.run import run
from modelops_git.core.snapshot import Change, DictSnapshot

REGISTRY = "modelops.yaml"
PRODUCTION = "models/iris/rollouts/production.yaml"
STAGING = "models/iris/rollouts/staging.yaml"
MODEL = "models/iris/model.yaml"
MORE = """\
policies:
  - {name: one, actions: [promote], environments: [production], expression: "true", message: said}
"""


def files():
    snapshot = casebook.registry()
    found = {path: snapshot.read(path).decode() for path in snapshot.paths()}
    rule = "  - {action: promote, environments: [production], models: ['iris'], authors: [ml-engineers]}\n"
    found[REGISTRY] = found[REGISTRY].replace("rules:\n", f"rules:\n{rule}") + MORE
    return found


def told(old, new, touched):
    """Where MOG608 is found when `old` becomes `new` in modelops.yaml, and `touched` changes too."""
    before = files()
    assert old in before[REGISTRY]
    after = {**before, REGISTRY: before[REGISTRY].replace(old, new)}
    after[touched] += "lifecycle: deprecated\n" if touched == MODEL else "first_deployment: strategy\n"
    head = DictSnapshot(after)
    change = Change.between(DictSnapshot(before), head)
    result = run(Catalog(head), change, [REGISTRY], Facts(casebook.NOW))
    return [one.place.pointer for one in result.findings if one.code == "MOG608"]


@pytest.mark.parametrize(
    ("old", "new", "touched", "at"),
    [
        ("models: ['iris']", "models: ['*']", PRODUCTION, ["/rules/0"]),
        ("models: ['iris']", "models: ['rose']", PRODUCTION, ["/rules"]),
        ("models: ['iris']", "models: ['*']", STAGING, []),
        ("models: ['iris']", "models: ['*']", MODEL, []),
        ('expression: "true"', 'expression: "1 == 1"', PRODUCTION, ["/policies/0"]),
        ("message: said", "message: shown", PRODUCTION, []),
        ('"github:bo"', '"github:cy"', PRODUCTION, ["/groups/ml-engineers"]),
        ('"github:bo"', '"github:cy"', STAGING, []),
        ("    promote_from: [staging]\n", "", PRODUCTION, ["/environments/1"]),
        ("    promote_from: [staging]\n", "", STAGING, []),
        ('uri: "file:.modelops/live/production"', 'uri: "file:.modelops/live/other"', PRODUCTION, []),
        ("deadline: 24h", "deadline: 48h", PRODUCTION, []),
        ("required_metadata: [training.data, evaluations]", "required_metadata: []", PRODUCTION, []),
        ("name: acme", "name: apex", PRODUCTION, []),
    ],
)
def test_rules_are_told_with_what_they_decide_about(old, new, touched, at):
    assert sorted(told(old, new, touched)) == sorted(set(at))


def test_a_strategy_counts_where_an_environment_requires_it():
    before = files()
    before[REGISTRY] = before[REGISTRY].replace(
        "    promote_from: [staging]\n",
        "    promote_from: [staging]\n    require: {strategies: [standard]}\n",
    )
    after = {**before, REGISTRY: before[REGISTRY].replace("deadline: 24h", "deadline: 48h")}
    after[PRODUCTION] += "first_deployment: strategy\n"
    head = DictSnapshot(after)
    result = run(Catalog(head), Change.between(DictSnapshot(before), head), [REGISTRY], Facts(casebook.NOW))
    assert "/strategies/standard" in [one.place.pointer for one in result.findings if one.code == "MOG608"]


def test_the_first_rules_may_come_with_anything():
    head = DictSnapshot(files())
    base = {path: text for path, text in files().items() if path != REGISTRY}
    result = run(Catalog(head), Change.between(DictSnapshot(base), head), [REGISTRY], Facts(casebook.NOW))
    assert "MOG608" not in [one.code for one in result.findings]
