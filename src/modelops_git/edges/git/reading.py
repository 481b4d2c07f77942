"""Snapshots of a commit, of the index and of the work tree, and what differs between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.snapshot import Change, Snapshot
from modelops_git.edges.git.commits import commit_of
from modelops_git.edges.git.index import IndexSnapshot
from modelops_git.edges.git.stored import SCOPE, StoredSnapshot
from modelops_git.edges.git.worktree import WorktreeSnapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from modelops_git.edges.git.repository import Repository


def commit_snapshot(repo: Repository, rev: str) -> StoredSnapshot:
    """The registry at the commit that `rev` names.

    Raises:
        GitError: It names none.
    """
    commit = commit_of(repo, rev)
    return StoredSnapshot(repo, commit.tree, f"commit {commit.id[:7]}")


def empty_snapshot(repo: Repository) -> StoredSnapshot:
    """The registry before the first commit."""
    return StoredSnapshot(repo, "", "the empty tree")


def index_snapshot(repo: Repository) -> IndexSnapshot:
    """The registry as it is about to be committed; in a hook of git, exactly what this commit will hold.

    Raises:
        GitError: Paths are unmerged, or the index cannot be read.
    """
    return IndexSnapshot(repo)


def worktree_snapshot(repo: Repository) -> WorktreeSnapshot:
    """The registry as its files on disk are, without those that git ignores.

    Raises:
        GitError: The index cannot be read.
    """
    return WorktreeSnapshot(repo)


def change(repo: Repository, base: Snapshot, head: Snapshot) -> Change:
    """What differs between two snapshots of one repository, found by comparing only folders that differ.

    Raises:
        GitError: git could not read what differs.
    """
    index = head.index if isinstance(head, WorktreeSnapshot) else head
    stored = index.below if isinstance(index, IndexSnapshot) else index
    if not isinstance(base, StoredSnapshot) or not isinstance(stored, StoredSnapshot):
        return Change.between(base, head)
    changed = set(repo.trees.differing(base.tree_id, stored.tree_id, SCOPE))
    if isinstance(index, IndexSnapshot):
        changed = _with(changed, index.different, lambda path: base.entry(path) != index.entry(path))
    if isinstance(head, WorktreeSnapshot):
        changed = _with(changed, head.different, lambda path: _differs(path, base, head))
    return Change(base, head, tuple(sorted(changed)))


def _with(changed: set[str], different: Collection[str], differs: Callable[[str], bool]) -> set[str]:
    """What changed when a layer is laid over that has something else at the paths `different`."""
    return changed.difference(different) | set(filter(differs, different))


def _differs(path: str, base: StoredSnapshot, head: WorktreeSnapshot) -> bool:
    """Whether a path that differs from the index also differs from the base; a new one needs no id."""
    before = base.entry(path)
    there = bool(head.different[path])
    return there if before is None else not there or before != head.entry(path)
