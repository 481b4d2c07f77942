"""What CODEOWNERS says: for each file of each model the owners that the rules want, and no others."""

import pytest

from modelops_git.core.authorizing.judge import matching
from modelops_git.core.authorizing.owners import Owned, owner_of, reaches, sections
from modelops_git.core.authorizing.verdict import Act
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.manifests.write import dump

GROUPS = {
    "engineers": ["github:ana", "github:bo"],
    "leads": ["github-team:acme/leads", "email:lead@acme.example", "gitlab-group:acme/leads"],
    "risk": ["github:eve", "gitlab:eve", "ssh:eve@acme.example"],
}
RULES = [
    {"action": "register", "models": ["*"], "authors": ["engineers"]},
    {"action": "register", "models": ["fraud/*"], "approvals": {"from": ["engineers"]}},
    {"action": "promote", "environments": ["production"], "approvals": {"from": ["leads"], "count": 2}},
    {"action": "promote", "models": ["fraud/*"], "approvals": {"from": ["engineers"]}},
    {"action": "promote", "models": ["*/eu"], "approvals": {"from": ["risk"]}},
    {"action": "promote", "risk": ["high"], "approvals": {"from": ["risk"]}},
    {"action": "describe", "risk": ["high"], "approvals": {"from": ["risk"]}},
    {"action": "administer", "approvals": {"from": ["leads"]}},
]
RISKS = {
    "iris": "low",
    "fraud": "low",
    "fraud/eu": "low",
    "fraud/card/us": "high",
    "price/eu": "medium",
    "z/eu": "high",
}


def registry(rules=RULES, **more):
    target = {"models": ["*"], "type": "gateway", "uri": "file:live"}
    document = {
        "api_version": "modelops/v1",
        "kind": "Registry",
        "name": "acme",
        "default_store": "a",
        "stores": {"a": {"uri": "file:a"}},
        "environments": [{"name": name, "targets": [target]} for name in ("staging", "production")],
        "groups": GROUPS,
        "rules": rules,
        **more,
    }
    parsed = parse_document("modelops.yaml", dump(document).encode())
    assert parsed.document, parsed.findings
    return parsed.document.manifest


def owned(forge="github", rules=RULES, **more):
    return Owned(registry(rules, **more), RISKS, forge)


def files():
    for model, risk in RISKS.items():
        yield f"models/{model}/model.yaml", [Act("describe", "", model, "", risk)]
        yield f"models/{model}/notices/1.0.0-1.yaml", [Act("describe", "", model, "", risk)]
        yield f"models/{model}/versions/1.0.0.yaml", [Act("register", "", model, "", risk)]
        for where in ("staging", "production"):
            acts = [Act(action, "", model, where, risk) for action in ("promote", "rollback")]
            yield f"models/{model}/rollouts/{where}.yaml", acts
            yield f"models/{model}/experiments/{where}.yaml", acts


def wanted(given, acts):
    rules = [rule for act in acts for _, rule in matching(given.registry.rules, act) if rule.approvals]
    people = {one for rule in rules for group in rule.approvals.from_ for one in GROUPS[group]}
    return {owner_of(one, given) for one in people} - {""}


def test_on_github_the_last_line_that_matches_a_file_has_the_owners_of_all_rules():
    given = owned()
    [section] = sections(given)
    for path, acts in files():
        last = [line.owners for line in section.lines if reaches(line.pattern, path)][-1:]
        assert {owner for owners in last for owner in owners} == wanted(given, acts), path


def test_on_gitlab_each_rule_is_a_section_with_its_count():
    titled = {section.title: section for section in sections(owned("gitlab"))}
    assert len(titled) == len([rule for rule in RULES if "approvals" in rule])
    production = titled["modelops acme 3: promote in production"]
    assert production.wanted == 2
    assert {line.owners for line in production.lines} == {("@acme/leads", "lead@acme.example")}
    risky = titled["modelops acme 7: describe of high risk"]
    assert [line.pattern for line in risky.lines if "model.yaml" in line.pattern] == [
        "models/fraud/card/us/model.yaml",
        "models/z/eu/model.yaml",
    ]
    assert titled["modelops acme 2: register"].lines == ()
    assert titled["modelops acme 2: register"].unnamed == ("github:ana", "github:bo")


def test_on_gitlab_a_promotion_waits_for_nobody_where_a_rollback_has_rules_of_its_own():
    rollback = {"action": "rollback", "approvals": {"from": ["leads"]}}
    both = {one.title: one.wanted for one in sections(owned("gitlab", [*RULES, rollback]))}
    assert both["modelops acme 3: promote in production"] == 0
    assert both["modelops acme 9: rollback"] == 1


def test_without_rules_that_ask_for_approvals_nobody_owns_anything():
    assert sections(owned(rules=RULES[:1])) == ()


@pytest.mark.parametrize(
    ("identity", "github", "gitlab"),
    [
        ("github:ana", "@ana", ""),
        ("github-team:acme/leads", "@acme/leads", ""),
        ("gitlab:bo", "", "@bo"),
        ("gitlab-group:acme/deep/leads", "", "@acme/deep/leads"),
        ("email:a.b@acme.example", "a.b@acme.example", "a.b@acme.example"),
        ("ssh:eve@acme.example", "@eve", "@eve"),
        ("ssh:nobody@acme.example", "", ""),
        ("github:a#b", "", ""),
        ("email:x@y@z", "", ""),
    ],
)
def test_who_an_identity_is_on_a_forge(identity, github, gitlab):
    people = {"eve": ["ssh:eve@acme.example", "github:eve", "gitlab:eve"]}
    assert owner_of(identity, owned("github", people=people)) == github
    assert owner_of(identity, owned("gitlab", people=people)) == gitlab
