"""A push to the branch of a journal: it only ever grows, by entries that follow what is there."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.core.journal import chain
from modelops_git.core.journal.chain import MAX_SKEW
from modelops_git.core.journal.entry import Entry, Genesis
from modelops_git.core.journal.state import ENVIRONMENT_FILE, EnvironmentState, ModelState, state_file
from modelops_git.edges.git.commits import commit_of
from modelops_git.edges.git.journal_record import blobs, stored
from modelops_git.edges.git.trees import Trees

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from modelops_git.core.journal.chain import Stored
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.receiving.updates import Update

_JOURNAL = re.compile(r"refs/heads/modelops/(.+)/journal/(.+)")
_MOST_ENTRIES = 10_000
_MOST_BYTES = 256 << 20
_MOST_FILES = 50
"""How many files one entry may change before nobody looks at it; those of the tool change three."""
_AT_ONCE = 20
_MOST_REASONS = 5


def is_journal(ref: str) -> bool:
    """Whether a reference is the branch of a journal."""
    return _JOURNAL.fullmatch(ref) is not None


def refuse_journal(repository: Repository, update: Update, now: datetime) -> tuple[str, ...]:
    """Why a journal may not move so; nothing where it may.

    Raises:
        GitError: git failed.
    """
    if not update.new:
        return ("it is a journal, the record of what was live, and is never deleted",)
    if update.old and not repository.git.succeeds("merge-base", "--is-ancestor", update.old, update.new):
        return ("entries are only added to a journal, and what is pushed does not follow what is there",)
    return tuple(islice(_reasons(repository, update, now), _MOST_REASONS))


def _reasons(repository: Repository, update: Update, now: datetime) -> Iterator[str]:
    spec = [update.new, *([f"^{update.old}"] if update.old else [])]
    limit = f"--max-count={_MOST_ENTRIES + 1}"
    rows = repository.git.text("rev-list", "--topo-order", "--parents", limit, *spec).splitlines()
    if len(rows) > _MOST_ENTRIES:
        yield f"more than {_MOST_ENTRIES} entries are pushed at once; push a long journal in parts"
        return
    try:
        record = _record(repository, [row.split() for row in reversed(rows)])
        tip = _tip(repository, update.old)
        known = _models(repository, update.old, record)
    except ValueError as error:
        yield f"it cannot be read: {error}"
        return
    yield from map(str, chain.check(record, tip, known))
    yield from _misplaced(update, tip, record)
    yield from _ahead(record, now)


def _record(repository: Repository, commits: list[list[str]]) -> list[Stored]:
    """The commits as they are, within bounds.

    Raises:
        ValueError: They are out of bounds; the message is one line.
        GitError: git failed.
    """
    found: list[Stored] = []
    size = 0
    for start in range(0, len(commits), _AT_ONCE):
        part = commits[start : start + _AT_ONCE]
        _refuse_crowds(repository, part)
        found += stored(repository.git, repository.objects, part)
        size += sum(len(data) for one in found[start:] for data in one.files.values())
        if size > _MOST_BYTES:
            raise ValueError(f"its entries have more than {_MOST_BYTES >> 20} MiB")
    return found


def _refuse_crowds(repository: Repository, commits: list[list[str]]) -> None:
    """Refuse what would take git for ever to list: a few small folders can spell a thousand million files."""
    trees = Trees(repository.objects)
    for commit, *parents in commits:
        sides = (commit_of(repository, one).tree for one in parents[:1])
        try:
            trees.differing(next(sides, ""), commit_of(repository, commit).tree, None, _MOST_FILES)
        except GitError as error:
            raise ValueError(f"{commit[:12]} is no entry: {error.message}") from None


def _tip(repository: Repository, commit: str) -> EnvironmentState | None:
    if not commit:
        return None
    (data,) = blobs(repository.objects, [f"{commit}:{ENVIRONMENT_FILE}"])
    return EnvironmentState.from_bytes(data or b"")


def _models(repository: Repository, commit: str, record: Iterable[Stored]) -> dict[str, ModelState]:
    """What is known at `commit` of the models that the new entries are about."""
    names = sorted({one.model for one in _entries(record) if one.model}) if commit else []
    read = blobs(repository.objects, [f"{commit}:{state_file(name)}" for name in names])
    return {name: ModelState.from_bytes(data) for name, data in zip(names, read, strict=True) if data}


def _misplaced(update: Update, tip: EnvironmentState | None, record: Iterable[Stored]) -> Iterator[str]:
    """Whether the journal is that of its branch."""
    first = next(_entries(record), None)
    begun: EnvironmentState | Genesis | None = tip
    if tip is None and first is not None and isinstance(first.payload, Genesis):
        begun = first.payload
    named = _JOURNAL.fullmatch(update.ref)
    if begun is not None and named and named.groups() != (begun.registry, begun.environment):
        yield f"it is the journal of {begun.environment} in {begun.registry}, on the branch of another"


def _ahead(record: Iterable[Stored], now: datetime) -> Iterator[str]:
    """An entry of tomorrow would keep everybody from writing today."""
    for entry in _entries(record):
        if entry.at - now > MAX_SKEW:
            yield f"entry {entry.sequence} is dated {entry.at - now} ahead of this server's clock"


def _entries(record: Iterable[Stored]) -> Iterator[Entry]:
    """The entries that can be read; of the others the chain's check tells."""
    for one in record:
        try:
            yield Entry.from_bytes(one.files.get("entry.json", b""))
        except ValueError:
            continue
