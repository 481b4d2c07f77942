"""The commits of a journal as they are, for an audit: nothing of them is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.journal.chain import Stored
from modelops_git.edges.git.journal_wire import audited, parse_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.edges.git.objects import ObjectReader
    from modelops_git.edges.git.plumbing import Git

_CHANGES = ("diff-tree", "--stdin", "--root", "-r", "-m", "-z", "--no-renames")


def stored(git: Git, objects: ObjectReader, commits: Sequence[Sequence[str]]) -> Iterator[Stored]:
    """Commits of a journal in this order, each given as its id and those of its parents."""
    ids = [commit for commit, *_ in commits]
    raw = git.run(*_CHANGES, stdin="\n".join([*ids, ""]).encode())
    changed = parse_changes(raw, set(ids))
    entries = dict(zip(ids, blobs(objects, [f"{commit}:entry.json" for commit in ids]), strict=True))
    wanted = [(one, path) for one in ids for path in audited(entries[one])]
    read = blobs(objects, [f"{commit}:{path}" for commit, path in wanted])
    files: dict[str, dict[str, bytes]] = {commit: {} for commit in ids}
    for (commit, path), data in zip(wanted, read, strict=True):
        if data is not None:
            files[commit][path] = data
    for commit, *parents in commits:
        yield Stored(commit, len(parents), files[commit], changed[commit])


def blobs(objects: ObjectReader, names: Sequence[str]) -> list[bytes | None]:
    """The content of each name; None where there is none, or it is no file."""
    return [found.data if found and found.kind == "blob" else None for found in objects.find_all(names)]
