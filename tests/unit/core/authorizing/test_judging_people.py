"""Who may do what, and whose approvals count: told by small registries and named people."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from modelops_git.core.authorizing.facts import Approval, Binding, Known, Participant
from modelops_git.core.authorizing.judge import Asked, judge
from modelops_git.core.authorizing.verdict import Act
from modelops_git.core.manifests.registry import Registry

NOW = Binding("tree", "change", "intent")
PROMOTE = Act("promote", "models/iris/rollouts/production.yaml", "iris", "production", "low")
ROLLBACK = PROMOTE._replace(action="rollback")
LEADS = {"from": ["leads"], "count": 2}
GROUPS = {"leads": ["github:ana", "github:bo", "github:cleo"], "risk": ["github:rita"]}


def registry(*rules, groups=GROUPS, people=None):
    document = {
        "api_version": "modelops/v1",
        "kind": "Registry",
        "name": "acme",
        "default_store": "primary",
        "stores": {"primary": {"uri": "file:store"}},
        "groups": groups,
        "people": people or {},
        "rules": list(rules),
    }
    return Registry.model_validate_json(json.dumps(document))


def approved(*people, binding=NOW):
    return tuple(Approval(by, by.partition(":")[0], binding=binding) for by in people)


def known(approvals=(), *, author="github:dora", others=(), teams=None):
    participants = (Participant(author, "opened"), *others) if author else tuple(others)
    return Known(participants, tuple(approvals), author, teams or {})


def codes(rules, people, *acts, binding=NOW):
    return [one.code for one in judge(Asked(acts or (PROMOTE,), rules, people, binding)).findings]


PROMOTION = {"action": "promote", "environments": ["production"], "approvals": LEADS}


def test_without_rules_everything_is_allowed():
    verdict = judge(Asked((PROMOTE,), registry(), known(author=""), NOW))
    assert verdict.is_allowed
    assert verdict.needs == ()


def test_approvals_of_nobody_who_had_a_part_are_counted():
    assert codes(registry(PROMOTION), known(approved("github:ana", "github:bo"))) == []
    assert codes(registry(PROMOTION), known(approved("github:ana"))) == ["MOG603"]


@pytest.mark.parametrize("part", ["opened", "pushed", "wrote", "co-wrote", "asked"])
def test_an_approval_by_somebody_with_a_part_in_it_never_counts(part):
    people = known(approved("github:ana", "github:bo"), others=[Participant("github:Bo", part)])
    assert codes(registry(PROMOTION), people) == ["MOG603", "MOG604"]


def test_somebody_with_two_identities_is_one_person():
    rules = registry(PROMOTION, people={"bo": ["github:bo", "email:bo@example.com"]})
    wrote = known(approved("github:ana", "github:bo"), others=[Participant("email:Bo@Example.com", "wrote")])
    assert codes(rules, wrote) == ["MOG603", "MOG604"]
    twice = {**GROUPS, "leads": ["github:bo", "email:bo@example.com"]}
    both = registry(PROMOTION, groups=twice, people={"bo": ["github:bo", "email:bo@example.com"]})
    assert codes(both, known(approved("github:bo", "email:bo@example.com"))) == ["MOG603"]


def test_nobody_is_counted_while_an_author_is_known_by_an_unknown_address_only():
    people = known(approved("github:ana", "github:bo"), others=[Participant("email:x@example.com", "wrote")])
    assert codes(registry(PROMOTION), people) == ["MOG603", "MOG604"]
    rules = registry(PROMOTION, people={"dora": ["github:dora", "email:x@example.com"]})
    assert codes(rules, people) == []


def test_nobody_is_counted_where_nobody_vouches_for_who_wrote_it():
    people = known(
        approved("ssh:ana@example.com", "ssh:bo@example.com"),
        author="",
        others=[Participant("email:cleo@example.com", "wrote", is_certain=False)],
    )
    groups = {"leads": ["ssh:ana@example.com", "ssh:bo@example.com"]}
    assert codes(registry(PROMOTION, groups=groups), people) == ["MOG603", "MOG604"]


def test_a_key_whose_principal_is_an_address_is_whoever_has_the_address():
    groups = {"leads": ["ssh:ana@example.com", "ssh:bo@example.com"]}
    wrote = [Participant("ssh:cleo", "wrote"), Participant("email:ANA@example.com", "co-wrote")]
    people = known(approved("ssh:ana@example.com", "ssh:bo@example.com"), author="", others=wrote)
    assert codes(registry(PROMOTION, groups=groups), people) == ["MOG603", "MOG604"]


@pytest.mark.parametrize(
    ("binding", "counts"),
    [
        (NOW, True),
        (Binding("tree", "x", "y"), True),
        (Binding("x", "change", "intent"), True),
        (Binding("x", "change", "y"), False),
        (Binding("x", "y", "intent"), False),
        (None, False),
    ],
)
def test_an_approval_is_bound_to_the_tree_or_to_the_change_with_its_intent(binding, counts):
    people = known((*approved("github:ana"), *approved("github:bo", binding=binding)))
    assert codes(registry(PROMOTION), people) == ([] if counts else ["MOG603", "MOG605"])


def test_what_no_rule_of_a_protected_environment_is_about_is_denied():
    assert codes(registry(PROMOTION), known(approved("github:ana", "github:bo")), ROLLBACK) == ["MOG602"]
    staging = PROMOTE._replace(environment="staging")
    assert codes(registry(PROMOTION), known(), staging) == []


def test_every_rule_that_matches_must_hold():
    risky = {**PROMOTION, "risk": ["high"], "approvals": {"from": ["risk"], "count": 1}}
    rules = registry(PROMOTION, risky)
    high = PROMOTE._replace(risk="high")
    leads = approved("github:ana", "github:bo")
    assert codes(rules, known(leads)) == []
    assert codes(rules, known(leads), high) == ["MOG603"]
    assert codes(rules, known((*leads, *approved("github:rita"))), high) == []


def test_authors_are_asked_for_by_the_action():
    register = Act("register", "models/iris/versions/1.0.0.yaml", "iris", risk="low")
    rules = registry({"action": "register", "authors": ["leads"]})
    assert codes(rules, known(author="github:ANA"), register) == []
    assert codes(rules, known(author="github:dora"), register) == ["MOG601"]
    assert codes(rules, known(author=""), register) == ["MOG601"]
    operate = PROMOTE._replace(action="operate")
    rules = registry({"action": "operate", "environments": ["production"], "authors": ["leads"]})
    assert codes(rules, known(author="github:dora"), operate) == ["MOG602"]


def test_teams_count_by_the_members_that_the_forge_names():
    groups = {"leads": ["github-team:Acme/Leads"]}
    rules = registry(PROMOTION, groups=groups)
    approvals = approved("github:ana", "github:bo")
    assert codes(rules, known(approvals)) == ["MOG603"]
    teams = {"github-team:acme/leads": frozenset({"github:Ana", "github:bo"})}
    assert codes(rules, known(approvals, teams=teams)) == []


def test_a_need_names_who_else_could_approve():
    (need,) = judge(Asked((PROMOTE,), registry(PROMOTION), known(approved("github:ana")), NOW)).needs
    assert (need.given, need.missing, need.candidates) == (("github:ana",), 1, ("github:bo", "github:cleo"))


def test_the_order_in_which_people_are_known_does_not_matter():
    people = approved("github:ana", "github:bo", "github:dora")
    verdicts = {
        frozenset(
            one.by for one in judge(Asked((PROMOTE,), registry(PROMOTION), known(order), NOW)).approvals
        )
        for order in permutations(people)
    }
    assert verdicts == {frozenset({"github:ana", "github:bo"})}
