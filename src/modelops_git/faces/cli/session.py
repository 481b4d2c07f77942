"""What a command knows about how it was called: the folder, the format, the terminal."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.faces.cli import streams

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import TextIO

    from modelops_git.core.catalog import Catalog
    from modelops_git.edges.git.repository import Repository
    from modelops_git.faces.cli.progress import Progress
    from modelops_git.faces.reporting.lines import Line


class Format(StrEnum):
    """How results are printed: `text` and `json` by every command, the others where they are offered."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JUNIT = "junit"


class Terminal(NamedTuple):
    """Which streams are a terminal with a person in front of it.

    Attributes:
        asks: A question may be asked: stdin and stderr are a terminal, and this is no CI.
        colours_out: stdout takes colours.
        colours_err: stderr takes colours, and progress bars.
        columns: How many characters fit in a line of stdout; 0 where it is no terminal.
    """

    asks: bool = False
    colours_out: bool = False
    colours_err: bool = False
    columns: int = 0

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Terminal:
        """The facts of this process; `NO_COLOR`, `CI` and `TERM=dumb` make everything plain."""
        plain = bool(
            environment.get("NO_COLOR") or environment.get("CI") or environment.get("TERM") == "dumb"
        )
        return cls(
            asks=not environment.get("CI") and _is_terminal(sys.stdin) and _is_terminal(sys.stderr),
            colours_out=not plain and _is_terminal(sys.stdout),
            colours_err=not plain and _is_terminal(sys.stderr),
            columns=_columns(sys.stdout),
        )


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _columns(stream: TextIO | None) -> int:
    if stream is None or not stream.isatty():
        return 0
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return 0  # it says that it is a terminal, and is none that the system knows


def terminal() -> Terminal:
    """The facts of this process."""
    return Terminal.of(os.environ)


class Session(NamedTuple):
    """One call of the tool.

    Attributes:
        folder: Where it was called, or `--repo`.
        format: How the result is printed.
        verbosity: 0; below with `-q`, above with `-v`.
        terminal: What may be coloured, drawn and asked.
    """

    folder: Path
    format: Format = Format.TEXT
    verbosity: int = 0
    terminal: Terminal = Terminal()

    def repository(self) -> Repository:
        """The git repository and the registry in it that the folder lies in.

        Raises:
            UsageError: There is none.
            GitError: git is missing or failed.
        """
        from modelops_git.edges.git.repository import find_registry

        return find_registry(self.folder)

    def catalog(self) -> Catalog:
        """The manifests as they are in the work tree now.

        Raises:
            UsageError: As for `repository`.
            GitError: Likewise.
        """
        from modelops_git.core.catalog import Catalog
        from modelops_git.edges.git.reading import worktree_snapshot

        return Catalog(worktree_snapshot(self.repository()))

    def note(self, line: Line) -> None:
        """Tell something that is not the result, on stderr; not with `-q`."""
        if self.verbosity >= 0:
            self._tell(line)

    def detail(self, line: Line) -> None:
        """The same, only with `-v`."""
        if self.verbosity > 0:
            self._tell(line)

    def _tell(self, line: Line) -> None:
        streams.write_lines(sys.stderr, [line], colour=self.terminal.colours_err)

    def progress(self, label: str, total: int) -> Progress:
        """A bar for work of `total` bytes: a context manager whose `advance` may be called by any thread."""
        from modelops_git.faces.cli.progress import Progress

        return Progress(label, total, shown=self.terminal.colours_err and self.verbosity >= 0)
