"""Where the lines that findings point to are read: the snapshot that was checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.core.secrets import redacted

if TYPE_CHECKING:
    from modelops_git.core.snapshot import Snapshot

LONGEST_QUOTED = 100_000
"""The longest line that is quoted, in characters: nobody reads a longer one, and masking takes its time."""


class SnapshotSources:
    """The files of `snapshot`, one at a time: findings come sorted by file."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._path: str | None = None
        self._text: str | None = None
        self._lines: list[str] = []
        self._shown: dict[int, str] = {}

    def text(self, path: str) -> str | None:
        """All of `path`, line feeds as they are; None where there is no such file."""
        self._open(path)
        return self._text

    def line(self, path: str, number: int) -> str | None:
        """Line `number` (from 1) of `path`, its secrets masked, without its line feed.

        None where there is none, or one that is too long to be quoted.
        """
        self._open(path)
        if not 0 < number <= len(self._lines) or len(self._lines[number - 1]) > LONGEST_QUOTED:
            return None
        if number not in self._shown:  # a line may be long, and have a hundred findings
            self._shown[number] = redacted(self._lines[number - 1])
        return self._shown[number]

    def _open(self, path: str) -> None:
        if path == self._path:
            return
        self._path, self._text = path, self._read(path)
        self._lines = [line.removesuffix("\r") for line in self._text.split("\n")] if self._text else []
        self._shown = {}

    def _read(self, path: str) -> str | None:
        try:
            return self._snapshot.read(path).decode("utf-8", "replace")
        except (KeyError, GitError):
            # The finding is about a file that is not there, or no more: it is told without its line.
            return None
