"""Snapshots of a commit, of the index and of the work tree, and what differs between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.snapshot import Change, Snapshot
from modelops_git.edges.git.commits import commit_of
from modelops_git.edges.git.index import tree_of_index
from modelops_git.edges.git.stored import SCOPE, StoredSnapshot
from modelops_git.edges.git.worktree import WorktreeSnapshot

if TYPE_CHECKING:
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


def index_snapshot(repo: Repository) -> StoredSnapshot:
    """The registry as it is about to be committed; in a hook of git, exactly what this commit will hold.

    Raises:
        GitError: Paths are unmerged, or the index cannot be read.
    """
    return StoredSnapshot(repo, tree_of_index(repo), "the index")


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
    stored = head.index if isinstance(head, WorktreeSnapshot) else head
    if not isinstance(base, StoredSnapshot) or not isinstance(stored, StoredSnapshot):
        return Change.between(base, head)
    changed = set(repo.trees.differing(base.tree_id, stored.tree_id, SCOPE))
    if isinstance(head, WorktreeSnapshot):
        changed -= head.different.keys()
        changed |= {path for path in head.different if _differs(path, base, head)}
    return Change(base, head, tuple(sorted(changed)))


def _differs(path: str, base: StoredSnapshot, head: WorktreeSnapshot) -> bool:
    """Whether a path that differs from the index also differs from the base; a new one needs no id."""
    before = base.entry(path)
    there = bool(head.different[path])
    return there if before is None else not there or before != head.entry(path)
