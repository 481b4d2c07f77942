"""Questions about history that a clone may be unable to answer: then they are errors, never guesses."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.clock import format_time
from modelops_git.core.errors import GitError
from modelops_git.edges.git.commits import commit_of, find_commit
from modelops_git.edges.git.failures import UNSHALLOW
from modelops_git.edges.git.plumbing import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.edges.git.repository import Repository

_CO_AUTHORS = re.compile(r"^co-authored-by:[^<\n]*<([^>\n]*)>", re.IGNORECASE | re.MULTILINE)
_FORMAT = "--format=%H%x00%an%x00%ae%x00%ct%x00%s"


class LastChange(NamedTuple):
    """Who changed a path last.

    Attributes:
        commit: The commit that did.
        author: The author's name.
        email: The author's address.
        time: When it was committed, RFC 3339 in UTC.
        subject: The first line of its message.
    """

    commit: str
    author: str
    email: str
    time: str
    subject: str


def merge_base(repo: Repository, base: str, *heads: str) -> str | None:
    """The best common ancestor of `base` and of a merge of `heads` (one: of itself); None if they share none.

    In a shallow clone an answer counts only if no cut lies between it and the two sides: else a better common
    ancestor may be hidden behind the cut.

    Raises:
        GitError: The clone is too shallow to know.
    """
    if heads == (base,):
        return base
    code, out, _ = repo.git.outcome("merge-base", base, *heads)
    found = out.decode().strip() if code == 0 else None
    if repo.shallow and found != base and not (found and _is_certain(repo, found, (base, *heads))):
        message = f"this clone is too shallow to find the merge base of {base[:12]} and {heads[0][:12]}"
        raise GitError(message, hint=UNSHALLOW)
    if code > 1:
        repo.git.run("merge-base", base, *heads)
    return found


def first_parent(repo: Repository, commit_id: str) -> str | None:
    """The commit before this one on its own branch; None for a root.

    Raises:
        GitError: The clone is shallow and ends here.
    """
    parents = commit_of(repo, commit_id).parents
    if parents and find_commit(repo, parents[0]) is None:
        raise GitError(f"this clone is too shallow to know what was before {commit_id[:12]}", hint=UNSHALLOW)
    return parents[0] if parents else None


def last_change(repo: Repository, path: str, rev: str = "HEAD") -> LastChange | None:
    """Who changed a path of the registry last, as of `rev`; None if nothing there ever did.

    Raises:
        GitError: `rev` names no commit, or the clone is too shallow to know.
    """
    start = commit_of(repo, rev).id
    shown = ("--no-show-signature", "--no-mailmap", "--encoding=UTF-8", _FORMAT)
    out = repo.git.run("log", "-1", *shown, start, "--", repo.prefix + path)
    if not out:
        return None
    commit, author, email, seconds, subject = decode(out).removesuffix("\n").split("\0")
    if commit in _cuts(repo):
        raise GitError(f"this clone is too shallow to know who changed {path} last", hint=UNSHALLOW)
    time = format_time(datetime.fromtimestamp(int(seconds), UTC))
    return LastChange(commit, author, email, time, subject)


def message_of_merge(repo: Repository, path: str, rev: str) -> str:
    """The message of the commit by which the last change of a path came to the branch that ends in `rev`.

    That is the merge where there was one, and else the change itself; empty where nothing ever changed there.

    Raises:
        GitError: `rev` names no commit.
    """
    start = commit_of(repo, rev).id
    shown = ("--no-show-signature", "--encoding=UTF-8", "--format=%B")
    return decode(repo.git.run("log", "-1", "--first-parent", *shown, start, "--", repo.prefix + path))


def authors_of(repo: Repository, path: str, rev: str) -> frozenset[str]:
    """Everybody who wrote commits that changed a path of the registry, up to `rev`, as `email:…`.

    Those whom a commit names as co-authors too. It is what the commits say of themselves.

    Raises:
        GitError: `rev` names no commit, or the clone is too shallow to know.
    """
    start = commit_of(repo, rev).id
    shown = ("--no-show-signature", "--no-mailmap", "--encoding=UTF-8", "--format=%H%x00%ae%x00%B%x00%x00")
    out = decode(repo.git.run("log", *shown, start, "--", repo.prefix + path))
    rows = [row.strip("\n").split("\0", 2) for row in out.split("\0\0") if row.strip("\n")]
    if _cuts(repo):
        raise GitError(f"this clone is too shallow to know who wrote {path}", hint=UNSHALLOW)
    wrote = [email for _, email, _ in rows]
    helped = [address for *_, message in rows for address in _CO_AUTHORS.findall(message)]
    return frozenset(f"email:{address.strip()}" for address in (*wrote, *helped) if address.strip())


def _is_certain(repo: Repository, found: str, sides: Sequence[str]) -> bool:
    seen = repo.git.text("rev-list", *sides, "--not", found).split()
    return not _cuts(repo) & set(seen)


def _cuts(repo: Repository) -> frozenset[str]:
    """The commits whose parents this clone lacks."""
    if not repo.shallow:
        return frozenset()
    try:
        return frozenset((repo.common_dir / "shallow").read_text("ascii").split())
    except OSError as error:
        raise GitError(f"the list of cuts of this shallow clone cannot be read: {error}") from error
