"""A push to the default branch: what it brings is checked, and held against the rules of what was there."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - named tuples are read by their annotations
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.authorizing.directory import Directory
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.affected import affected
from modelops_git.core.checks.context import Facts
from modelops_git.core.findings import Severity
from modelops_git.core.places import REGISTRY_FILE
from modelops_git.edges.git.reading import change, commit_snapshot, empty_snapshot
from modelops_git.engine.checking import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.snapshot import Snapshot
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.authorizing import Authorization
    from modelops_git.engine.receiving.updates import Update


class Push(NamedTuple):
    """Who pushes, and when.

    Attributes:
        pusher: Their identity, for which the server vouches, such as `ssh:ana@example.com`.
        now: The time.
    """

    pusher: str
    now: datetime


class Judged(NamedTuple):
    """What is said of an update of the default branch.

    Attributes:
        reasons: Why it is refused, in words that follow the branch's name, beside the findings.
        findings: What is wrong with what is pushed, warnings too.
        remarks: What was not known, or did not count, in sentences.
        authorization: What the rules say; None where it was not asked.
    """

    reasons: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[str, ...] = ()
    authorization: Authorization | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the branch stays where it is."""
        return bool(self.reasons) or any(one.severity is Severity.ERROR for one in self.findings)


def refuse_move(repository: Repository, update: Update) -> str:
    """Why the default branch may not move so, whatever is in it; empty where it may.

    Raises:
        GitError: git failed.
    """
    if not update.new:
        return "it says what should be live, and is never deleted"
    if update.old and not repository.git.succeeds("merge-base", "--is-ancestor", update.old, update.new):
        return (
            "what is pushed does not follow what is there: it only moves forward. "
            "Fetch it, and merge or rebase; what was merged is undone by a new commit (git revert)"
        )
    return ""


def judge_content(repository: Repository, update: Update, push: Push) -> Judged:
    """What is wrong with what a push brings to the default branch.

    Raises:
        RefusedError: The rules cannot be read.
        GitError: git failed.
        SigningError: Signatures could not be checked.
    """
    head = commit_snapshot(repository, update.new)
    base = commit_snapshot(repository, update.old) if update.old else empty_snapshot(repository)
    if head.entry(REGISTRY_FILE) is None and base.entry(REGISTRY_FILE) is None:
        where = f"{repository.prefix}{REGISTRY_FILE}"
        return Judged((f"it has no {where}, so it could not be checked (see `modelops pre-receive --help`)",))
    checked = _findings(repository, base, head, push)
    return _authorized(repository, update, push, checked)


def _findings(repository: Repository, base: Snapshot, head: Snapshot, push: Push) -> tuple[Finding, ...]:
    changed = change(repository, base, head)
    paths = affected(changed, Catalog(head))
    return check(changed, paths, Facts(push.now, base)).findings


def _authorized(repository: Repository, update: Update, push: Push, found: tuple[Finding, ...]) -> Judged:
    from modelops_git.engine.authorizing import Source, authorization

    source = Source(signed=True, author=push.pusher, part="pushed")
    result = authorization(repository, update.old or None, update.new, source)
    findings = tuple(dict.fromkeys((*found, *result.verdict.findings)))
    document = Catalog(commit_snapshot(repository, update.old)).registry if update.old else None
    reasons = tuple(_unknown_pusher(document.manifest, result, push.pusher)) if document else ()
    return Judged(reasons, findings, result.remarks, result)


def _unknown_pusher(registry: Registry, result: Authorization, pusher: str) -> Iterator[str]:
    """Where nobody can tell whether who pushes has approved it themselves."""
    directory = Directory(registry, {})
    if "@" in pusher or directory.is_known(pusher):
        return
    strangers = [one.by for one in result.verdict.approvals if not directory.is_known(one.by)]
    if strangers:
        yield (
            f"it is pushed by {pusher} and approved by {strangers[0]}, and modelops.yaml does not say under "
            "`people` whose these are: they could be one person"
        )
