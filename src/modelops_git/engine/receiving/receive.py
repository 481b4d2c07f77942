"""Receive: the rules of the registry, kept by the server, where nobody can leave them out.

- The default branch only moves forward, to what has no errors and what the rules allow.
- The branches of journals only grow, by entries that follow what is there.
- All other branches and tags are taken as they are.

Nothing of what is pushed is executed, and the rules are those of what is there before the push.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import UsageError
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.plumbing import decode
from modelops_git.edges.git.reading import commit_snapshot
from modelops_git.engine.receiving.default_branch import Judged, Push, judge_content, refuse_move
from modelops_git.engine.receiving.journals import is_journal, refuse_journal
from modelops_git.engine.receiving.updates import HEADS, resolved

if TYPE_CHECKING:
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.receiving.updates import Update

PUSHER = "REMOTE_USER"


class Received(NamedTuple):
    """What is said of one reference.

    Attributes:
        update: How it is to move.
        judged: Why it may not, if so.
        is_default: Whether it is the default branch, whose content was looked at.
    """

    update: Update
    judged: Judged
    is_default: bool = False


class Pusher(NamedTuple):
    """Who pushes, as the server says.

    Attributes:
        name: Their name; empty where the server does not say.
        source: Where the name is from, for messages.
    """

    name: str
    source: str = PUSHER

    def identity(self) -> str:
        """Who that is in the rules.

        Raises:
            UsageError: The server does not say, or the name could be no identity.
        """
        if not self.name:
            raise UsageError(
                f"the server does not say who pushes: {self.source} is not set",
                hint="Turn on authentication, or name the variable that says it with --pusher-env.",
            )
        if not (self.name.isascii() and self.name.isprintable() and " " not in self.name):
            raise UsageError(f"the name of who pushes, {self.name!r}, cannot be an identity")
        return f"ssh:{self.name}"


def receive(repository: Repository, updates: tuple[Update, ...], pusher: Pusher) -> tuple[Received, ...]:
    """What is said of each reference of a push; if one is refused, git takes none of them.

    Raises:
        UsageError: It is not known who pushes, and somebody must answer for it.
        RefusedError: The rules cannot be read.
        GitError: git failed.
        SigningError: Signatures could not be checked.
    """
    now = datetime.now(UTC)
    names = _default_names(repository)
    return tuple(_received(repository, one, names, (pusher, now)) for one in resolved(repository, updates))


def _received(
    repository: Repository, update: Update, names: frozenset[str], by: tuple[Pusher, datetime]
) -> Received:
    pusher, now = by
    if is_journal(update.ref):
        return Received(update, Judged(refuse_journal(repository, update, now)))
    if not _is_default(repository, update, names):
        return Received(update, Judged())
    started = _begun(repository, update, names)
    if reason := refuse_move(repository, started):
        return Received(update, Judged((reason,)), is_default=True)
    return Received(update, judge_content(repository, started, Push(pusher.identity(), now)), is_default=True)


def _begun(repository: Repository, update: Update, names: frozenset[str]) -> Update:
    """An update from what it is compared with: a new default branch goes on from the one that HEAD is at."""
    head = find_commit(repository, "HEAD") if not update.old and update.branch in names else None
    return update._replace(old=head.id) if head else update


def _default_names(repository: Repository) -> frozenset[str]:
    """What the default branch is called: by HEAD of the server, and by the registry that is there."""
    code, out, _ = repository.git.outcome("symbolic-ref", "--quiet", "HEAD")
    head = "" if code else decode(out).strip().removeprefix(HEADS)
    return frozenset(filter(None, (head, _named_at(repository, "HEAD"))))


def _is_default(repository: Repository, update: Update, names: frozenset[str]) -> bool:
    """Whether an update is one of the default branch: also where HEAD of the server is at another one."""
    if not update.branch:
        return False
    return update.branch in names or _named_at(repository, update.old or update.new) == update.branch


def _named_at(repository: Repository, commit: str) -> str:
    """The default branch by the `modelops.yaml` at a commit; empty where that cannot be read."""
    if not commit or find_commit(repository, commit) is None:
        return ""
    document = Catalog(commit_snapshot(repository, commit)).registry
    return cast("Registry", document.manifest).default_branch if document else ""
