"""From changed paths to acts, on small registries in memory."""

from __future__ import annotations

import pytest

from modelops_git.core.authorizing.acts import Altered, Reach, acts_of
from modelops_git.core.authorizing.verdict import Act
from modelops_git.core.catalog import Catalog
from modelops_git.core.snapshot import Change, DictSnapshot

RULES = """\
api_version: modelops/v1
kind: Registry
name: acme
default_store: primary
stores: {primary: {uri: "file:./store"}}
environments: [{name: production, targets: [{models: ["*"], type: gateway, uri: "file:live"}]}]
"""
MODEL = """\
api_version: modelops/v1
kind: Model
name: %s
description: Tells flowers apart.
owners: [botany]
risk: %s
lifecycle: active
license: mit
"""
OLD, NEW = f"sha256:{'0' * 64}", f"sha256:{'1' * 64}"
PATH = "models/iris/rollouts/production.yaml"


def rollout(version, digest, strategy="{type: immediate}"):
    return (
        "api_version: modelops/v1\nkind: Rollout\nmodel: iris\nenvironment: production\n"
        f"version: {version}\nmanifest_digest: {digest}\nstrategy: {strategy}\n"
    )


BASE = {
    "modelops.yaml": RULES,
    "models/iris/model.yaml": MODEL % ("iris", "high"),
    PATH: rollout("1.1.0", NEW),
}


def acts(after, *, before=BASE, reach=None, paths=(), beside=()):
    base, head = DictSnapshot(before), DictSnapshot({**before, **after})
    changed = (*Change.between(base, head).changed, *paths)
    known = {("production", "iris"): reach or Reach()}
    return acts_of(Altered(changed, Catalog(base), Catalog(head), known, tuple(beside)))


def without(path):
    return {key: value for key, value in BASE.items() if key != path}


def test_a_version_that_completed_is_gone_back_to():
    back = rollout("1.0.0", OLD)
    assert acts({PATH: back}, reach=Reach(frozenset({OLD}))) == (
        Act("rollback", PATH, "iris", "production", "high"),
    )
    assert acts({PATH: back}) == (Act("promote", PATH, "iris", "production", "high"),)


def test_what_is_live_is_gone_back_to_from_a_later_version_and_not_from_an_earlier_one():
    assert [one.action for one in acts({PATH: rollout("1.0.0", OLD)}, reach=Reach(live=OLD))] == ["rollback"]
    before = {**BASE, PATH: rollout("0.9.0", NEW)}
    assert [
        one.action for one in acts({PATH: rollout("1.0.0", OLD)}, before=before, reach=Reach(live=OLD))
    ] == ["promote"]


def test_a_rollback_that_changes_anything_else_is_a_promotion():
    (act,) = acts({PATH: rollout("1.0.0", OLD, "{type: blue_green}")}, reach=Reach(frozenset({OLD})))
    assert act.action == "promote"


def test_a_retirement_is_a_promotion():
    base, head = DictSnapshot(BASE), DictSnapshot(without(PATH))
    (act,) = acts_of(Altered((PATH,), Catalog(base), Catalog(head), {}))
    assert act.action == "promote"


def test_the_end_of_an_experiment_is_a_rollback_and_its_begin_a_promotion():
    path = "models/iris/experiments/production.yaml"
    assert [one.action for one in acts({path: "x: y\n"})] == ["promote"]
    assert [one.action for one in acts({}, paths=[path])] == ["rollback"]


def test_the_risk_is_that_before_the_change():
    lowered = {"models/iris/model.yaml": MODEL % ("iris", "low"), PATH: rollout("1.2.0", OLD)}
    assert {act.risk for act in acts(lowered)} == {"high"}
    fresh = acts({"models/new/model.yaml": MODEL % ("new", "medium")})
    assert fresh == (Act("describe", "models/new/model.yaml", "new", risk="medium"),)
    broken = acts({PATH: rollout("1.2.0", OLD)}, before={**BASE, "models/iris/model.yaml": "{"})
    assert broken[0].risk == "high"


@pytest.mark.parametrize(
    ("path", "action", "model"),
    [
        ("models/iris/versions/1.2.0.yaml", "register", "iris"),
        ("models/iris/notices/1.1.0-1.yaml", "describe", "iris"),
        ("models/iris/README.md", "describe", "iris"),
        ("models/iris/versions/x/y.txt", "describe", "iris"),
        ("store/iris/1.2.0-0123/model.onnx", "register", ""),
        ("README.md", "describe", ""),
        ("modelops.yaml", "administer", ""),
        ("analyses/health.yaml", "administer", ""),
        ("allowed_signers", "administer", ""),
        ("revoked_signers", "administer", ""),
        (".github/workflows/apply.yml", "administer", ""),
        ("CODEOWNERS", "administer", ""),
        (".pre-commit-config.yaml", "administer", ""),
    ],
)
def test_every_path_is_an_act(path, action, model):
    (act,) = acts({}, paths=[path])
    assert (act.action, act.model, act.path) == (action, model, path)


def test_to_approve_is_no_act():
    assert acts({}, paths=["approvals/0123456789abcdef/ana.json"]) == ()


def test_what_lies_outside_the_registry_and_has_a_say_is_administered():
    assert acts({}, beside=[".github/workflows/ci.yml"]) == (Act("administer", ".github/workflows/ci.yml"),)
