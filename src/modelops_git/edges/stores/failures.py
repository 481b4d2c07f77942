"""From the errors of the operating system to those of a store."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import TracebackType

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


class _Translated:
    """A context as a class, since each file is read in several; a generator takes four times as long."""

    __slots__ = ("_subject",)

    def __init__(self, subject: str) -> None:
        self._subject = subject

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            raise as_store_error(self._subject, error) from error


def translated(subject: str) -> AbstractContextManager[None]:
    """Turn an OSError of the block into a StoreError about `subject`, such as the path of a file.

    A generator must hold this inside itself: a `with` around the call that makes it sees nothing.
    """
    return _Translated(subject)


def as_store_error(subject: str, error: OSError) -> StoreError:
    """What an error of the operating system is for a store."""
    what = error.strerror or str(error)
    return StoreError(f"{printable(subject)}: {what}", hint=_HINTS.get(error.errno or 0, ""))
