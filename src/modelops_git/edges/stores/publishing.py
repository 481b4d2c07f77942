"""Files that appear whole or not at all.

The bytes go to a temporary file of the same file system, are hashed on the way, compared, and flushed to the
disk; only then does the file get its name. A crash leaves a temporary file at most, which is swept later.
"""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

from modelops_git.edges.stores import streams, tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from modelops_git.edges.stores.base import Expected

TEMPORARY = re.compile(r"\.modelops-[0-9a-f]{16}\.part", re.ASCII)
OLD = 24 * 60 * 60
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})


@dataclass(frozen=True, slots=True)
class Spot:
    """A name in an open folder.

    Attributes:
        folder: The folder's descriptor.
        name: Without `/`.
    """

    folder: int
    name: str


class Publish(Protocol):
    """A way to give a finished file its name."""

    def __call__(self, temporary: Spot, final: Spot, /) -> bool:
        """Do it; False, and nothing done, where something has the name already."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How files are placed below a root.

    Attributes:
        publish: How a finished file gets its name.
        incoming: The folder below the root where unfinished files lie; empty for the root itself.
        mode: Permissions of the files, of which the umask takes its part.
    """

    publish: Publish
    incoming: tuple[str, ...] = ()
    mode: int = 0o666


def place(root: Path, parts: Sequence[str], source: BinaryIO, expected: Expected, manner: Manner) -> bool:
    """Write the file `parts` below `root`, whole or not at all; False where the name is taken.

    Raises:
        StoreMismatchError: `source` does not hold what is expected.
        StoreUnsafeError: A folder on the way is a link.
        OSError: The disk refuses.
    """
    with tree.made_folder(root, manner.incoming) as incoming, unfinished(incoming, manner.mode) as new:
        temporary, file = new
        fill(file, source, expected, "/".join(parts))
        with tree.made_folder(root, parts[:-1]) as folder:
            published = manner.publish(temporary, Spot(folder, parts[-1]))
            os.fsync(folder)
    return published


def create_by_link(temporary: Spot, final: Spot) -> bool:
    """Create-only by a hard link, the one call that does so everywhere; by name where there are no links."""
    try:
        os.link(
            temporary.name,
            final.name,
            src_dir_fd=temporary.folder,
            dst_dir_fd=final.folder,
            follow_symlinks=False,
        )
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return create_by_rename(temporary, final)
    return True


def create_by_rename(temporary: Spot, final: Spot) -> bool:
    """Create-only by a rename under a lock on the folder of temporary files.

    All who publish in this way take the lock, and the kernel drops it when its holder dies.
    """
    import fcntl

    fcntl.flock(temporary.folder, fcntl.LOCK_EX)
    try:
        if exists(final):
            return False
        _rename(temporary, final)
    finally:
        fcntl.flock(temporary.folder, fcntl.LOCK_UN)
    return True


def replace(temporary: Spot, final: Spot) -> bool:
    """Put the file in the place of whatever has the name."""
    _rename(temporary, final)
    return True


def exists(spot: Spot) -> bool:
    """Whether anything has this name, a dangling link included."""
    try:
        os.stat(spot.name, dir_fd=spot.folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def new_spot(folder: int) -> Spot:
    """A name for a temporary file, which nothing else has."""
    return Spot(folder, f".modelops-{secrets.token_hex(8)}.part")


@contextmanager
def unfinished(folder: int, mode: int) -> Iterator[tuple[Spot, BinaryIO]]:
    """A temporary file in `folder`, which is gone afterwards unless it was renamed."""
    spot = new_spot(folder)
    descriptor = os.open(spot.name, _NEW, mode, dir_fd=folder)
    try:
        with io.FileIO(descriptor, "w") as file:
            yield spot, file
    finally:
        with suppress(FileNotFoundError):
            os.unlink(spot.name, dir_fd=folder)


def fill(file: BinaryIO, source: BinaryIO, expected: Expected, subject: str) -> None:
    """Write what `source` holds, check it, and flush it to the disk.

    Raises:
        StoreMismatchError: It is not what was expected.
    """

    def write(piece: memoryview) -> None:
        done = 0
        while done < len(piece):
            done += file.write(piece[done:])

    found = streams.copy(source, write, limit=expected.size)
    streams.compare(subject, found, expected)
    os.fsync(file.fileno())


def sweep(root: Path, incoming: tuple[str, ...] = ()) -> None:
    """Remove temporary files that nobody has written to for a day, by the file system's own clock."""
    with tree.made_folder(root, incoming) as folder:
        with unfinished(folder, 0o600) as (_, file):
            now = os.fstat(file.fileno()).st_mtime
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if TEMPORARY.fullmatch(entry.name)]
        for name in names:
            _remove_if_old(Spot(folder, name), now)


def _remove_if_old(spot: Spot, now: float) -> None:
    with suppress(FileNotFoundError):  # another process sweeps too, or the file was finished
        if now - os.stat(spot.name, dir_fd=spot.folder, follow_symlinks=False).st_mtime > OLD:
            os.unlink(spot.name, dir_fd=spot.folder)


def _rename(temporary: Spot, final: Spot) -> None:
    os.rename(temporary.name, final.name, src_dir_fd=temporary.folder, dst_dir_fd=final.folder)
