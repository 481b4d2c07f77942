"""Files whose writer is done, or dead: how that is known, and how a torn end is cut off."""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from modelops_git.core.serving.log_tables import LINES, PARQUET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNFINISHED = ".part"
"""The end of the name of a Parquet file that is being written."""
_OURS = (LINES, PARQUET, UNFINISHED)
_TAIL = 1 << 16


@contextmanager
def alone(root: Path) -> Iterator[bool]:
    """Whether no other process looks after the files of a log, while this one does."""
    try:
        descriptor = os.open(root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
    except FileNotFoundError:
        yield False  # nothing was logged yet
        return
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def written_no_more(path: Path) -> Iterator[int | None]:
    """The file, locked, if nobody writes it any more; None where somebody does."""
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        yield descriptor if _locked(descriptor) else None
    finally:
        os.close(descriptor)


def cut_off_torn_end(descriptor: int) -> int:
    """Cut off what follows the last line feed; says how long the file is then."""
    size = end = os.fstat(descriptor).st_size
    while end > 0:
        begin = max(0, end - _TAIL)
        feed = os.pread(descriptor, end - begin, begin).rfind(b"\n")
        end = begin + feed + 1 if feed >= 0 else begin
        if feed >= 0:
            break
    if end < size:
        os.ftruncate(descriptor, end)
    return end


def days(table: Path) -> list[Path]:
    """The folders of a table, each of one day, oldest first."""
    try:
        with os.scandir(table) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except FileNotFoundError:
        return []
    return [table / name for name in names if _is_day(name)]


def files(day: Path) -> list[Path]:
    """The files of a day that are a log's."""
    with os.scandir(day) as entries:
        found = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    return [day / name for name in sorted(found) if name.endswith(_OURS)]


def make_last(path: Path) -> None:
    """Have the system write what a file or folder holds to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody has it; or the file system has no locks, and nobody can know
        return False
    return True


def _is_day(name: str) -> bool:
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False
