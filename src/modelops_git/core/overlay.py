"""A snapshot with a few files on top of it that are not there yet: to judge a change before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.snapshot import DictSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelops_git.core.snapshot import FileEntry, Snapshot


class OverlaySnapshot:
    """`below`, where the files at `paths` of `above` are added or stand in the place of what is there."""

    def __init__(self, below: Snapshot, above: Mapping[str, bytes | str]) -> None:
        self._below = below
        self._above = DictSnapshot(above)
        self.label = f"{below.label} with {len(above)} more"

    def paths(self, under: str = "") -> tuple[str, ...]:
        """All paths below the folder `under`, sorted, each once."""
        return tuple(sorted({*self._below.paths(under), *self._above.paths(under)}))

    def entry(self, path: str) -> FileEntry | None:
        """What is at `path`."""
        return self._above.entry(path) or self._below.entry(path)

    def identity(self, path: str) -> str:
        """What lies below, and what is added or replaced there."""
        return f"{self._below.identity(path)}+{self._above.identity(path)}".strip("+")

    def read(self, path: str) -> bytes:
        """The content of `path`.

        Raises:
            KeyError: There is no such path.
            GitError: git could not read it.
        """
        return self._above.read(path) if self._above.entry(path) else self._below.read(path)

    def preload(self, paths: Iterable[str]) -> None:
        """Say which paths will be read soon."""
        self._below.preload(path for path in paths if not self._above.entry(path))
