"""What one program found out before, in a file that may be deleted at any time.

The file is replaced as a whole: a reader sees what one of its writers wrote, never a mixture. Of two that
write at once one loses what it learned, and finds it out again. A file that another program wrote, or another
version of this one, counts as empty.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from modelops_git.edges.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

MOST = 200_000
"""How many answers are kept; of more, the oldest go."""


class Remembered:
    """Answers by key, both of one line.

    Args:
        path: The file.
        writer: What may have written it; nothing that another has written is believed.
    """

    def __init__(self, path: Path, writer: str) -> None:
        self._path, self._writer = path, writer
        self._answers = _read(path, writer) if writer else {}
        self._learned = False

    def __len__(self) -> int:
        """How many answers there are."""
        return len(self._answers)

    def __contains__(self, key: str) -> bool:
        return key in self._answers

    def get(self, key: str) -> str | None:
        """The answer to `key`; None where there is none."""
        return self._answers.get(key)

    def learn(self, key: str, answer: str = "") -> None:
        """Keep an answer; it is on the disk after `save`."""
        self._learned = True
        self._answers[key] = answer

    def save(self) -> None:
        """Write what was learned. A disk that is full costs time at the next run, and no more."""
        if not self._learned or not self._writer:
            return
        kept = list(self._answers.items())[-MOST:]
        lines = [self._writer, *(f"{key} {answer}" for key, answer in kept), "end", ""]
        with contextlib.suppress(OSError):
            write_atomic(self._path, "\n".join(lines).encode())


def _read(path: Path, writer: str) -> dict[str, str]:
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return {}
    if lines[0] != writer or lines[-2:] != ["end", ""]:
        return {}
    return {key: answer for key, _, answer in (line.partition(" ") for line in lines[1:-2])}
