"""Reading one local file from the start to the end, and noticing when it changes meanwhile."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from modelops_git.core.artifacts import printable
from modelops_git.edges.stores.base import StoreChangedError
from modelops_git.edges.stores.failures import translated

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Reader(io.FileIO):
    """A file whose read errors are those of a store."""

    subject = ""

    def readinto(self, buffer: bytearray | memoryview, /) -> int | None:  # type: ignore[override]
        with translated(self.subject):
            return super().readinto(buffer)

    def readall(self) -> bytes:
        with translated(self.subject):
            return super().readall()


@contextmanager
def stable_reader(descriptor: int, subject: str) -> Iterator[BinaryIO]:
    """Read an open file; on leaving, refuse it if it changed in the meantime.

    Raises:
        StoreChangedError: Its size or time of change is another than at the start.
    """
    raw = _Reader(descriptor)
    raw.subject = subject
    with io.BufferedReader(raw) as stream:
        before = _state(descriptor)
        yield stream
        if _state(descriptor) != before:
            raise StoreChangedError(
                f"{printable(subject)} changed while it was read", hint="Try again when nobody writes to it."
            )


def _state(descriptor: int) -> tuple[int, int, int]:
    status = os.fstat(descriptor)
    return (status.st_size, status.st_mtime_ns, status.st_ino)
