"""Looking into bytes at any place, a bounded part at a time: those of a file, or out of a decompressor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from modelops_git.core.formats.inspection import UnscannableError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK: Final = 1 << 16
MOST_AT_ONCE: Final = 1 << 20
MAX_UNPACKED: Final = 64 << 20
"""How many bytes of compressed content are looked at in one file, and so how much memory it can cost."""


class View(Protocol):
    """Bytes that can be looked at in any order."""

    @property
    def size(self) -> int:
        """How many there are.

        Raises:
            UnscannableError: That cannot be found out within bounds.
        """

    def at(self, offset: int, count: int) -> bytes:
        """Up to `count` bytes from `offset` on; fewer at the end, and none behind it.

        Raises:
            UnscannableError: They cannot be had within bounds.
        """


@dataclass(slots=True)
class Budget:
    """How much more may be unpacked of one file, and how many more parts of it may be looked at."""

    unpacked: int = MAX_UNPACKED
    parts: int = 20_000

    def unpack(self, count: int) -> None:
        """Take `count` bytes.

        Raises:
            UnscannableError: It is too much.
        """
        self.unpacked -= count
        if self.unpacked < 0:
            raise UnscannableError(f"more than {MAX_UNPACKED >> 20} MiB would have to be unpacked")

    def open_part(self) -> None:
        """Take one part.

        Raises:
            UnscannableError: There are too many.
        """
        self.parts -= 1
        if self.parts < 0:
            raise UnscannableError("it has too many parts")


class FileView:
    """A seekable file. Reads are few and each is bounded, since one may be a request to an object store."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.size = size
        self._stream = stream
        self._from = 0
        self._kept = b""
        self._ahead = CHUNK

    def at(self, offset: int, count: int) -> bytes:
        """See `View`."""
        count = min(count, self.size - offset)
        if count <= 0:
            return b""  # and no seek: a stated length may be more than any file can have
        begin = offset - self._from
        if begin < 0 or begin + count > len(self._kept):
            self._read(offset, count)
            begin = 0
        return self._kept[begin : begin + count]

    def _read(self, offset: int, count: int) -> None:
        follows = self._from <= offset <= self._from + len(self._kept) and self._kept
        self._ahead = min(self._ahead * 2, MOST_AT_ONCE) if follows else CHUNK
        wanted = min(max(count, self._ahead), self.size - offset)
        self._stream.seek(offset)
        self._from, self._kept = offset, _exactly(self._stream, wanted)


def _exactly(stream: BinaryIO, wanted: int) -> bytes:
    parts: list[bytes] = []
    while wanted > 0:
        part = stream.read(wanted)
        if not part:
            raise UnscannableError("it ended before its end, maybe since it was changed while it was read")
        parts.append(part)
        wanted -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of another view.

    Attributes:
        whole: The other one.
        start: Where the part begins in it.
        size: How many bytes it has.
    """

    whole: View
    start: int
    size: int

    def at(self, offset: int, count: int) -> bytes:
        """See `View`."""
        return self.whole.at(self.start + offset, max(0, min(count, self.size - offset)))


class Unpacked:
    """What comes out of a decompressor, only as far as somebody looks."""

    def __init__(self, pieces: Iterator[bytes], budget: Budget) -> None:
        self._pieces = pieces
        self._budget = budget
        self._kept = bytearray()
        self._is_whole = False

    @property
    def size(self) -> int:
        """See `View`."""
        while not self._is_whole:
            self._more()
        return len(self._kept)

    def at(self, offset: int, count: int) -> bytes:
        """See `View`."""
        while not self._is_whole and len(self._kept) < offset + count:
            self._more()
        return bytes(self._kept[offset : offset + count])

    def _more(self) -> None:
        piece = next(self._pieces, None)
        if piece is None:
            self._is_whole = True
        else:
            self._budget.unpack(len(piece))
            self._kept += piece
