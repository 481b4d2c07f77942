"""What differs between two commits in whole folders, not only where the registry's manifests are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.edges.git.commits import commit_of
from modelops_git.edges.git.plumbing import decode
from modelops_git.edges.git.trees import entry_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from modelops_git.core.snapshot import FileEntry
    from modelops_git.edges.git.repository import Repository


class Difference(NamedTuple):
    """One path that differs.

    Attributes:
        path: Relative to the folder that was compared.
        before: What was there; None where nothing was.
        after: What is there, likewise.
    """

    path: str
    before: FileEntry | None
    after: FileEntry | None


def differences(
    repo: Repository, base: str | None, head: str, folder: str = "", only: Collection[str] | None = None
) -> tuple[Difference, ...]:
    """Every path below a folder that differs between two commits, sorted.

    Args:
        repo: The repository.
        base: The older commit; None for one without any file.
        head: The newer one.
        folder: Relative to the repository's top; empty for that.
        only: Names in the folder, where others do not matter.

    Raises:
        GitError: A commit is not here, or its folders are malformed or too many.
    """
    old, new = _folder(repo, base, folder), _folder(repo, head, folder)
    names = {decode(name) for tree in (old, new) for name in repo.trees.folder(tree)}
    wanted = names if only is None else names.intersection(only)
    paths = repo.trees.differing(old, new, sorted(wanted))
    return tuple(Difference(path, _entry(repo, old, path), _entry(repo, new, path)) for path in sorted(paths))


def names_in(repo: Repository, commit: str, folder: str = "") -> dict[str, str]:
    """What lies in a folder of a commit: by name, the mode and the id; empty where there is no such folder.

    Raises:
        GitError: There is no such commit.
    """
    items = repo.trees.folder(_folder(repo, commit, folder)).items()
    return {decode(name): f"{decode(mode)} {item.hex()}" for name, (mode, item) in items}


def _folder(repo: Repository, commit: str | None, folder: str) -> str:
    tree = commit_of(repo, commit).tree if commit else ""
    return repo.trees.subfolder(tree, folder)


def _entry(repo: Repository, tree: str, path: str) -> FileEntry | None:
    parent, _, name = path.rpartition("/")
    return entry_in(repo.trees.folder(repo.trees.subfolder(tree, parent)), path, name)
