"""What is done about files that are complete: torn ends cut off, turned into Parquet, removed when old."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from modelops_git.core.errors import ModelopsError
from modelops_git.core.serving.log_tables import LINES, PARQUET, TABLES
from modelops_git.edges.predictions.leftovers import (
    UNFINISHED,
    alone,
    cut_off_torn_end,
    days,
    files,
    written_no_more,
)
from modelops_git.edges.predictions.parquet import Turning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelops_git.edges.predictions.rules import LogRules

GRACE = 60.0
"""Seconds that the lines stay beside the Parquet file: who has listed them can still read them."""
EVERY = 600.0
"""Seconds between two looks, besides those when a file is complete."""
_PATIENCE = 5.0


class Keeping:
    """Looks after the files of a log, in a thread of its own; of several processes, one at a time.

    Raises:
        UsageError: Parquet is asked for, and the library is not installed.
    """

    def __init__(self, root: Path, rules: LogRules, complain: Callable[[str], None]) -> None:
        self._root = root
        self._rules = rules
        self._complain = complain
        self._turning = Turning() if rules.format == "parquet" else None
        self._thread: threading.Thread | None = None
        self._looked = float("-inf")

    def look(self) -> None:
        """Begin to look at the files, unless that is under way."""
        if self._thread is None or not self._thread.is_alive():
            self._looked = time.monotonic()
            self._thread = threading.Thread(target=self._look, name="prediction log files", daemon=True)
            self._thread.start()

    def look_again(self) -> None:
        """The same, if the last look is some time ago."""
        if time.monotonic() - self._looked >= EVERY:
            self.look()

    def close(self) -> None:
        """Stop what is under way; whoever looks next goes on."""
        if self._thread is not None and self._thread.is_alive():
            if self._turning is not None:
                self._turning.stop()
            self._thread.join(_PATIENCE)

    def tidy(self) -> None:
        """Look at all files now; a file that is not what it should be is told of, and stays.

        Raises:
            OSError: The files are out of reach.
        """
        with alone(self._root) as is_alone:
            if not is_alone:
                return
            for table in TABLES:
                for day in days(self._root / table):
                    self._tidy_day(day, table)

    def _look(self) -> None:
        try:
            self.tidy()
        except OSError as error:
            self._complain(
                f"the prediction log below {self._root} cannot be tidied: {error.strerror or error}"
            )

    def _tidy_day(self, day: Path, table: str) -> None:
        if self._is_old(day):
            _remove(day)
            return
        for path in files(day):
            if path.suffix == UNFINISHED:
                path.unlink(missing_ok=True)  # whoever wrote it had the lock that we have now
            elif path.suffix == LINES:
                self._tidy_file(path, table)

    def _tidy_file(self, path: Path, table: str) -> None:
        whole = path.with_suffix(PARQUET)
        if whole.exists():
            if time.time() - whole.stat().st_ctime > GRACE:
                path.unlink()
            return
        with written_no_more(path) as descriptor:
            if descriptor is not None and cut_off_torn_end(descriptor):
                self._turn(path, whole, table)

    def _turn(self, path: Path, whole: Path, table: str) -> None:
        if self._turning is None:
            return
        try:
            self._turning.turn(path, whole, table)
        except ModelopsError as error:
            self._complain(error.message)

    def _is_old(self, day: Path) -> bool:
        keep = self._rules.keep
        begun = datetime.fromisoformat(day.name).replace(tzinfo=UTC)
        return keep is not None and datetime.now(UTC) - begun > keep + timedelta(days=1)


def _remove(day: Path) -> None:
    """Remove a day's files; what else is in its folder stays."""
    for path in files(day):
        path.unlink(missing_ok=True)
    with suppress(OSError):  # somebody has put something else there
        day.rmdir()
