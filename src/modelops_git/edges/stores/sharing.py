"""Handing out a file without copying its bytes, where the file system can: shared blocks, or a link."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from modelops_git.edges.stores import publishing, tree
from modelops_git.edges.stores.publishing import Spot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelops_git.edges.stores.publishing import Manner

_FICLONE = 0x40049409  # <linux/fs.h>; other systems answer that they know no such request
_CANNOT = frozenset(
    {
        errno.EOPNOTSUPP,
        errno.ENOTSUP,
        errno.ENOTTY,
        errno.EXDEV,
        errno.EINVAL,
        errno.ENOSYS,
        errno.EPERM,
        errno.EMLINK,
        errno.ENOENT,  # there is no /proc
        errno.EBADF,
        errno.EACCES,
    }
)


class Way(StrEnum):
    """How a file was handed out.

    `reflink`: it shares the blocks on the disk until one of the two is written to. `hardlink`: it is the same
    file under another name, and read-only. `copy`: its bytes were copied.
    """

    REFLINK = "reflink"
    HARDLINK = "hardlink"
    COPY = "copy"


def share(root: Path, parts: Sequence[str], entry: int, manner: Manner) -> Way | None:
    """Give the open file `entry` the name `parts` below `root` as well.

    Returns:
        How that was done; None where it cannot be done here, or where the name is taken.

    Raises:
        StoreUnsafeError: A folder on the way is a link.
        OSError: The disk refuses.
    """
    with (
        tree.made_folder(root, manner.incoming) as incoming,
        tree.made_folder(root, parts[:-1]) as folder,
    ):
        final = Spot(folder, parts[-1])
        if _cloned(entry, incoming, final, manner):
            os.fsync(folder)
            return Way.REFLINK
        if _linked(entry, incoming, final, manner):
            os.fsync(folder)
            return Way.HARDLINK
    return None


def _cloned(entry: int, incoming: int, final: Spot, manner: Manner) -> bool:
    import fcntl

    with publishing.unfinished(incoming, manner.mode) as (temporary, file):
        try:
            fcntl.ioctl(file.fileno(), _FICLONE, entry)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            return False
        os.fsync(file.fileno())
        return manner.publish(temporary, final)


def _linked(entry: int, incoming: int, final: Spot, manner: Manner) -> bool:
    """By the descriptor, so that it is the very file that was read which gets the name."""
    temporary = publishing.new_spot(incoming)
    try:
        os.link(f"/proc/self/fd/{entry}", temporary.name, dst_dir_fd=incoming, follow_symlinks=True)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        return False
    try:
        return manner.publish(temporary, final)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary.name, dir_fd=incoming)
