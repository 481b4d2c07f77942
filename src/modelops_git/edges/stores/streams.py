"""Reading streams once, in constant memory, and hashing what passes."""

from __future__ import annotations

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from modelops_git.core.artifacts import printable
from modelops_git.core.digests import short
from modelops_git.edges.stores.base import Expected, StoreMismatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUFFER = 1 << 20
LARGE_BUFFER = 1 << 22


class Progress(Protocol):
    """Told the number of bytes each time some were hashed; may be called by several threads at once.

    Where an executor's workers are processes, it must be picklable.
    """

    def __call__(self, count: int, /) -> None:
        """`count` more bytes are done."""


def ignore(_count: int, /) -> None:
    """Progress that nobody watches."""


class _Readable(Protocol):
    def readinto(self, buffer: memoryview, /) -> int | None: ...


class Hasher(Protocol):
    """What digests are made with, such as those of hashlib."""

    def update(self, data: memoryview | bytes, /) -> object:
        """Take more bytes."""

    def hexdigest(self) -> str:
        """The digest of what was taken."""


def measure(source: BinaryIO, *, limit: int | None = None, progress: Progress = ignore) -> Expected:
    """SHA-256 and size of what `source` holds from here on.

    Args:
        source: Read to its end.
        limit: Read at most one byte more than this, so that a stream without end ends.
        progress: Told of each piece.
    """
    return copy(source, _nowhere, limit=limit, progress=progress)


def copy(
    source: BinaryIO,
    write: Callable[[memoryview], object],
    *,
    limit: int | None = None,
    progress: Progress = ignore,
) -> Expected:
    """Hand each piece of `source` to `write`; SHA-256 and size of what was handed over.

    The piece is a view of a buffer that is used again: `write` must not keep it.
    """
    digest = hashlib.sha256()
    size = 0
    for piece in pieces(source, limit):
        digest.update(piece)
        write(piece)
        size += len(piece)
        progress(len(piece))
    return Expected(digest.hexdigest(), size)


def compare(subject: str, found: Expected, expected: Expected) -> None:
    """Refuse bytes that are not the expected ones.

    Raises:
        StoreMismatchError: They are not; the message names `subject`, such as a key.
    """
    compare_size(subject, found, expected.size)
    compare_digest(subject, found, ("SHA-256", found.sha256, expected.sha256))


def compare_size(subject: str, found: Expected, size: int) -> None:
    """Refuse bytes that are more or fewer than expected. Raises as `compare` does."""
    name = printable(subject)
    if found.size > size:
        raise StoreMismatchError(f"{name} has more than the expected {size} bytes", found)
    if found.size < size:
        raise StoreMismatchError(f"{name} has {found.size} bytes where {size} are expected", found)


def compare_digest(subject: str, found: Expected, digests: tuple[str, str, str]) -> None:
    """Refuse bytes of another digest: its algorithm, what it is, what it should be. Raises as above."""
    algorithm, is_, should = digests
    if is_ != should:
        told = f"{algorithm} {short(is_)}… where {short(should)}… is expected"
        raise StoreMismatchError(
            f"{printable(subject)} has {told}",
            found,
            f"{algorithm} {short(is_)}…; the manifest says {short(should)}…",
        )


def watched(source: BinaryIO, progress: Progress) -> BinaryIO:
    """The same stream, of which each read is told to `progress`."""
    return cast("BinaryIO", _Watched(source, progress))


class _Watched(io.RawIOBase):
    def __init__(self, source: BinaryIO, progress: Progress) -> None:
        self._source = cast("_Readable", source)
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        count = self._source.readinto(memoryview(buffer))
        self._progress(count or 0)
        return count


def sought(offset: int, whence: int, position: int, size: int) -> int:
    """The position that `seek(offset, whence)` means in a stream of `size` bytes that stands at `position`.

    Raises:
        ValueError: It is before the start.
    """
    found = {os.SEEK_SET: 0, os.SEEK_CUR: position, os.SEEK_END: size}[whence] + offset
    if found < 0:
        raise ValueError(f"negative seek position {found}")
    return found


def pieces(source: BinaryIO, limit: int | None) -> Iterator[memoryview]:
    """What `source` holds, in pieces of a buffer that is used again; one byte beyond `limit` at most."""
    left = BUFFER if limit is None else limit + 1
    view = memoryview(bytearray(min(BUFFER, left)))
    readable = cast("_Readable", source)
    while count := readable.readinto(view[: min(BUFFER, left)]):
        yield view[:count]
        left = left if limit is None else left - count


def pieces_ahead(source: BinaryIO, limit: int) -> Iterator[memoryview]:
    """The same in large pieces, of which the next is read while one is used: for a hash as fast as a disk."""
    left = limit + 1
    spare, view = (memoryview(bytearray(min(LARGE_BUFFER, left))) for _ in range(2))
    readable = cast("_Readable", source)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(readable.readinto, view[:left])
        while count := coming.result():
            left -= count
            view, spare = spare, view
            coming = reader.submit(readable.readinto, view[:left])
            yield spare[:count]


def _nowhere(_piece: memoryview) -> None:
    """Keep nothing."""
