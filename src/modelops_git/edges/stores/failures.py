"""From the errors of the operating system to those of a store."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HINTS = {
    errno.ENOSPC: "Make room on the disk; nothing was published.",
    errno.EDQUOT: "Make room within the quota; nothing was published.",
    errno.EFBIG: "Raise the file size limit (ulimit -f) or use a file system that takes larger files.",
    errno.EROFS: "Mount the file system writable, or use another store.",
    errno.EACCES: "Check the permissions of the folder.",
    errno.EPERM: "Check the permissions of the folder.",
    errno.ENOTDIR: "A file lies where a folder is needed; move it away.",
    errno.EEXIST: "A file lies where a folder is needed; move it away.",
    errno.EISDIR: "A folder lies where a file is needed; move it away.",
    errno.ENOTEMPTY: "A folder lies where a file is needed; move it away.",
    errno.ENOENT: "Check that the folder exists and is mounted.",
    errno.ENAMETOOLONG: "Shorten the artifact's path.",
    errno.EMFILE: "Raise the limit of open files (ulimit -n).",
    errno.EIO: "Check the disk.",
    errno.ESTALE: "Mount the network file system again.",
}


@contextmanager
def translated(subject: str) -> Iterator[None]:
    """Turn an OSError of the block into a StoreError about `subject`, such as the path of a file.

    A generator must hold this inside itself: a `with` around the call that makes it sees nothing.
    """
    try:
        yield
    except OSError as error:
        what = error.strerror or str(error)
        raise StoreError(f"{printable(subject)}: {what}", hint=_HINTS.get(error.errno or 0, "")) from error
