"""Files on disk that are replaced whole or not at all, and read within bounds."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path

NEW_FILE = 0o644


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path` such that a reader, or a crash, sees the old content or the new one.

    Folders above it are made. The permissions of a file that is there are kept; a link is replaced, not
    followed. When this returns, the content is on the disk.

    Raises:
        OSError: It could not be written; then `path` is as it was.
    """
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    mode = _mode_of(path)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def read_bounded(path: Path, most: int) -> bytes:
    """What a file holds, whoever put it there: no pipe is waited for, and no device read for ever.

    Args:
        path: The file; a link is followed.
        most: Bytes that it may have.

    Raises:
        OSError: It cannot be read, is no file, or has more.
    """
    # O_NONBLOCK: opening a named pipe that nobody writes would wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no file")
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most:,} bytes")
    return data


def _mode_of(path: Path) -> int:
    """The permissions that the new content gets: those of the file that is there, else those of a new one."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return NEW_FILE
    return stat.S_IMODE(found) if stat.S_ISREG(found) else NEW_FILE


def _sync_folder(folder: Path) -> None:
    """Make the new name last: a rename is on the disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
