"""What an anchor is: notes that are added and read, and neither changed nor removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.errors import AnchorError
from modelops_git.core.journal.anchor import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 4096
"""The most bytes of a note; one that this tool writes has a few hundred."""
MOST = 1_000_000
"""The most notes that are read of one anchor."""


class Found(NamedTuple):
    """A note as it was found.

    Attributes:
        note: What it says.
        is_kept: Whether the place keeps it from being removed now, as far as such a place can.
    """

    note: Note
    is_kept: bool = True


class Anchor(Protocol):
    """Notes of the tips of journals."""

    @property
    def uri(self) -> str:
        """Where it is, for people."""

    def add(self, note: Note) -> None:
        """Keep a note; when this returns, it is there for good. The same tip may be noted again.

        Raises:
            AnchorError: It could not be written, or something else is in its place.
        """

    def notes(self, registry: str, environment: str) -> Iterator[Found]:
        """All notes of a journal, in any order; none where the anchor holds none.

        Raises:
            AnchorError: The anchor cannot be read, or holds what is no note.
        """


def read_note(data: bytes, place: str) -> Note:
    """The note that `data` holds.

    Raises:
        AnchorError: It holds none; `place` says where that was found.
    """
    if len(data) > LONGEST:
        raise _no_note(place, f"it has more than {LONGEST:,} bytes")
    try:
        return Note.from_bytes(data)
    except ValueError as error:
        raise _no_note(place, str(error)) from None


def _no_note(place: str, reason: str) -> AnchorError:
    return AnchorError(
        f"{place} is no note of a journal: {reason}",
        hint="Find out who wrote it. Only what a crash tore off in the middle of a line may be taken away.",
    )


def too_many(place: str) -> AnchorError:
    """The error for an anchor that cannot be read in bounded time."""
    return AnchorError(
        f"{place} holds more than {MOST:,} notes", hint="Begin a new anchor, and keep this one."
    )
