"""Every check has a bad case that it finds and a good case that nothing finds, and a page."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest

import casebook
from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
from modelops_git.core.authorizing.acts import Altered, Reach, acts_of
from modelops_git.core.authorizing.facts import Approval, Binding, Known, Participant
from modelops_git.core.authorizing.judge import Asked, deed_of, judge
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks import all_checks
from modelops_git.core.checks.base import Scope
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.people import Unreviewed, direct_push
from modelops_git.core.checks.plans import (
    Held,
    Promotion,
    RollbackTarget,
    held_generation,
    judged_without_controller,
    promotion_order,
    rollback_target_gone,
    target_cannot,
)
from modelops_git.core.checks.run import run
from modelops_git.core.snapshot import Change
from modelops_git.edges.stores.file import FileStore
from modelops_git.engine.inspecting import Inspect, rules_for
from modelops_git.engine.listing import finding_of
from modelops_git.engine.signing import Signers, bundle_key, verify_signature
from versions import verify_version

CASES = casebook.all_cases()
CHECKS = all_checks()
FORMATS = {"MOG408", "MOG409", "MOG410"}
CAPABILITIES = ("any_weight", "two_weights", "mirror", "header_match", "sticky", "native_rollback", "fenced")
SCOPES = {check.code: check.scope for check in CHECKS}


def findings_of(case, tmp_path):
    """What is found in a case: by the checks of files, and by those of its own scope."""
    change = case.change()
    catalog = Catalog(change.head)
    paths = (*catalog.everything(), *change.changed)
    found = list(run(catalog, change, paths, Facts(casebook.NOW, case.tip())).findings)
    if SCOPES[case.code] is Scope.PLAN:
        found += PLAN[case.code](catalog, case.facts)
    if SCOPES[case.code] is Scope.POLICY:
        found += judged(case)
    if SCOPES[case.code] is Scope.ARTIFACT:
        found += verified(catalog, case, tmp_path)
    if case.code in FORMATS:
        found += inspected(catalog, case)
    return found


def promoted(catalog, facts):
    rollout = catalog.document(facts["rollout"]).document
    completed = {name: frozenset(digests) for name, digests in facts["completed"].items()}
    return promotion_order(Promotion(rollout, tuple(facts["promote_from"]), completed))


def expressed(catalog, facts):
    document = catalog.document(facts["document"]).document
    strategy = facts["strategy"] and catalog.registry.manifest.strategies[facts["strategy"]]
    can = SimpleNamespace(**{name: facts["capabilities"].get(name, False) for name in CAPABILITIES})
    return target_cannot(document, strategy, can)


def gone_back_to(catalog, facts):
    return rollback_target_gone(
        RollbackTarget(catalog.document(facts["rollout"]).document, tuple(facts["gone"]))
    )


def held(catalog, facts):
    rollout = catalog.document(facts["rollout"]).document
    if facts["held"] != rollout.manifest.version:
        return ()
    return held_generation(Held(rollout, facts["serves"], facts["reason"], is_brought=True))


def watched(catalog, facts):
    rollout = catalog.document(facts["rollout"]).document
    registry = catalog.registry.manifest
    (environment,) = [one for one in registry.environments if one.name == rollout.manifest.environment]
    return judged_without_controller(rollout, registry.strategies[rollout.manifest.strategy], environment)


NOW, OTHER = Binding("tree", "change", "intent"), Binding("another tree", "another change", "intent")


def judged(case):
    """What the rules before the change say of it, and of the people whom the facts name."""
    facts, before, change = case.facts, Catalog(case.base()), case.change()
    reached = {
        (where, model): Reach(frozenset({digest})) for where, model, digest in facts.get("reached", ())
    }
    acts = acts_of(Altered(change.changed, before, Catalog(change.head), reached))
    if "pushed" in facts:
        past = Unreviewed(facts["pushed"], facts["why"])
        return [finding for act in acts for finding in direct_push(deed_of(act), past)]
    approvals = [
        Approval(one["by"], "file", binding=NOW if one["fresh"] else OTHER) for one in facts["approvals"]
    ]
    participants = tuple(Participant(*one) for one in facts["participants"])
    known = Known(participants, tuple(approvals), facts["author"])
    return judge(Asked(acts, before.registry.manifest, known, NOW)).findings


PLAN = {
    "MOG503": promoted,
    "MOG505": expressed,
    "MOG509": gone_back_to,
    "MOG510": held,
    "MOG515": watched,
}


def verified(catalog, case, tmp_path):
    version = catalog.version("iris", "1.2.0")
    root = tmp_path / "store"
    store = FileStore(root, f"file:{root}")
    shutil.copytree(case.store, root / artifact_prefix("iris", "1.2.0", artifacts_digest(version.written)))
    if case.bundle.exists():
        shutil.copy(case.bundle, root / bundle_key(version))
    signers = Signers(Catalog(case.base()).registry.manifest.signers, "modelops.yaml")
    return (*verify_version(version, store), *verify_signature(version, store, signers).findings)


def inspected(catalog, case):
    """What the formats of a version's files are found to be, by the rules of the day."""
    version = catalog.version("iris", "1.2.0")
    look = Inspect(rules_for(catalog.registry.manifest, "iris", f"{casebook.NOW:%Y-%m-%d}"))
    for index, row in enumerate(version.manifest.artifacts):
        with (case.store / row.path).open("rb") as stream:
            if flaw := look(row, stream, row.size):
                yield finding_of(version, flaw, index)


@pytest.mark.parametrize("case", [case for case in CASES if case.is_bad], ids=lambda case: case.name)
def test_a_bad_case_is_found_with_a_place_and_advice(case, tmp_path):
    found = [finding for finding in findings_of(case, tmp_path) if finding.code == case.code]
    assert found
    for finding in found:
        assert finding.place.path
        assert finding.message[-1] not in " \n"
        assert finding.slug == next(check.slug for check in CHECKS if check.code == case.code)


@pytest.mark.parametrize("case", [case for case in CASES if not case.is_bad], ids=lambda case: case.name)
def test_nothing_is_found_in_a_good_case(case, tmp_path):
    assert findings_of(case, tmp_path) == []


def test_nothing_is_found_in_the_registry_that_the_cases_start_from():
    snapshot = casebook.registry()
    catalog = Catalog(snapshot)
    result = run(
        catalog,
        Change.between(casebook.snapshot(), snapshot),
        catalog.everything(),
        Facts(casebook.NOW, casebook.snapshot()),
    )
    assert (result.findings, result.skipped) == ((), ())
    assert result.files == snapshot.paths()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_has_good_and_bad_cases_and_a_page(check):
    kinds = {case.is_bad for case in CASES if case.code == check.code}
    assert kinds == {True, False}
    first, empty, *rest = check.page.split("\n")
    assert first.endswith(".")
    assert empty == ""
    page = "\n".join(rest)
    assert page.index("Wrong:") < page.index("Right:")
    assert page.count("```") % 2 == 0


def test_codes_and_slugs_are_given_once():
    assert len({check.code for check in CHECKS}) == len(CHECKS)
    assert len({check.slug for check in CHECKS}) == len(CHECKS)


def test_no_case_is_left_over():
    assert {case.code for case in CASES} == {check.code for check in CHECKS}
