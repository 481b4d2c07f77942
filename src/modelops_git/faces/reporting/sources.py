"""Where the lines that findings point to are read: the snapshot that was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError

if TYPE_CHECKING:
    from modelops_git.core.snapshot import Snapshot


class SnapshotSources:
    """The files of `snapshot`, one at a time: findings come sorted by file."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._path = ""
        self._lines: list[str] = []

    def line(self, path: str, number: int) -> str | None:
        """Line `number` (from 1) of `path`, without its line feed; None where there is none."""
        if path != self._path:
            self._path, self._lines = path, self._read(path)
        return self._lines[number - 1] if 0 < number <= len(self._lines) else None

    def _read(self, path: str) -> list[str]:
        try:
            data = self._snapshot.read(path)
        except (KeyError, GitError):
            # The finding is about a file that is not there, or no more: it is told without its line.
            return []
        return [line.removesuffix("\r") for line in data.decode("utf-8", "replace").split("\n")]
