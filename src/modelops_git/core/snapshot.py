"""A snapshot: the files of a registry at one moment, read when asked for.

The edges make snapshots from a commit, the index or the work tree; tests make them from dicts. Paths are
relative to the registry's root, with `/`, and sorted.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REGULAR = ("100644", "100755")


class FileEntry(NamedTuple):
    """One path of a snapshot.

    Attributes:
        path: Relative to the registry's root.
        mode: git's: 100644 or 100755 for files, 120000 for a symbolic link, 160000 for a submodule.
        blob_id: git's name of the content, which is equal where and only where the content is.
    """

    path: str
    mode: str
    blob_id: str

    @property
    def is_regular(self) -> bool:
        """Whether this is a plain file, as opposed to a link or a submodule."""
        return self.mode in REGULAR

    @property
    def is_submodule(self) -> bool:
        """Whether this is another repository, of which only a commit's id is kept."""
        return self.mode == "160000"


class Snapshot(Protocol):
    """The files of a registry at one moment."""

    @property
    def label(self) -> str:
        """What it is a snapshot of, for people: `commit 1a2b3c4`, `the index`, `the work tree`."""

    def paths(self, under: str = "") -> tuple[str, ...]:
        """All paths below the folder `under` (all there are for the empty one), sorted."""

    def entry(self, path: str) -> FileEntry | None:
        """What is at `path`; None where nothing is."""

    def identity(self, path: str) -> str:
        """A text that two snapshots of a repository share only if all at and below `path` is the same.

        It is empty where nothing is, and made without reading a file.
        """

    def read(self, path: str) -> bytes:
        """The content of `path`; for a link, its target.

        Raises:
            KeyError: There is no such path.
            GitError: git could not read it.
        """

    def preload(self, paths: Iterable[str]) -> None:
        """Say which paths will be read soon, so that they can be fetched at once."""


class DictSnapshot:
    """A snapshot of files that are at hand; `modes` names those that are no plain files."""

    def __init__(
        self,
        files: Mapping[str, bytes | str],
        *,
        label: str = "memory",
        modes: Mapping[str, str] | None = None,
    ) -> None:
        self._files = {
            path: data.encode() if isinstance(data, str) else data for path, data in sorted(files.items())
        }
        self._modes = dict(modes or {})
        self.label = label

    def paths(self, under: str = "") -> tuple[str, ...]:
        """All paths below the folder `under`."""
        return tuple(path for path in self._files if is_under(path, under))

    def entry(self, path: str) -> FileEntry | None:
        """What is at `path`."""
        if path not in self._files:
            return None
        return FileEntry(path, self._modes.get(path, "100644"), blob_id(self._files[path]))

    def identity(self, path: str) -> str:
        """All entries at and below `path`, in words."""
        return spelled(self.entry(one) for one in self._files if one == path or is_under(one, path))

    def read(self, path: str) -> bytes:
        """The content of `path`."""
        return self._files[path]

    def preload(self, paths: Iterable[str]) -> None:
        """Nothing: all is at hand."""


EMPTY = DictSnapshot({}, label="nothing")


class Change(NamedTuple):
    """What differs between two snapshots.

    Attributes:
        base: Before.
        head: After.
        changed: Every path that was added, deleted or altered (content or mode), sorted.
    """

    base: Snapshot
    head: Snapshot
    changed: tuple[str, ...]

    @classmethod
    def between(cls, base: Snapshot, head: Snapshot) -> Change:
        """The change from `base` to `head`, by comparing every entry."""
        paths = sorted({*base.paths(), *head.paths()})
        return cls(base, head, tuple(path for path in paths if base.entry(path) != head.entry(path)))


def spelled(entries: Iterable[FileEntry | None]) -> str:
    """Entries in words: equal only where they are, and in the same order."""
    return ";".join(f"{one.mode} {one.blob_id} {one.path!r}" for one in entries if one)


def is_under(path: str, folder: str) -> bool:
    """Whether `path` lies below `folder`; everything lies below the empty one."""
    return not folder or path.startswith(folder + "/")


def blob_id(data: bytes) -> str:
    """Git's name of a blob with this content (in a repository whose object format is SHA-1)."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
