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
    from contextlib import AbstractContextManager

SMALL = 1 << 16
"""Bytes; files of so many are read at once, since most of the time goes to what stands around that."""
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


class Whole(io.BytesIO):
    """All bytes of a file, which has been closed again."""

    found: Stat


def stable_file(descriptor: int, subject: str, before: os.stat_result) -> AbstractContextManager[Opened]:
    """The same as `stable_reader`, of a file of which `before` is known; a small one is read here already.

    Raises:
        StoreChangedError: It has changed.
        StoreError: It cannot be read.
    """
    if before.st_size > SMALL:
        return stable_reader(descriptor, subject)
    try:
        stream = Whole(_content(descriptor, before.st_size))
        after = os.fstat(descriptor)
    except OSError as error:
        raise as_store_error(subject, error) from error
    finally:
        os.close(descriptor)
    if _state(after) != _state(before):
        raise _changed(subject)
    stream.found = stat_of(before)
    return cast("AbstractContextManager[Opened]", stream)


def _content(descriptor: int, size: int) -> bytes:
    """All bytes of a file of `size` bytes; one more than those, where there are more."""
    content = os.read(descriptor, size + 1)
    while len(content) < size and (more := os.read(descriptor, size + 1 - len(content))):
        content += more
    return content


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
            raise _changed(subject)


def _changed(subject: str) -> StoreChangedError:
    return StoreChangedError(
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
