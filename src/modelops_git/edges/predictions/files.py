"""The files that one process writes: whole lines are appended, nobody else writes them."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING

from modelops_git.core.serving.log_tables import LINES

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.edges.predictions.rules import LogRules

WRITE = 1 << 20
"""Bytes that are written at once: whole lines, or one that is longer."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What passes without another file."""
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_NEW, _NEW_FOLDER = 0o640, 0o750
"""For its owner and group: a log holds what people were judged by."""
_COUNTER = count(1)
_ODD = re.compile(r"[^A-Za-z0-9.-]", re.ASCII)


class LogFile:
    """A file of whole lines that grows until it is complete.

    While it is open it is locked, which its writer's death ends: who gets the lock knows that nobody writes
    it any more.
    """

    def __init__(self, folder: Path) -> None:
        now = datetime.now(UTC)
        self._day = f"{now:%Y-%m-%d}"
        self._begun = time.monotonic()
        self._is_torn = False
        self.size = 0
        self.path, self._descriptor = _created(folder / self._day, now)
        with suppress(OSError):  # without locks nobody dares to turn the file into another, and that is all
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def append(self, lines: bytes) -> int:
        """Append whole lines, as many as there is room for; says how many bytes they are.

        Raises:
            OSError: Not one could be written; the file ends where it did.
        """
        written = 0
        try:
            while written < len(lines):
                written += os.write(self._descriptor, lines[written:] if written else lines)
        except OSError:
            whole = lines.rfind(b"\n", 0, written) + 1
            self._cut(self.size + whole)
            if not whole:
                raise
            written = whole
        self.size += written
        return written

    def _cut(self, size: int) -> None:
        try:
            os.ftruncate(self._descriptor, size)
        except OSError:  # whoever finds the file later cuts off the torn line; nothing may follow it
            self._is_torn = True

    def is_complete(self, rules: LogRules) -> bool:
        """Whether what comes next belongs into another file."""
        is_old = time.monotonic() - self._begun >= rules.file_age.total_seconds()
        is_full = self._is_torn or self.size >= rules.file_bytes
        return is_full or is_old or f"{datetime.now(UTC):%Y-%m-%d}" != self._day

    def is_gone(self) -> bool:
        """Whether somebody has removed it meanwhile."""
        return os.fstat(self._descriptor).st_nlink == 0

    def close(self) -> None:
        """Make what was written last, and let go of the file; an empty one is removed."""
        try:
            if self.size:
                os.fsync(self._descriptor)
            else:
                self.path.unlink(missing_ok=True)
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Close it as it is: another process has it."""
        os.close(self._descriptor)


class Stream:
    """What is written of one table: complete files, and the one that is written now."""

    def __init__(self, folder: Path, rules: LogRules) -> None:
        self._folder = folder
        self._rules = rules
        self._file: LogFile | None = None
        self._lines: list[bytes] = []

    def __len__(self) -> int:
        """How many lines are not yet written."""
        return len(self._lines)

    def add(self, line: bytes) -> None:
        """Let a line be written next."""
        self._lines.append(line)

    def write(self) -> int:
        """Write the lines that were added; says how many there were.

        Raises:
            OSError: Not all could be written; the others are still to be.
        """
        written = 0
        while self._lines:
            batch = b"".join(self._batch())
            done = batch.count(b"\n", 0, self._append(batch))
            del self._lines[:done]
            written += done
        return written

    def turn(self) -> bool:
        """Close the file if it is complete; says whether it was.

        Raises:
            OSError: What was written may not last; another file is begun all the same.
        """
        if self._file is None or not (self._file.is_complete(self._rules) or self._file.is_gone()):
            return False
        self.close()
        return True

    def close(self) -> None:
        """Close the file that is written now.

        Raises:
            OSError: What was written may not last.
        """
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def let_go(self) -> None:
        """Leave the file to the process that this one was forked from."""
        if self._file is not None:
            self._file.let_go()

    def _batch(self) -> list[bytes]:
        size = 0
        for number, line in enumerate(self._lines):
            size += len(line)
            if size > WRITE and number:
                return self._lines[:number]
        return list(self._lines)

    def _append(self, lines: bytes) -> int:
        self.turn()
        is_new = self._file is None or not self._file.size
        try:
            return self._current().append(lines)
        except OSError as error:
            if error.errno in FULL:
                raise
            with suppress(OSError):  # that file takes no more, or is out of reach
                self.close()
            if is_new:
                raise
        return self._current().append(lines)

    def _current(self) -> LogFile:
        if self._file is None:
            self._file = LogFile(self._folder)
        return self._file


def _created(folder: Path, now: datetime) -> tuple[Path, int]:
    """A file that no other process has, nor had."""
    folder.mkdir(mode=_NEW_FOLDER, parents=True, exist_ok=True)
    host = _ODD.sub("_", socket.gethostname())[:64] or "host"
    while True:
        path = folder / f"{now:%Y%m%dT%H%M%SZ}-{host}-{os.getpid()}-{next(_COUNTER):06d}{LINES}"
        with suppress(FileExistsError):  # of a container whose process has the same number
            return path, os.open(path, _FLAGS, _NEW)
