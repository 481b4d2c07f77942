"""docs/reference/exit-codes.md, from the enumeration of exit codes and the errors that lead to them."""

from __future__ import annotations

from blocks import joined, notice, prose, table
from modelops_git.core import errors
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_error

MEANINGS = {
    ExitCode.OK: "All is well, or there was nothing to do.",
    ExitCode.FINDINGS: "There are findings at or above `--fail-on`, or the tool refused what was asked for.",
    ExitCode.USAGE: "The command was called in a way that makes no sense.",
    ExitCode.WORLD: (
        "The world failed: a store, git, a target or a provider. Nothing was decided, "
        "which must block exactly as 1 does."
    ),
    ExitCode.STALE: "What would happen now is not what was planned, or others were faster. Plan again.",
    ExitCode.AUDIT: "The record is not whole.",
    ExitCode.CHANGES: "The plan has changes; only with `--detailed-exitcode`.",
    ExitCode.BUG: "A bug in modelops-git; stderr holds a report to paste into an issue.",
    ExitCode.INTERRUPTED: "Interrupted from the keyboard.",
}
INTRODUCTION = """\
Scripts and CI jobs branch on these numbers. All others are reserved. The errors are what the Python API
raises; the command line turns them into numbers."""


def page() -> str:
    """The whole page."""
    rows = [[f"`{int(code)}`", prose(MEANINGS[code]), _errors_of(code)] for code in ExitCode]
    return joined(
        notice("src/modelops_git/faces/cli/exit_codes.py"),
        "# Exit codes",
        INTRODUCTION,
        table(["code", "meaning", "errors"], rows),
    )


def _errors_of(code: ExitCode) -> str:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    named = [
        kind for kind in kinds if issubclass(kind, errors.ModelopsError) and kind is not errors.ModelopsError
    ]
    return ", ".join(f"`{kind.__name__}`" for kind in named if code_of_error(kind("")) is code)
