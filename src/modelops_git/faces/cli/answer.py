"""What a command gives back: one answer, which `main` prints in the format that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.faces.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelops_git.faces.reporting.lines import Line


class Answer(NamedTuple):
    """The result of a command.

    Attributes:
        data: The JSON document; `format_version` is put in front of it.
        lines: The same for people.
        code: The exit code.
        text: What is printed as it is instead of lines, in a format of the command's own; None for none.
    """

    data: Mapping[str, Any]
    lines: Sequence[Line] = ()
    code: ExitCode = ExitCode.OK
    text: str | None = None
