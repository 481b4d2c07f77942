"""Policies in a registry: when they are asked, what they are asked with, where their mistakes are."""

from __future__ import annotations

import subprocess
import sys

import pytest

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.run import run
from modelops_git.core.policies import language
from modelops_git.core.snapshot import Change, DictSnapshot

REGISTRY = "modelops.yaml"
PRODUCTION = "models/iris/rollouts/production.yaml"
OLD = "sha256:5da2fe73bf8a562ab17abb0023d0ac864b3276937d7caa051f13ee2904508a81"
NEW = "sha256:a7fa9c5d14620dec64f9b492203e0401d93a5b5ef56be180aad1b4ce9f9de29c"


def files():
    snapshot = casebook.registry()
    return {path: snapshot.read(path).decode() for path in snapshot.paths()}


def with_policy(text, actions="promote"):
    head = files()
    head[REGISTRY] += f"policies:\n  - name: one\n    actions: [{actions}]\n    message: no.\n    {text}\n"
    return head


def promoted(head):
    return {**head, PRODUCTION: head[PRODUCTION].replace("1.0.0", "1.1.0").replace(OLD, NEW)}


def found(base, head, **facts):
    after = DictSnapshot(head)
    change = Change.between(DictSnapshot(base), after)
    result = run(Catalog(after), change, change.changed, Facts(casebook.NOW, **facts))
    return [one for one in result.findings if one.code in ("MOG606", "MOG607")], result.skipped


def answer(expression, actions="promote"):
    base = with_policy(f'expression: "{expression}"', actions)
    return [one.code for one in found(base, promoted(base))[0]]


@pytest.mark.parametrize(
    "expression",
    [
        "change.action == 'promote' && change.paths == ['models/iris/rollouts/production.yaml']",
        "change.kinds == ['Rollout']",
        "candidate.version == '1.1.0' && live.version == '1.0.0' && parent.version == '1.0.0'",
        "rollout.version == '1.1.0' && rollout.type == 'immediate' && environment.name == 'production'",
        "environment.promote_from == ['staging'] && model.owners == ['ml-engineers']",
        "candidate.created_at > live.created_at",
    ],
)
def test_a_promotion_is_judged_by_what_it_brings(expression):
    assert answer(expression) == []
    assert answer(f"!({expression})") == ["MOG606"]


def test_other_actions_and_other_environments_are_not_asked():
    assert answer("change.action == ''", "rollback, register, describe") == []
    base = with_policy('expression: "false"\n    environments: [staging]')
    assert found(base, promoted(base)) == ([], ())


def test_what_has_not_changed_is_not_asked():
    base = with_policy('expression: "false"')
    after = DictSnapshot({**base, PRODUCTION: base[PRODUCTION] + "# a comment\n"})
    result = run(Catalog(after), Change.between(DictSnapshot(base), after), after.paths())
    assert "MOG606" not in [one.code for one in result.findings]


def test_a_change_is_judged_by_the_policies_it_began_from():
    base = with_policy('expression: "false"')
    lenient = promoted(with_policy('expression: "true"'))
    assert [one.code for one in found(base, lenient)[0]] == ["MOG606"]
    assert [one.code for one in found(lenient, promoted(base))[0]] == []


def test_what_is_merged_is_judged_by_its_own_policies():
    base = with_policy('expression: "false"')
    lenient = promoted(with_policy('expression: "true"'))
    assert found(base, lenient, merged=True)[0] == []


def test_an_administrator_and_a_description_can_be_asked():
    base = with_policy('expression: "change.kinds.size() == 1"', "administer, describe")
    both = {
        **base,
        REGISTRY: base[REGISTRY] + "# more\nnotifications: []\n",
        "models/iris/model.yaml": base["models/iris/model.yaml"] + "lifecycle: deprecated\n",
    }
    assert {one.place.path for one in found(base, both)[0]} == {REGISTRY, "models/iris/model.yaml"}


def test_the_message_shows_the_values_and_the_hint_the_condition():
    base = with_policy('expression: "live.metrics.accuracy > 0.99"')
    (finding,), _ = found(base, promoted(base))
    assert finding.message == "Policy one: no (live.metrics.accuracy is 0.96)."
    assert finding.hint == "What must hold: `live.metrics.accuracy > 0.99`."
    assert finding.place.pointer == "/version"


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ('expression: "true || lvie.exists"', 32, 26),
        ("expression: 'true || lvie.exists'", 32, 26),
        ("expression: true || lvie.exists", 32, 25),
        ("expression: |\n      true ||\n        lvie.exists", 34, 9),
        ('expression: "true || \\x6cvie.exists"', 32, 17),
    ],
)
def test_the_caret_stands_under_the_mistake_in_the_file(written, line, column):
    (finding,), _ = found(files(), with_policy(written))
    assert (finding.place.line, finding.place.column) == (line, column)
    assert finding.message == "Policy one: there is no variable 'lvie'."
    assert finding.hint == "Did you mean live?"


@pytest.mark.parametrize(
    ("written", "actions", "message"),
    [
        ("expression: environment.name == ''", "promote, register", "environment.name has no value for reg"),
        ("expression: candidate.exists", "administer", "candidate.exists has no value for administer"),
        ("expression: live.exists\n    environments: [staging]", "describe", "environments, and describe"),
        ("expression: model.name != ''", "operate", "is for operate, which asks no policies"),
    ],
)  # fmt: skip
def test_a_policy_that_could_never_be_asked_is_a_mistake(written, actions, message):
    assert message in found(files(), with_policy(written, actions))[0][0].message


def test_a_policy_without_its_language_is_not_checked_and_no_pass(monkeypatch):
    monkeypatch.setitem(sys.modules, "cel_expr_python", None)
    language._environment.cache_clear()
    language.compiled.cache_clear()
    base = with_policy('expression: "false"')
    findings, skipped = found(base, promoted(base))
    assert findings == []
    assert {(one.path, one.code) for one in skipped} == {(PRODUCTION, "MOG606"), (PRODUCTION, "MOG607")}
    assert 'pip install "modelops-git[policies]"' in skipped[0].because


PROGRAM = """
import sys
import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.run import run
catalog = Catalog(casebook.registry())
paths = [path for path in catalog.everything() if not path.startswith("analyses/")]
print(len(run(catalog, None, paths, Facts(casebook.NOW)).files))
print([name for name in sys.modules if "cel" in name.split("_") or ".policies." in name])
"""


def test_without_policies_and_conditions_nothing_of_the_language_is_loaded():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, cwd=casebook.HERE.parent
    )
    count, loaded = done.stdout.splitlines()
    assert int(count) > 5
    assert loaded == "[]"
