"""Reading an object block by block, from any position on, where its bytes are asked for by ranges."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, Protocol

from modelops_git.edges.stores import streams

if TYPE_CHECKING:
    from modelops_git.edges.stores.base import Stat

MIB = 1 << 20
FIRST = MIB
BLOCK = 4 * MIB


class Fetch(Protocol):
    """Where the bytes come from."""

    def __call__(self, start: int, end: int, /) -> bytes | bytearray:
        """All bytes from `start` to before `end`, both within the object.

        Raises:
            StoreError: They cannot be had.
        """


class BlockReader(io.RawIOBase):
    """The bytes of an object; one block of them is held.

    Args:
        fetch: Where they come from.
        found: What is read.
    """

    def __init__(self, fetch: Fetch, found: Stat) -> None:
        self.found = found
        self._fetch = fetch
        self._position = 0
        self._start, self._bytes = 0, memoryview(b"")

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes, though each jump out of the block costs a request."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to another position; nothing is read yet."""
        self._position = streams.sought(offset, whence, self._position, self.found.size)
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        """As many bytes as fit, fewer only at the end.

        Raises:
            StoreError: They cannot be had.
        """
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._position < self.found.size:
            if not self._start <= self._position < self._start + len(self._bytes):
                self._advance()
            offset = self._position - self._start
            count = min(len(view) - done, len(self._bytes) - offset)
            view[done : done + count] = self._bytes[offset : offset + count]
            self._position += count
            done += count
        return done

    def _advance(self) -> None:
        """Have the block that begins at the position; the first one is small, since many files are."""
        length = BLOCK if self._position else FIRST
        end = min(self._position + length, self.found.size)
        self._bytes = memoryview(b"")  # two blocks at once would be twice the memory
        self._start, self._bytes = self._position, memoryview(self._fetch(self._position, end))
