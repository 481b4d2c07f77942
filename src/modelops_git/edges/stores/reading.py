"""Reading one local file from the start to the end, and noticing when it changes meanwhile."""

from __future__ import annotations

import io
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from modelops_git.core.artifacts import printable
from modelops_git.edges.stores.base import Opened, Stat, StoreChangedError
from modelops_git.edges.stores.failures import as_store_error

if TYPE_CHECKING:
    from collections.abc import Iterator

YOUNG = 2_000_000_000
"""Nanoseconds; the coarsest clocks of file systems tick every two seconds."""


class _Reader(io.FileIO):
    """A file whose read errors are those of a store."""

    subject = ""

    def readinto(self, buffer: bytearray | memoryview, /) -> int | None:  # type: ignore[override]
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise as_store_error(self.subject, error) from error

    def readall(self) -> bytes:
        try:
            return super().readall()
        except OSError as error:
            raise as_store_error(self.subject, error) from error


class _Buffered(io.BufferedReader):
    """What the file system says of the file is known as long as it is open."""

    found: Stat


@contextmanager
def stable_reader(descriptor: int, subject: str) -> Iterator[Opened]:
    """Read an open file; on leaving, refuse it if it changed in the meantime.

    Raises:
        StoreChangedError: Its size or time of change is another than at the start.
    """
    raw = _Reader(descriptor)
    raw.subject = subject
    with _Buffered(raw) as stream:
        before = os.fstat(descriptor)
        stream.found = stat_of(before)
        yield cast("Opened", stream)
        if _state(os.fstat(descriptor)) != _state(before):
            raise StoreChangedError(
                f"{printable(subject)} changed while it was read", hint="Try again when nobody writes to it."
            )


def stat_of(status: os.stat_result) -> Stat:
    """What the file system says of a file, in the words of a store.

    A file that was changed in these seconds has no identity: it may change once more within one tick of the
    file system's clock, and look the same.
    """
    if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < YOUNG:
        return Stat(status.st_size)
    # The time of the last change of the entry is set by the kernel alone, unlike that of the content.
    times = f"{status.st_mtime_ns}-{status.st_ctime_ns}"
    return Stat(status.st_size, identity=f"{status.st_dev}-{status.st_ino}-{status.st_size}-{times}")


def _state(status: os.stat_result) -> tuple[int, int, int]:
    return (status.st_ino, status.st_size, status.st_mtime_ns)
