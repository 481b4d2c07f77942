"""What the servers of a gateway say of themselves: which tables they serve, and what they could not load.

    <root>/instances/<name>.json    one file for each server process, replaced every few seconds

A file that was not replaced for `STALE` seconds is of a process that is gone; on the same machine, where
there is no such process, after `SILENT` seconds. Nothing is lost with such a file: it says only whether what
was asked for is served by now.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import time
from typing import TYPE_CHECKING, Literal, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.core.records import Record
from modelops_git.core.routes import Stamp
from modelops_git.edges.files import read_bounded, write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BEAT = 2.0
"""Seconds between two reports of a process."""
STALE = 30.0
"""Seconds after which a process that has said nothing is gone."""
SILENT = 5.0
"""Seconds after which it is looked for, where it must be on this machine."""
LOADING = 60.0
"""Seconds that are waited for processes to serve what they were asked to."""
_BETWEEN = 0.05
_LARGEST = 4 << 20


class Serving(Record):
    """What a process serves for one model.

    Attributes:
        stamp: Where the routes that it serves come from; None where it serves none.
        wanted: Where those come from that it has found.
        problem: Why it does not serve these; None while it loads them, and where it does.
    """

    stamp: Stamp | None = None
    wanted: Stamp | None = None
    problem: str | None = None


class Report(Record):
    """What a process serves.

    Attributes:
        name: Names the process, for people.
        host: The machine that it runs on.
        pid: Its number there.
        models: By their names.
    """

    format_version: Literal[1] = 1
    name: str
    host: str = ""
    pid: int = 0
    models: dict[str, Serving]


class Clock(NamedTuple):
    """What time it is, and how it is waited for."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], object] = time.sleep


def path_of(root: Path, name: str) -> Path:
    """Where a process says what it serves."""
    return root / "instances" / f"{name}.json"


CLOCK = Clock()


def write_report(root: Path, report: Report) -> None:
    """Say what a process serves.

    Raises:
        OSError: The folder cannot be written.
    """
    write_atomic(path_of(root, report.name), report.to_bytes())


def forget_report(root: Path, name: str) -> None:
    """Take away what a process said, which ends now."""
    with contextlib.suppress(OSError):  # it grows stale soon
        path_of(root, name).unlink()


def unserved(root: Path, model: str, stamp: Stamp, clock: Clock = CLOCK) -> list[str]:
    """Which processes do not serve the routes of a stamp, and why; waits for those that are loading them.

    Where no process runs there is nothing to wait for: it will find the table when it starts.
    """
    until = clock.now() + LOADING
    while True:
        reports = list(_fresh(root, clock.now()))
        states = [(report.name, report.models.get(model, Serving())) for report in reports]
        problems = [
            f"{printable(name)}: {printable(state.problem)}"
            for name, state in states
            if state.problem and state.wanted == stamp
        ]
        behind = [name for name, state in states if not _serves(state, stamp)]
        if problems or not behind:
            return sorted(problems)
        if clock.now() >= until:
            return [f"{printable(name)}: not loaded in {LOADING:.0f} seconds" for name in sorted(behind)]
        clock.sleep(_BETWEEN)


def _serves(state: Serving, stamp: Stamp) -> bool:
    """Whether a process serves a stamp's routes, or newer ones."""
    return state.stamp is not None and state.stamp.sequence >= stamp.sequence


def _fresh(root: Path, now: float) -> Iterator[Report]:
    """The reports of the processes that run. One that cannot be read says nothing of anything."""
    folder = root / "instances"
    with contextlib.suppress(OSError):
        for path in sorted(folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError):
                # One from the future, where clocks disagree or were set back, must not speak for ever.
                age = abs(now - path.stat().st_mtime)
                if age >= STALE:
                    continue
                report = Report.from_bytes(read_bounded(path, _LARGEST))
                if age < SILENT or not _is_known_to_be_gone(report):
                    yield report


def _is_known_to_be_gone(report: Report) -> bool:
    """Whether a process was on this machine, and is no more."""
    if report.host != socket.gethostname() or report.pid <= 0:
        return False
    try:
        os.kill(report.pid, 0)
    except OverflowError:  # no number of a process
        return False
    except OSError as error:
        return error.errno == errno.ESRCH
    return False
