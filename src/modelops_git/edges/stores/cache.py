"""The local cache of artifacts: files under the digest of their content, shared by all processes of a user.

An entry is never trusted: whoever reads it hashes it, and one that is not what its name says is replaced.
Entries are replaced by renaming, so a reader sees the old file or the new one, and any number of processes
may fill the same entry at once.
"""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.errors import StoreError
from modelops_git.edges.stores import publishing, streams, tree
from modelops_git.edges.stores.base import StoreChangedError, StoreMissingError, StoreUnsafeError
from modelops_git.edges.stores.failures import translated
from modelops_git.edges.stores.reading import stable_reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from modelops_git.edges.stores.base import Expected, Opened
    from modelops_git.edges.stores.streams import Progress

_ENTRY = re.compile(r"(?a)[0-9a-f]{2}/[0-9a-f]{62}")
_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
MANNER = publishing.Manner(publishing.replace, (".incoming",), 0o444)


class Source(Protocol):
    """Where the bytes of an entry come from."""

    def __call__(self) -> AbstractContextManager[Opened]:
        """Open it."""


class Entry(NamedTuple):
    """A file of the cache.

    Attributes:
        sha256: 64 hex digits.
        size: In bytes.
        used: When it was last used, in seconds since 1970.
    """

    sha256: str
    size: int
    used: float


@dataclass(frozen=True, slots=True)
class Cache:
    """Verified bytes at `<root>/sha256/<2 hex>/<62 hex>`.

    Attributes:
        root: A folder of the user; made when the first entry is.
    """

    root: Path

    def fill(self, expected: Expected, source: Source, progress: Progress = streams.ignore) -> None:
        """Make sure that the expected bytes are here, from `source` where they are not.

        Of several processes that need the same bytes one brings them, and the others wait for it.

        Raises:
            StoreMismatchError: `source` holds others; nothing was cached.
            StoreError: `source` or the cache could not be read or written.
        """
        if self._sound(expected, progress):
            return
        with self._alone(expected):
            if self._sound(expected, progress):
                return  # another brought it meanwhile
            with source() as stream, translated(f"the cache {self.root}"):
                watched = streams.watched(stream, progress)
                publishing.place(self.root, _parts(expected), watched, expected, MANNER)

    @contextmanager
    def open(self, expected: Expected) -> Iterator[Opened]:
        """The bytes of an entry; to be hashed while they are read.

        Raises:
            StoreMissingError: There is no such entry.
        """
        with translated(f"the cache {self.root}"):
            descriptor = tree.open_file(self.root, _parts(expected))
            _touch(descriptor)
        with stable_reader(descriptor, f"the cache {self.root}") as stream:
            yield stream

    def prepare(self) -> None:
        """Make the folder and remove what crashed processes left; once before it is filled."""
        with translated(f"the cache {self.root}"):
            publishing.sweep(self.root, MANNER.incoming)

    def entries(self) -> list[Entry]:
        """What is in the cache, the longest unused first; nothing where there is none.

        Raises:
            StoreError: The folder cannot be read.
        """
        with translated(f"the cache {self.root}"):
            if not self.root.is_dir():
                return []
            found = [_entry(self.root, path) for path in tree.walk(self.root, ("sha256",))]
        return sorted((one for one in found if one), key=lambda one: (one.used, one.sha256))

    def remove(self, entry: Entry) -> None:
        """Remove an entry; who reads it reads on, and who looks for it later brings it anew.

        Raises:
            StoreError: The folder cannot be written.
        """
        parts = ("sha256", entry.sha256[:2], entry.sha256[2:])
        with (
            translated(f"the cache {self.root}"),
            suppress(FileNotFoundError),
            tree.opened_folder(self.root, parts[:-1]) as folder,
        ):
            os.unlink(parts[-1], dir_fd=folder)

    @contextmanager
    def _alone(self, expected: Expected) -> Iterator[None]:
        """Hold the lock of an entry; the kernel drops it when its holder dies. It saves work, no more."""
        import fcntl

        with translated(f"the cache {self.root}"), tree.made_folder(self.root, (".locks",)) as folder:
            lock = os.open(expected.sha256[:2], _LOCK, 0o600, dir_fd=folder)
        try:
            with suppress(OSError):  # a file system without locks: then two may bring the same bytes
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _sound(self, expected: Expected, progress: Progress) -> bool:
        try:
            with self.open(expected) as stored:
                return streams.measure(stored, limit=expected.size, progress=progress) == expected
        except (StoreMissingError, StoreUnsafeError, StoreChangedError):
            return False


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the cache is: `$XDG_CACHE_HOME/modelops`, else `~/.cache/modelops`; a relative one is ignored.

    Raises:
        StoreError: There is neither, since nobody knows the home of this user.
    """
    named = Path(environment.get("XDG_CACHE_HOME", ""))
    try:
        base = named if named.is_absolute() else Path("~/.cache").expanduser()
    except RuntimeError as error:
        raise StoreError("there is no folder for the cache", hint="Set XDG_CACHE_HOME or HOME.") from error
    return base / "modelops"


def _parts(expected: Expected) -> tuple[str, ...]:
    return ("sha256", expected.sha256[:2], expected.sha256[2:])


def _touch(descriptor: int) -> None:
    """Note that a file is used now; the time of its content stays, by which readers see that it changed."""
    with suppress(PermissionError):  # a cache that somebody else owns: then nobody knows when it was used
        os.utime(descriptor, ns=(time.time_ns(), os.fstat(descriptor).st_mtime_ns))


def _entry(root: Path, path: str) -> Entry | None:
    """What is known of an entry; None of a file that is none, or has just gone."""
    _, *names = path.split("/")
    status = tree.status_of(root, path.split("/")) if _ENTRY.fullmatch("/".join(names)) else None
    return Entry("".join(names), status.st_size, status.st_atime) if status else None
