"""A path in conflict: what each side of a merge, a rebase or a cherry-pick has of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.snapshot import REGULAR
from modelops_git.edges.git.plumbing import fields

if TYPE_CHECKING:
    from modelops_git.edges.git.repository import Repository

OURS, THEIRS = 2, 3
"""Stages of git's index. In a rebase `OURS` is what is rebased onto, so a stage does not tell whose it is."""


def sides_of(repo: Repository, path: str) -> dict[int, bytes]:
    """What each side has at `path` of the registry, by stage; empty where there is no conflict.

    Raises:
        GitError: git failed.
    """
    rows = fields(repo.git.run("ls-files", "--unmerged", "-z", "--", repo.prefix + path))
    found: dict[int, bytes] = {}
    for row in rows:
        mode, object_id, stage = row.partition("\t")[0].split(" ")
        if mode in REGULAR and int(stage) in {OURS, THEIRS}:
            found[int(stage)] = repo.objects.read(object_id).data
    return found
