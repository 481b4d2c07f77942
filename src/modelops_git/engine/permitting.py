"""Permit: before a run begins, ask once more whether what is merged was allowed, and by whom.

A check on a pull request can be bypassed: by a push to the branch, by an administrator, by a push after the
last approval. So what came to the default branch is looked up where it cannot be argued with: at the forge,
or in signatures. Rules, people and keys are those of the commit before it; and where those of the commit that
is applied are others, these as well, so that rules that were weak for a moment let nothing through.

- What counts is the commit that brought the manifest, by a merge, a squash, a rebase or a queue.
- The pull request that it came with must bring the same: the same generation, in place of the same one.
- A forge that cannot be asked blocks a promotion and never a rollback.
- Who breaks the glass goes past all of it, and the journal says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.authorizing import judge as court
from modelops_git.core.authorizing.acts import Altered, acts_of
from modelops_git.core.checks.people import Unreviewed, approval_stale, direct_push
from modelops_git.core.errors import ForgeError, RefusedError
from modelops_git.core.journal.people import Approval
from modelops_git.core.places import ALLOWED_SIGNERS, REGISTRY_FILE, REVOKED_SIGNERS, Home
from modelops_git.core.reviews import review_of
from modelops_git.edges.git.differing import differences, names_in
from modelops_git.edges.git.history import merge_base, message_of_merge
from modelops_git.engine.authorizing import rollbacks_of
from modelops_git.engine.binding import generation, span_of, subject_of
from modelops_git.engine.forges import forge_of
from modelops_git.engine.ground import readable
from modelops_git.engine.intent import intent_at, remote_of
from modelops_git.engine.knowing import Asked, fetch_head, known_to_forge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelops_git.core.authorizing.facts import Known
    from modelops_git.core.authorizing.verdict import Act, Verdict
    from modelops_git.core.findings import Finding
    from modelops_git.core.rollouts.decisions import Start
    from modelops_git.edges.forges.base import Forge, PullRequest
    from modelops_git.engine.answers_kept import Answers
    from modelops_git.engine.binding import Span
    from modelops_git.engine.cases import Case
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent

RULES = (REGISTRY_FILE, ALLOWED_SIGNERS, REVOKED_SIGNERS)
"""The files that say who may do what, and whose keys count."""
_NOBODY = "modelops.yaml names no forge to ask, and there is no allowed_signers to check signatures by"


class Permission(NamedTuple):
    """On whose word a run begins, as it is journaled.

    Attributes:
        approvals: Who approved.
        pull_request: As people write it; empty where there was none, or none is known.
        remark: What could not be asked, in a sentence.
    """

    approvals: tuple[Approval, ...] = ()
    pull_request: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """What came to the default branch, and is asked about.

    Attributes:
        ground: The environment.
        commit: The commit of the default branch that brought it as it is now.
        head: The commit that is applied.
        before: What was wanted before `commit`, whose rules count.
        branch: The default branch.
        act: What it is that it does.
        is_brought_by: Whether a change brings just this.
        answers: What was asked a moment ago.
        under: Whose rules, people and keys count instead of those of `before`.
    """

    ground: Ground
    commit: str
    head: str
    before: Intent
    branch: str
    act: Act
    is_brought_by: Callable[[Span], bool]
    answers: Answers
    under: Intent | None = None

    @property
    def law(self) -> Intent:
        """The commit whose rules, people and keys count."""
        return self.under or self.before

    @property
    def is_ruled(self) -> bool:
        """Whether rules have a say about it."""
        rules = self.law.registry.rules
        where = self.act.environment
        return bool(court.matching(rules, self.act)) or (where != "" and court.is_protected(rules, where))


@dataclass(frozen=True, slots=True)
class Bringing:
    """What a rollout or an experiment asks for since a commit.

    Attributes:
        home: The rollout or the experiment.
        after: The generation that is wanted.
        replaces: The generations that it may take the place of: that of the commit before, and that of the
            last run.
    """

    home: Home
    after: str
    replaces: tuple[str, ...]

    def __call__(self, span: Span) -> bool:
        """Whether a change brings just this generation, in place of one that was there."""
        wanted = (self.home.name, subject_of(self.home))
        rows = (row for row in span.rows if row[:2] == wanted)
        return any(row[2] in self.replaces and row[3] == self.after for row in rows)


def permission(ground: Ground, intent: Intent, case: Case, start: Start, answers: Answers) -> Permission:
    """On whose word a run may begin; `answers` are those of a moment ago.

    Raises:
        RefusedError: It was not approved as the rules ask.
        ForgeError: The forge could not be asked.
        GitError: Its commits could not be had.
    """
    home = Home("Experiment" if start.until else "Rollout", case.model, ground.name)
    merge = _merge(ground, intent, case, home, answers)
    if merge is None:
        return _by_message(ground, intent, home)
    asked = [merge, *([replace(merge, under=intent)] if _has_other_rules(merge) else [])]
    said = [_said(one, intent, home) for one in asked]
    return next((one for one in said if one.approvals), said[0])


def _said(merge: Merge, intent: Intent, home: Home) -> Permission:
    """On whose word a run may begin, by the rules of one commit; raises as `permission` does."""
    if not merge.is_ruled:
        return _by_message(merge.ground, intent, home)
    try:
        return ask(merge)
    except ForgeError as error:
        if merge.act.action != "rollback":
            raise
        said = _by_message(merge.ground, intent, home)
        return said._replace(
            remark=f"{home.model}: who approved this rollback was not asked: {error.message}"
        )


def _has_other_rules(merge: Merge) -> bool:
    """Whether the commit that is applied has other rules than there were before the change."""
    repository = merge.ground.repository
    folder = repository.prefix.removesuffix("/")
    return bool(differences(repository, merge.before.commit, merge.head, folder, RULES))


def _merge(ground: Ground, intent: Intent, case: Case, home: Home, answers: Answers) -> Merge | None:
    """What brought the manifest; None where it was there before there were rules."""
    repository = ground.repository
    path = repository.prefix + home.path
    rows = repository.git.text("log", "-1", "--first-parent", "--format=%H %P", intent.commit, "--", path)
    commit, *parents = rows.split()
    if not parents:
        return None
    before, after = (
        answers.of(("intent", one), partial(intent_at, repository, one)) for one in (parents[0], commit)
    )
    live = {(home.name, home.model): rollbacks_of(case.state, ground.environment)} if case.state else {}
    (act,) = acts_of(Altered((home.path,), before.catalog, after.catalog, live))
    last = case.state.run.generation if case.state and case.state.run and case.state.routes else ""
    brings = Bringing(home, generation(after, home), (generation(before, home), last))
    return Merge(ground, commit, intent.commit, before, intent.registry.default_branch, act, brings, answers)


def _by_message(ground: Ground, intent: Intent, home: Home) -> Permission:
    """What the merge's message says, where no rule asks for more."""
    said = review_of(readable(message_of_merge(ground.repository, home.path, intent.commit)))
    return Permission(said.approvals, said.pull_request)


def ask(merge: Merge) -> Permission:
    """On whose word something came to the default branch.

    Raises:
        RefusedError: It was not approved as the rules ask.
        ForgeError: The forge could not be asked.
        GitError: Its commits could not be had.
    """
    repository, registry = merge.ground.repository, merge.law.registry
    forge = forge_of(repository, registry)
    if forge is not None:
        return _by_forge(merge, forge)
    folder = repository.prefix.removesuffix("/")
    if ALLOWED_SIGNERS not in names_in(repository, merge.law.commit, folder):
        raise _refused(merge, direct_push(court.deed_of(merge.act), Unreviewed(merge.commit, _NOBODY)))
    return _by_signatures(merge)


def _by_signatures(merge: Merge) -> Permission:
    from modelops_git.engine.signed_merges import signed_merges

    why: tuple[Finding, ...] = ()
    for known, binding in signed_merges(merge):
        verdict = court.judge(court.Asked((merge.act,), merge.law.registry, known, binding))
        if verdict.is_allowed:
            return _judged(merge, verdict, known)
        why = why or verdict.findings
    past = Unreviewed(merge.commit, "no signed approvals that are bound to it allow that")
    raise _refused(merge, (*direct_push(court.deed_of(merge.act), past), *why))


def _by_forge(merge: Merge, forge: Forge) -> Permission:
    found = merge.answers.of(("brought by", merge.commit), lambda: forge.brought_by(merge.commit))
    brought = [one for one in found if one.state == "merged"]
    pulls = [one for one in brought if one.base_branch == merge.branch]
    if not pulls:
        past = Unreviewed(merge.commit, "no merged pull request has brought it")
        raise _refused(merge, direct_push(court.deed_of(merge.act), past))
    results = [_of_pull(merge, forge, pull) for pull in pulls]
    verdict, known = next((one for one in results if one[0].is_allowed), results[0])
    return _judged(merge, verdict, known)


def _of_pull(merge: Merge, forge: Forge, pull: PullRequest) -> tuple[Verdict, Known]:
    """What the rules say of a pull request, and whether it is the one that brought this."""
    question = ("pull request", forge.kind, pull.number, merge.before.commit, merge.law.commit)
    known, span = merge.answers.of(question, lambda: _told(merge, forge, pull))
    verdict = court.judge(court.Asked((merge.act,), merge.law.registry, known, span.binding))
    if merge.is_brought_by(span):
        return verdict, known
    why = f"what {merge.commit[:12]} has merged is not what {pull.reference} brings"
    found = approval_stale(court.deed_of(merge.act), pull.reference, why)
    return replace(verdict, findings=(*verdict.findings, *found)), known


def _told(merge: Merge, forge: Forge, pull: PullRequest) -> tuple[Known, Span]:
    """What the forge says of a pull request, and what that changes."""
    repository, registry = merge.ground.repository, merge.law.registry
    asked = Asked(repository, forge, pull, remote_of(repository, registry) or "origin", merge.before.commit)
    head = fetch_head(asked)
    span = span_of(repository, merge_base(repository, merge.before.commit, head), head)
    return known_to_forge(asked, registry), span


def _judged(merge: Merge, verdict: Verdict, known: Known) -> Permission:
    if not verdict.is_allowed:
        raise _refused(merge, verdict.findings)
    approvals = tuple(Approval(by=one.by, at=one.at, source=one.source) for one in verdict.approvals)
    return Permission(approvals, known.pull_request)


def _refused(merge: Merge, findings: Iterable[Finding]) -> RefusedError:
    return RefusedError(
        f"the change of {merge.act.path} was not approved as the rules ask", findings=tuple(findings)
    )
