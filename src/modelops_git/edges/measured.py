"""Measurements that were taken, kept in the clone until the run that they are of has ended.

A provider that knows only the present cannot be asked again what was a minute ago. So each measurement is a
line that is added to a file. The files may be deleted at any time: then it is measured again. A line that is
not whole, since a process was killed, counts as none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from modelops_git.core.assessing.buckets import checked
from modelops_git.core.assessing.points import Measured, Point
from modelops_git.core.clock import format_time, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from modelops_git.core.assessing.verdicts import Assessment

LARGEST = 8 << 20
"""Bytes of a file, some 50,000 measurements. What comes then is not kept, so the metric stays undecided."""
OLDEST = 90 * 24 * 3600
"""Seconds after which what nobody asked for any more is deleted."""
MOST_SAID = 10_000
"""How many assessments are known at once, in memory."""


class MeasuredFiles:
    """The measurements below a folder: one folder for each run, one file for each metric and step.

    What they amounted to is known to this process only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._said: OrderedDict[tuple[str, str], Assessment] = OrderedDict()

    def said(self, run: str, key: str) -> Assessment | None:
        """The newest assessment under a key of a run."""
        return self._said.get((run, key))

    def say(self, run: str, key: str, assessment: Assessment) -> None:
        """Keep an assessment, until there are too many."""
        self._said[run, key] = assessment
        self._said.move_to_end((run, key))
        while len(self._said) > MOST_SAID:
            self._said.popitem(last=False)

    def recall(self, run: str, key: str) -> tuple[Point, ...]:
        """The measurements that were kept, oldest first."""
        with contextlib.suppress(OSError), self._path(run, key).open("rb") as file:
            return tuple(_points(file.read(LARGEST + 1)))
        return ()

    def keep(self, run: str, key: str, points: Iterable[Point]) -> None:
        """Add measurements. On a disk that is full they are taken again."""
        lines = "".join(f"\n{_line(point)}\n" for point in points).encode()
        path = self._path(run, key)
        with contextlib.suppress(OSError):
            if not path.parent.exists():
                self._forget_old()
                path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            with os.fdopen(descriptor, "ab") as file:
                if file.tell() + len(lines) <= LARGEST:
                    file.write(lines)

    def forget(self, run: str) -> None:
        """Delete what was measured in a run."""
        shutil.rmtree(self._folder / _named(run), ignore_errors=True)

    def _forget_old(self) -> None:
        before = time.time() - OLDEST
        with contextlib.suppress(OSError):
            for folder in list(self._folder.iterdir()):
                if folder.stat().st_mtime < before:
                    shutil.rmtree(folder, ignore_errors=True)

    def _path(self, run: str, key: str) -> Path:
        return self._folder / _named(run) / _named(key)


def _named(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _line(point: Point) -> str:
    fields = {
        "at": format_time(point.at),
        "candidate": point.candidate,
        "stable": point.stable,
        "samples": point.samples,
        "error": point.error,
    }
    return json.dumps(fields, separators=(",", ":"))


def _points(data: bytes) -> Iterator[Point]:
    for line in data.split(b"\n"):
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            yield _point(json.loads(line))


def _point(fields: dict[str, Any]) -> Point:
    candidate, stable = (_measured(*fields[side]) for side in ("candidate", "stable"))
    samples, error = fields["samples"], fields["error"]
    if not isinstance(error, str) or not (samples is None or isinstance(samples, int)):
        raise TypeError("no measurement")
    return Point(parse_time(fields["at"]), candidate, stable, samples, error)


def _measured(value: Any, of: Any, over: Any, buckets: Any = None) -> Measured:
    """One side of a line; lines of earlier releases have no buckets."""
    counts = None if buckets is None else checked((float(upper), float(count)) for upper, count in buckets)
    return Measured(_number(value), _number(of), _number(over), counts)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
