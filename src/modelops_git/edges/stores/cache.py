"""The local cache of artifacts: files under the digest of their content, shared by all processes of a user.

An entry is never trusted: whoever reads it hashes it, and one that is not what its name says is replaced.
Entries are replaced by renaming, so a reader sees the old file or the new one, and any number of processes
may fill the same entry at once.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

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

MANNER = publishing.Manner(publishing.replace, (".incoming",), 0o444)


class Source(Protocol):
    """Where the bytes of an entry come from."""

    def __call__(self) -> AbstractContextManager[Opened]:
        """Open it."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Verified bytes at `<root>/sha256/<2 hex>/<62 hex>`.

    Attributes:
        root: A folder of the user; made when the first entry is.
    """

    root: Path

    def fill(self, expected: Expected, source: Source, progress: Progress = streams.ignore) -> None:
        """Make sure that the expected bytes are here, from `source` where they are not.

        Raises:
            StoreMismatchError: `source` holds others; nothing was cached.
            StoreError: `source` or the cache could not be read or written.
        """
        if self._sound(expected, progress):
            return
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
        with stable_reader(descriptor, f"the cache {self.root}") as stream:
            yield stream

    def prepare(self) -> None:
        """Make the folder and remove what crashed processes left; once before it is filled."""
        with translated(f"the cache {self.root}"):
            publishing.sweep(self.root, MANNER.incoming)

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
