"""Notes of a journal's tip that were kept elsewhere, and whether a record still agrees with them.

The entries are a chain: a note of one entry that agrees proves all entries before it as well. So the newest
note that agrees says how far the record is what it was, and the oldest that does not says where it was
written anew at the latest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import Field

from modelops_git.core.clock import format_time
from modelops_git.core.digests import of_bytes
from modelops_git.core.journal.chain import Problem
from modelops_git.core.journal.runs import CommitId
from modelops_git.core.records import Instant, Record
from modelops_git.core.routes import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelops_git.core.journal.chain import Stored


class Note(Record):
    """What was seen of a journal at one moment.

    Attributes:
        registry: The registry whose journal it is.
        environment: The environment whose journal it is.
        sequence: The number of the newest entry.
        commit: The commit that holds it.
        digest: Its digest.
        at: When it was noted.
        by: Who noted it.
    """

    format_version: Literal[1] = 1
    registry: str
    environment: str
    sequence: int = Field(ge=0)
    commit: CommitId
    digest: Digest
    at: Instant
    by: str

    @property
    def entry(self) -> Held:
        """The entry that was seen."""
        return Held(self.commit, self.digest)


class Held(NamedTuple):
    """An entry as a journal holds it.

    Attributes:
        commit: Its commit.
        digest: Its digest.
    """

    commit: str
    digest: str


def held(stored: Stored) -> Held:
    """The entry in a commit of a journal, whatever it is."""
    return Held(stored.commit, of_bytes(stored.files.get("entry.json", b"")))


class Comparison(NamedTuple):
    """What notes say about a record.

    Attributes:
        upto: The number of the newest entry that is what was noted; None where none is.
        problems: Where they disagree; nothing where they agree, or where there are no notes.
    """

    upto: int | None
    problems: tuple[Problem, ...]


def compare(notes: Iterable[Note], record: Sequence[Held]) -> Comparison:
    """Compare notes, in any order, with the entries of a record, oldest first."""
    kept: int | None = None
    behind: int | None = None
    broken: Note | None = None
    others = 0
    for note in sorted(notes, key=lambda one: one.sequence):
        if note.sequence < len(record) and record[note.sequence] == note.entry:
            kept = note.sequence
        elif broken is None:
            broken, behind = note, kept
        else:
            others += 1
    if broken is None:
        return Comparison(kept, ())
    return Comparison(kept, (Problem(None, "", _told(broken, behind, others, record)),))


def _told(note: Note, behind: int | None, others: int, record: Sequence[Held]) -> str:
    at = format_time(note.at.replace(microsecond=0))
    noted = f"entry {note.sequence}, noted as {note.commit[:12]} at {at},"
    since = "" if behind is None else f" behind entry {behind}"
    also = f"; {others} later notes do not agree either" if others > 1 else ""
    also = "; a later note does not agree either" if others == 1 else also
    if note.sequence >= len(record):
        return f"{noted} is gone: the journal ends with entry {len(record) - 1}{also}"
    here = record[note.sequence]
    if here.digest == note.digest:
        return f"{noted} is in another commit now, {here.commit[:12]}{also}"
    return f"{noted} is another one now: the journal was written anew{since}{also}"
