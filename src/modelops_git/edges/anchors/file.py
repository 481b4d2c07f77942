"""An anchor in a file: one note a line, to which several processes may append.

It proves as much as the file is out of reach of those who can rewrite the branch: on another machine, or made
append-only (`chattr +a`), which it stays usable under.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import AnchorError
from modelops_git.edges.anchors.base import LONGEST, MOST, Found, read_note, too_many
from modelops_git.edges.uris import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelops_git.core.journal.anchor import Note
    from modelops_git.core.manifests.registry import FileAnchor

PATIENCE = 5.0
"""Seconds that another writer is waited for: nobody keeps the file for longer than an fsync takes."""
_PAUSE = 0.01
_NEW = 0o644
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class FileAnchorNotes:
    """The notes in a file.

    Attributes:
        path: The file.
        uri: Where it is, for people.
    """

    path: Path
    uri: str

    def add(self, note: Note) -> None:
        """Append a line (see `Anchor.add`)."""
        with self._errors("written"), self._locked() as descriptor:
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"  # a writer died in the middle
            _append(descriptor, (b"\n" if torn else b"") + note.to_bytes(), size)

    def notes(self, registry: str, environment: str) -> Iterator[Found]:
        """The notes of a journal (see `Anchor.notes`)."""
        number = 0
        for number, line in enumerate(self._lines(), start=1):
            if number > MOST:
                raise too_many(f"the anchor {printable(self.uri)}")
            note = read_note(line, f"line {number} of the anchor {printable(self.uri)}")
            if (note.registry, note.environment) == (registry, environment):
                yield Found(note)

    def _lines(self) -> Iterator[bytes]:
        with self._errors("read"):
            try:
                descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK)
            except FileNotFoundError:
                return
            with os.fdopen(descriptor, "rb") as file:
                self._refuse_irregular(descriptor)
                left = self._size(descriptor)
                while left > 0 and (line := file.readline(LONGEST + 1)):
                    left -= len(line)
                    yield line

    def _size(self, descriptor: int) -> int:
        """How many bytes there are while nobody writes: what is appended afterwards is not read."""
        self._lock(descriptor, fcntl.LOCK_SH)
        size = os.fstat(descriptor).st_size
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        return size

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, open for appending, for this process alone."""
        is_new = not self.path.exists()
        descriptor = os.open(self.path, _FLAGS | os.O_CREAT, _NEW)
        try:
            self._refuse_irregular(descriptor)
            self._lock(descriptor, fcntl.LOCK_EX)
            if is_new:
                _sync(self.path.parent)
            yield descriptor
        finally:
            os.close(descriptor)

    def _lock(self, descriptor: int, kind: int) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise AnchorError(
                        f"the anchor {printable(self.uri)} is kept locked by another process",
                        hint="See who has it open: `fuser` names the process.",
                    ) from None
                time.sleep(_PAUSE)
            else:
                return

    def _refuse_irregular(self, descriptor: int) -> None:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise AnchorError(f"the anchor {printable(self.uri)} is no regular file")

    @contextmanager
    def _errors(self, done: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise AnchorError(
                f"the anchor {printable(self.uri)} cannot be {done}: {error.strerror}",
                hint=f"Look at {printable(str(self.path))}, its folder and their rights.",
            ) from error


def _append(descriptor: int, line: bytes, size: int) -> None:
    """Write a line whole, or take back what of it was written."""
    try:
        _write(descriptor, line)
        os.fsync(descriptor)
    except OSError:
        with suppress(OSError):  # what may only be appended to keeps the torn line, which is then told
            os.ftruncate(descriptor, size)
        raise


def _write(descriptor: int, line: bytes) -> None:
    if os.write(descriptor, line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _sync(folder: Path) -> None:
    """Make the new name last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_file_anchor(manifest: FileAnchor, root: Path) -> FileAnchorNotes:
    """The anchor that a `file:` URI names.

    Raises:
        AnchorError: The URI names no local file.
    """
    try:
        path = folder_of(manifest.uri) if manifest.uri.startswith("file:") else ""
    except ValueError as error:
        raise _no_file(manifest.uri, str(error)) from None
    if not path:
        raise _no_file(manifest.uri, "names no file")
    return FileAnchorNotes(root / path, manifest.uri)


def _no_file(uri: str, reason: str) -> AnchorError:
    return AnchorError(f"the anchor {printable(uri)} {reason}", hint="Write `file:/srv/anchors/acme.jsonl`.")
