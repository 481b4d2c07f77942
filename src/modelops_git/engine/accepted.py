"""Which files of a commit are also in what was merged: whatever else they say is somebody's draft.

What a draft says of addresses and of the names of tokens must not be acted on before it was reviewed.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from modelops_git.core.errors import ModelopsError
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.reading import commit_snapshot
from modelops_git.engine.intent import intent_at, remote_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.core.snapshot import Snapshot
    from modelops_git.edges.git.repository import Repository


def acceptance(repository: Repository, head: Snapshot) -> Callable[[str, str | None], bool]:
    """A question: whether a file of `head` was merged, by its path and the commit that was applied last.

    It was where it is the same in that commit, or in the default branch as this clone saw it last. Which
    branch that is says `modelops.yaml` of the applied commit, for that of `head` may be a draft as well.
    """

    @cache
    def merged(applied: str) -> tuple[Snapshot, ...]:
        return tuple(_merged(repository, applied))

    def is_merged(path: str, applied: str | None) -> bool:
        entry = head.entry(path)
        known = merged(applied) if applied else ()
        return entry is not None and any(one.entry(path) == entry for one in known)

    return is_merged


def _merged(repository: Repository, applied: str) -> Iterator[Snapshot]:
    if find_commit(repository, applied) is None:
        return
    yield commit_snapshot(repository, applied)
    try:
        registry = intent_at(repository, applied).registry
        remote = remote_of(repository, registry)
    except ModelopsError:
        return
    place = f"refs/remotes/{remote}" if remote else "refs/heads"
    branch = f"{place}/{registry.default_branch}"
    if find_commit(repository, branch) is not None:
        yield commit_snapshot(repository, branch)
