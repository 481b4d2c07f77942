"""The one place that writes to stdout and stderr."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

from modelops_git.faces.reporting.lines import render

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from modelops_git.faces.reporting.lines import Line


def tolerate_any_text(*streams: TextIO | None) -> None:
    """Let no character fail to encode: what the terminal's encoding lacks is written as its escape."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write_lines(stream: TextIO | None, lines: Iterable[Line], *, colour: bool) -> None:
    """Write each line, escaped, with its line feed."""
    write(stream, "".join(render(line, colour=colour) + "\n" for line in lines))


def write(stream: TextIO | None, text: str) -> None:
    """Write and flush; a reader who has left (`| head -1`) is fine, and the command goes on to its end.

    Raises:
        OSError: The stream takes no more for another reason, such as a full disk.
    """
    if stream is None or not text:
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _send_to_nowhere(stream)
    except OSError:
        _send_to_nowhere(stream)
        raise


def _send_to_nowhere(stream: TextIO) -> None:
    """Put the null device in the stream's place, so that what is left in its buffer does not fail at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
