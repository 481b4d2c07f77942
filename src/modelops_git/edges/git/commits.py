"""Commits by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import GitError
from modelops_git.edges.git.failures import UNSHALLOW

if TYPE_CHECKING:
    from modelops_git.edges.git.repository import Repository


class Commit(NamedTuple):
    """One commit.

    Attributes:
        id: Its full name.
        tree: The id of its top folder.
        parents: The ids of the commits before it, as it was written (a shallow clone may lack them).
    """

    id: str
    tree: str
    parents: tuple[str, ...]


def find_commit(repo: Repository, rev: str) -> Commit | None:
    """The commit that `rev` (an id, a branch, a tag, `HEAD~2`) names; None where it names none.

    Raises:
        GitError: The name is ambiguous, or git failed.
    """
    found = repo.objects.find(rev + "^{commit}")
    if found is None:
        return None
    header = found.data.partition(b"\n\n")[0].decode("utf-8", "replace")
    rows = [line.split(" ", 1) for line in header.split("\n") if " " in line]
    tree = next(value for key, value in rows if key == "tree")
    return Commit(found.id, tree, tuple(value for key, value in rows if key == "parent"))


def commit_of(repo: Repository, rev: str) -> Commit:
    """The commit that `rev` names.

    Raises:
        GitError: It names none here.
    """
    found = find_commit(repo, rev)
    if found is None and rev == "HEAD":
        raise GitError(
            "this branch has no commit yet",
            hint="Commit modelops.yaml first: what is merged counts. Others' commits come with git pull.",
        )
    if found is None:
        hint = UNSHALLOW if repo.shallow else "git fetch brings what others have pushed"
        raise GitError(f"{rev!r} names no commit in this repository", hint=hint)
    return found
