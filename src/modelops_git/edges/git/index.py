"""The index as a tree: what the next commit will hold."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from modelops_git.core.errors import GitError
from modelops_git.edges.git import environment
from modelops_git.edges.git.plumbing import encode, fields

if TYPE_CHECKING:
    from modelops_git.edges.git.plumbing import Git
    from modelops_git.edges.git.repository import Repository

_SHOWN = 5


def tree_of_index(repo: Repository, *, unmerged: Literal["refuse", "drop"] = "refuse") -> str:
    """The id of the tree that a commit of the index would have; empty where nothing was ever added.

    It works on a copy: git would lock the index itself, and fail while another git process holds it. Paths
    that are only announced (`git add --intent-to-add`) are no part of a commit, and not of the tree.

    Raises:
        GitError: Paths are unmerged (and not to be dropped), or git failed.
    """
    with tempfile.TemporaryDirectory(prefix="modelops-") as folder:
        copy = Path(folder) / "index"
        try:
            shutil.copyfile(repo.index_file, copy)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise GitError(f"the index cannot be read: {error}") from error
        return _write(repo.git.having({environment.INDEX: str(copy)}), unmerged)


def _write(git: Git, unmerged: str) -> str:
    try:
        return git.text("write-tree", "--missing-ok")
    except GitError:
        conflicts = _unmerged(git)
        if not conflicts:
            raise
        if unmerged == "refuse":
            raise _refusal(conflicts) from None
    removals = (b"0 %s\t%s\0" % (b"0" * len(one_id), encode(path)) for path, one_id in conflicts.items())
    git.run("update-index", "-z", "--index-info", stdin=b"".join(removals))
    return git.text("write-tree", "--missing-ok")


def _unmerged(git: Git) -> dict[str, str]:
    """The unmerged paths, each with one of the ids in conflict."""
    rows = (row.split("\t", 1) for row in fields(git.run("ls-files", "--unmerged", "-z")))
    return {path: about.split(" ")[1] for about, path in rows}


def _refusal(conflicts: dict[str, str]) -> GitError:
    more = ", …" if len(conflicts) > _SHOWN else ""
    paths = ", ".join(sorted(conflicts)[:_SHOWN]) + more
    return GitError(
        f"the index has unmerged paths: {paths}",
        hint="resolve the conflicts, then git add the files (git merge --abort goes back)",
    )
