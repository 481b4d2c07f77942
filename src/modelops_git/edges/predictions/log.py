"""The prediction log of one process: records are handed over, and a thread writes them."""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.serving.log_tables import TABLES
from modelops_git.core.serving.prediction_ids import is_sampled
from modelops_git.edges.predictions.files import Stream
from modelops_git.edges.predictions.keeping import Keeping
from modelops_git.edges.predictions.lines import Lines
from modelops_git.edges.predictions.queueing import Item, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from modelops_git.edges.predictions.rules import LogRules

TYPICAL = 2048
"""Bytes of a record of which nothing is known."""
PATIENCE = 10.0
"""Seconds that what waits may take to be written at the end."""
_ROUND = 500
"""Records between two looks at the files."""
_BREATH = 16
"""Records between two moments in which the thread lets others run: it must not hold up a request."""
_AGAIN = 1.0
"""Seconds until a disk that refused is tried again."""
_SILENCE = 60.0
"""Seconds between two complaints."""


class Counts(NamedTuple):
    """What became of the records of this process.

    Attributes:
        written: Lines that were handed to the system.
        dropped: Records for which there was no room, or that could not be written at the end.
        failed: Records that could not be made a line.
    """

    written: int
    dropped: int
    failed: int


class PredictionLog:
    """The log below a folder, of this process: each process writes files of its own.

    Nothing that happens to it stops serving: what cannot be written is counted and said.
    A forked process goes on with an empty queue and a file of its own.

    Args:
        root: The folder; it is made when there is something to write.
        rules: How predictions are logged.
        say: Told in a sentence what goes wrong, once a minute at most; from another thread.

    Raises:
        UsageError: A library is not installed.
    """

    def __init__(self, root: Path, rules: LogRules, say: Callable[[str], None]) -> None:
        self._root = root
        self._rules = rules
        self._say = say
        self._lines = Lines(rules)
        self._keeping = Keeping(root, rules, self._complain)
        self._begin()
        forked = weakref.WeakMethod(self._forked)
        os.register_at_fork(after_in_child=lambda: (begin := forked()) and begin())

    @property
    def counts(self) -> Counts:
        """What became of the records so far."""
        return Counts(self._written, self._lost + self._refused, self._failed)

    def write(self, record: Mapping[str, Any], size: int = TYPICAL) -> None:
        """Log a prediction: at once, or after a short wait for room; never an error.

        The record is read later: nothing that it holds may be changed any more.

        Args:
            record: Its fields. What a mirror answered is sampled as the prediction that it mirrors.
            size: About how long it is, in bytes: what may wait is bounded by it.
        """
        self._put("predictions", str(record.get("shadow_of") or record["id"]), record, size)

    def feedback(self, record: Mapping[str, Any], size: int = TYPICAL) -> None:
        """Log what turned out to be true of a prediction, as `write` does."""
        self._put("feedback", str(record["id"]), record, size)

    def close(self) -> None:
        """Write what waits, make it last, and end the thread; in 10 seconds at most."""
        self._is_closing = True
        self._waiting.wake()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)
            if thread.is_alive():
                lost = len(self._waiting)
                self._say(f"the prediction log below {self._root} does not end; {lost} records are lost")
        self._keeping.close()

    def _put(self, table: str, sampled_by: str, record: Mapping[str, Any], size: int) -> None:
        if self._rules.sample < 1 and not is_sampled(sampled_by, self._rules.sample):
            return
        if self._thread is None:
            self._start()
        if self._is_closing or not self._waiting.put(Item(table, record, size)):
            with self._lock:
                self._refused += 1

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._waiting = Waiting(self._rules)
        self._streams = {table: Stream(self._root / table, self._rules) for table in TABLES}
        self._thread: threading.Thread | None = None
        self._is_closing = False
        self._written = self._lost = self._refused = self._failed = 0
        self._told, self._told_at = 0, -_SILENCE

    def _forked(self) -> None:
        for stream in self._streams.values():
            stream.let_go()
        self._begin()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._is_closing:
                self._thread = threading.Thread(target=self._run, name="prediction log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not (self._is_closing and not len(self._waiting)):
            self._rest()
            self._work()
            self._tell()
            self._keeping.look_again()
        self._end()

    def _rest(self) -> None:
        if not self._is_closing:
            self._waiting.rest(self._rules.pause)

    def _work(self) -> None:
        """Write what waits; where the disk refuses, that again and nothing else, until it takes it."""
        try:
            while True:
                self._write()
                if not self._take():
                    return
        except OSError as error:
            self._complain(f"predictions cannot be logged below {self._root}: {error.strerror or error}")
            self._refused_by_disk()

    def _write(self) -> None:
        for stream in self._streams.values():
            before = len(stream)
            try:
                stream.write()
            finally:
                self._written += before - len(stream)
            if stream.turn():
                self._keeping.look()

    def _take(self) -> bool:
        """Make lines of what waits; says whether anything did."""
        items = self._waiting.take(_ROUND)
        for number, item in enumerate(items):
            line = self._lines.of(item.record)
            if line is None:
                self._failed += 1
            else:
                self._streams[item.table].add(line)
            if number % _BREATH == 0:
                time.sleep(0)
        return bool(items)

    def _refused_by_disk(self) -> None:
        if not self._is_closing:
            time.sleep(_AGAIN)
            return
        while items := self._waiting.take(_ROUND):
            self._lost += len(items)

    def _end(self) -> None:
        self._work()
        for stream in self._streams.values():
            self._lost += len(stream)
            try:
                stream.close()
            except OSError as error:
                self._complain(f"what was logged below {self._root} may not last: {error.strerror or error}")

    def _tell(self) -> None:
        dropped = self.counts.dropped
        if dropped > self._told:
            self._complain(f"predictions come faster than they can be logged below {self._root}")

    def _complain(self, what: str) -> None:
        """Say what is wrong, unless something was said within the minute."""
        now = time.monotonic()
        with self._lock:
            if now - self._told_at < _SILENCE:
                return
            self._told_at, self._told = now, self.counts.dropped
        self._say(f"{what}; serving goes on, {self._told} records were dropped")
