"""What the reader of the demo sees: chapters, sentences, commands and what they print. Plain in a pipe."""

from __future__ import annotations

import os
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

WIDTH = 100
CHAPTER, COMMAND, PROSE, FAILURE = "1;36", "1", "3", "1;31"
"""Styles, as the terminal's numbers: bold cyan, bold, italic, bold red."""


@dataclass(slots=True)
class Console:
    """Prints to `stream`, in colour where that is asked for."""

    stream: TextIO
    in_colour: bool
    chapters: int = 0
    is_silent: bool = False
    """Whether the last thing shown is a command that printed nothing; the next one then follows closely."""

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self.chapters += 1
        heading = f"{self.chapters}. {title}"
        self._write("", self._styled(heading, CHAPTER), self._styled("=" * len(heading), CHAPTER))

    def say(self, text: str) -> None:
        """Explain, in lines of a readable length."""
        lines = textwrap.wrap(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False)
        self._write("", *(self._styled(line, PROSE) for line in lines))

    def command(self, line: str) -> None:
        """Show a command as it is typed."""
        gap = () if self.is_silent else ("",)
        self._write(*gap, *(self._styled(part, COMMAND) for part in f"$ {line}".splitlines()))
        self.is_silent = True

    def output(self, text: str) -> None:
        """Show what a command printed."""
        if text:
            self._write(text.rstrip("\n"))

    def failure(self, text: str) -> None:
        """Show why the demo ends early."""
        self._write("", self._styled(f"THE DEMO FAILED: {text}", FAILURE))

    def _write(self, *lines: str) -> None:
        self.is_silent = False
        self.stream.writelines(f"{line}\n" for line in lines)
        self.stream.flush()

    def _styled(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.in_colour and text else text


def console_on(stream: TextIO) -> Console:
    """A console that honours `NO_COLOR` and a stream that is no terminal."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return Console(stream, stream.isatty() and not is_plain)
