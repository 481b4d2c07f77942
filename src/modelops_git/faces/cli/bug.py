"""The report on an error that the tool did not expect: what to paste, without what could be secret."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from modelops_git import __version__
from modelops_git.core.errors import ModelopsError
from modelops_git.faces.cli.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

ISSUES = "the project's issue tracker"
FRAMES = 12


class Bug(ModelopsError):  # noqa: N818 - it is what it is called
    """A mistake of this tool, not of its user."""


def describe(error: Exception, arguments: Sequence[str]) -> Bug:
    """Write the report into the folder for temporary files, and say where it is."""
    name = type(error).__name__
    message = f"this is a bug in modelops ({name}), not a mistake of yours"
    try:
        path = _write(report(error, arguments))
    except OSError as failure:
        return Bug(
            message, hint=f"Please report it to {ISSUES}; the report could not be written ({failure})."
        )
    return Bug(message, hint=f"Please read {path} through and paste it into {ISSUES}.")


def _write(text: str) -> Path:
    """A new file that only its owner may read."""
    handle, name = tempfile.mkstemp(prefix="modelops-report-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return Path(name)


def report(error: Exception, arguments: Sequence[str]) -> str:
    """Versions, the command without its values, the last frames; never the error's own message.

    A message may quote what it stumbled over, which could be secret; frames name only lines of code.
    """
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return "\n".join(
        [
            f"modelops {__version__}",
            f"python {platform.python_version()} ({sys.implementation.name})",
            f"platform {platform.platform()}",
            f"command {without_values(arguments)}",
            f"error {type(error).__module__}.{type(error).__qualname__}",
            "",
            *(f"{_short(frame.filename)}:{frame.lineno} in {frame.name}: {frame.line}" for frame in frames),
            "",
        ]
    )


def _short(filename: str) -> str:
    """The path from the package on: where it is installed names people and machines."""
    return "/".join(Path(filename).parts[-4:])


def without_values(arguments: Sequence[str]) -> str:
    """The command line with the names of the command and the options, and `…` for every value."""
    words = [_named(word) for word in arguments]
    return " ".join(["modelops", *words])


def _named(word: str) -> str:
    if word.startswith("--"):
        name, equals, _ = word.partition("=")
        return name + (equals and "=…")
    return word if word in COMMANDS or word in {"-q", "-v", "-h"} else "…"
