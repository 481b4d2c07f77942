"""The chain of entries: how a new one is joined to it, and whether a record is whole.

A record is whole when each entry holds the digest of the one before, numbers have no gap, times never fall,
and every stored state is what the fold of the entries gives. Whoever may rewrite the branch can chain it anew
from any point; only an anchor (a tip noted before) shows that, so `check` says nothing about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from modelops_git.core.errors import JournalError
from modelops_git.core.journal.entry import Entry, Payload
from modelops_git.core.journal.fold import fold_environment, fold_model
from modelops_git.core.journal.news import Known
from modelops_git.core.journal.state import ENVIRONMENT_FILE, EnvironmentState, ModelState, state_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from modelops_git.core.journal.people import Actor

MAX_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes entries, when, and with which release.

    Attributes:
        patient: Whether a clock far behind the journal's is refused; an abort never waits for a clock.
    """

    actor: Actor
    now: datetime
    tool_version: str
    patient: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A new entry, and the states that it leads to."""

    entry: Entry
    environment: EnvironmentState
    model: ModelState | None

    def files(self) -> dict[str, bytes]:
        """What the entry's commit writes: the entry, and the states that it changed, by path."""
        files = {"entry.json": self.entry.to_bytes(), ENVIRONMENT_FILE: self.environment.to_bytes()}
        if self.model is not None:
            files[state_file(self.model.model)] = self.model.to_bytes()
        return files


def extend(
    tip: EnvironmentState | None,
    models: Mapping[str, ModelState],
    payloads: Iterable[Payload],
    writer: Writer,
) -> tuple[Link, ...]:
    """The entries that put `payloads` behind `tip` (None for a journal that begins).

    Raises:
        JournalError: The writer's clock is more than five minutes behind the last entry.
    """
    _refuse_skew(tip, writer)
    known = dict(models)
    links: list[Link] = []
    for payload in payloads:
        link = _link(tip, known, payload, writer)
        links.append(link)
        tip = link.environment
        if link.model is not None:
            known[link.model.model] = link.model
    return tuple(links)


def _refuse_skew(tip: EnvironmentState | None, writer: Writer) -> None:
    if tip is not None and writer.patient and tip.at - writer.now > MAX_SKEW:
        behind = tip.at - writer.now
        raise JournalError(
            f"this machine's clock is {behind} behind the last entry of {tip.environment}'s journal",
            hint="Set the clock of this machine, or of the one that wrote the last entry, and try again.",
        )


def _link(
    tip: EnvironmentState | None, models: Mapping[str, ModelState], payload: Payload, writer: Writer
) -> Link:
    entry = Entry(
        sequence=0 if tip is None else tip.sequence + 1,
        at=writer.now if tip is None else max(writer.now, tip.at),
        previous=None if tip is None else tip.last,
        tool_version=writer.tool_version,
        actor=writer.actor,
        payload=payload,
    )
    return linked(entry, tip, models)


def linked(entry: Entry, tip: EnvironmentState | None, models: Mapping[str, ModelState]) -> Link:
    """An entry, with the states that it leads to.

    Raises:
        ValueError: It cannot stand there.
    """
    before = models.get(entry.model)
    model = fold_model(before, entry) if entry.model else None
    return Link(entry, fold_environment(tip, entry, Known(before, model)), model)


@dataclass(frozen=True, slots=True)
class Stored:
    """One commit of a journal, as it was found.

    Attributes:
        commit: The commit's id, for messages.
        parents: How many parents it has.
        files: What its tree holds at `entry.json`, `state/environment.json` and its model's state.
        paths: Every path that it changed against its parent.
    """

    commit: str
    parents: int
    files: Mapping[str, bytes]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a record.

    Attributes:
        entry: The number that the entry should have; None for the record as a whole.
        commit: The entry's commit.
        reason: What is wrong, in words that follow the entry's name.
    """

    entry: int | None
    commit: str
    reason: str

    def __str__(self) -> str:
        """The whole sentence."""
        if self.entry is None:
            return self.reason
        return f"entry {self.entry} ({self.commit[:12]}): {self.reason}"


def check(
    record: Iterable[Stored],
    tip: EnvironmentState | None = None,
    known: Mapping[str, ModelState] | None = None,
) -> Iterator[Problem]:
    """What is wrong with a record, oldest first; nothing where it is whole.

    Args:
        record: Its commits, oldest first: all there are, or those behind `tip`.
        tip: What was known before the first of them; None for the beginning.
        known: What was known then of each model that they are about.
    """
    models = dict(known or {})
    for stored in record:
        problems, link = _examine(stored, tip, models)
        number = 0 if tip is None else tip.sequence + 1
        yield from (Problem(number, stored.commit, reason) for reason in problems)
        if link is None:
            return
        tip = link.environment
        if link.model is not None:
            models[link.model.model] = link.model
    if tip is None:
        yield Problem(None, "", "the journal has no entries")


def _examine(
    stored: Stored, tip: EnvironmentState | None, models: Mapping[str, ModelState]
) -> tuple[list[str], Link | None]:
    try:
        entry = Entry.from_bytes(stored.files.get("entry.json", b""))
        link = linked(entry, tip, models)
    except ValueError as error:
        return [f"cannot be read: {error}"], None
    problems = [*_in_chain(entry, tip), *_as_stored(link, stored)]
    if stored.parents != (0 if tip is None else 1):
        problems.append(f"its commit has {stored.parents} parents")
    return problems, link


def _in_chain(entry: Entry, tip: EnvironmentState | None) -> Iterator[str]:
    sequence, previous = (0, None) if tip is None else (tip.sequence + 1, tip.last)
    if entry.sequence != sequence:
        yield f"is numbered {entry.sequence}, where {sequence} comes next"
    if entry.previous != previous:
        yield "does not hold the digest of the entry before it"
    if tip is not None and entry.at < tip.at:
        yield "is older than the entry before it"


def _as_stored(link: Link, stored: Stored) -> Iterator[str]:
    expected = link.files()
    for path, data in expected.items():
        if stored.files.get(path) != data:
            of_model = (
                f"the state of {link.entry.model}, " if path == state_file(link.entry.model or "") else ""
            )
            yield f"{of_model}{path} is not what the entries lead to"
    for path in stored.paths:
        if path not in expected:
            yield f"changes {path}, which its entry does not account for"
