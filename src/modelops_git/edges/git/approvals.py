"""The files of signed approvals in commits: those that a change brings, and those that were there before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.authorizing.approvals import FOLDER
from modelops_git.core.errors import GitError
from modelops_git.edges.git.commits import commit_of
from modelops_git.edges.git.differing import differences
from modelops_git.edges.git.trees import entry_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from modelops_git.edges.git.repository import Repository

MOST = 200
"""How many files of approvals one change may bring."""
_MOST_OLDER = 1000


def brought(repo: Repository, base: str, head: str) -> tuple[str, ...]:
    """The paths in the registry of the approvals that `head` has and `base` has not, or not so; sorted.

    Args:
        repo: The registry.
        base: A commit's id; empty for none.
        head: A commit's id.
    """
    found = differences(repo, base or None, head, repo.prefix.removesuffix("/"), (FOLDER,))
    return tuple(one.path for one in found if one.after)


def content(repo: Repository, commit: str, path: str) -> bytes | None:
    """The content of a plain file of the registry at a commit, at most 5 MiB; None where there is none."""
    folder, _, name = (repo.prefix + path).rpartition("/")
    tree = repo.trees.subfolder(commit_of(repo, commit).tree, folder)
    entry = entry_in(repo.trees.folder(tree), path, name)
    return repo.objects.read(entry.blob_id).data if entry and entry.is_regular else None


def changed_on_the_way(repo: Repository, base: str, head: str, paths: Collection[str]) -> tuple[str, ...]:
    """The commits between two, by first parents and without `head`, that changed files of the registry."""
    specs = [repo.prefix + path for path in paths]
    found = repo.git.text("rev-list", "--first-parent", head, f"^{base}", "--", *specs).split()
    return tuple(commit for commit in found if commit != head)


def older(repo: Repository, base: str, path: str) -> Iterator[bytes]:
    """Whatever was at `path` of the registry in the history of `base`.

    Raises:
        GitError: There is too much.
    """
    where = repo.prefix + path
    limit = f"--max-count={_MOST_OLDER + 1}"
    commits = repo.git.text("rev-list", "--full-history", limit, base, "--", where).split()
    if len(commits) > _MOST_OLDER:
        raise GitError(f"{path} was changed more than {_MOST_OLDER} times; which approvals were used is open")
    for found in repo.objects.find_all([f"{commit}:{where}" for commit in commits]):
        if found is not None and found.kind == "blob":
            yield found.data
