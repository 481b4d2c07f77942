"""DuckDB over the files of a log: tables in memory, and after that nothing that reaches out of it."""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.errors import MetricsError
from modelops_git.core.selects import DIALECT
from modelops_git.core.serving.log_tables import TABLES
from modelops_git.edges.metrics.sql.failures import translated
from modelops_git.edges.metrics.sql.folders import Room
from modelops_git.edges.metrics.sql.sessions import INSTALL, SECONDS, Rows, ibis_library
from modelops_git.edges.metrics.sql.tables import make_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.edges.metrics.sql.folders import LogFolder
    from modelops_git.edges.metrics.sql.sessions import Needs, Span

MOST_DAYS = 400
_MEMORY = "1GB"
_FULL = "Out of Memory"
_CONFIG = {
    "threads": 2,
    "memory_limit": _MEMORY,
    "temp_directory": "",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,  # the names of Python's variables are no tables
}
_LOCKED = ("SET enable_external_access = false", "SET lock_configuration = true")


class _Loaded(NamedTuple):
    """What was loaded for which queries."""

    needs: Needs
    span: Span
    session: DuckSession


class DuckLogs:
    """The logs of a folder, as tables of DuckDB; what was loaded serves all queries that it suffices for.

    Args:
        folder_of: The folder with the logs of an environment; it raises MetricsError.
    """

    def __init__(self, folder_of: Callable[[str], LogFolder]) -> None:
        self._folder_of = folder_of
        self._until = time.monotonic() + SECONDS
        self._loaded: list[_Loaded] = []

    def session(self, needs: Needs, span: Span) -> DuckSession:
        """Tables with what was logged since the step began (see `Source.session`)."""
        for one in self._loaded:
            if one.span == span and one.needs.tables >= needs.tables and _covers(one.needs, needs):
                return one.session
        session = DuckSession(self._until)
        session.load(self._folder_of(span.environment), needs, span)
        self._loaded.append(_Loaded(needs, span, session))
        return session


def _covers(loaded: Needs, needs: Needs) -> bool:
    return loaded.every_column or (loaded.names >= needs.names and not needs.every_column)


class DuckSession:
    """A database in memory.

    Raises:
        MetricsError: The library is not installed.
    """

    dialect = DIALECT

    def __init__(self, until: float) -> None:
        ibis = ibis_library()
        try:
            self._backend = ibis.duckdb.connect(":memory:", **_CONFIG)
        except ImportError as error:
            raise MetricsError("duckdb is not installed, which sql metrics need", hint=INSTALL) from error
        self._connection = self._backend.con
        self._until = until
        self._columns = ""

    def load(self, folder: LogFolder, needs: Needs, span: Span) -> None:
        """Make the tables, and lock the doors.

        A file may grow or be removed between being listed and being read. So where that fails and what is
        listed has changed since, it is done once more.

        Raises:
            MetricsError: The logs cannot be read, or not in time.
        """
        days = _days(span)
        for table in sorted(needs.tables):
            with tempfile.TemporaryDirectory(prefix="modelops-logs-") as made:
                room = Room(Path(made))
                gathered = folder.gather(table, days, room)
                try:
                    self._make(table, gathered.paths, needs, span)
                except MetricsError:
                    again = folder.gather(table, days, room)
                    if again.seen == gathered.seen:
                        raise
                    self._make(table, again.paths, needs, span)
        self._columns = " ".join(
            f"{name} has {', '.join(TABLES[name])}." for name in TABLES if name in needs.tables
        )
        with translated("the logs cannot be asked"):
            for statement in _LOCKED:
                self._connection.execute(statement)

    def _make(self, table: str, paths: tuple[Path, ...], needs: Needs, span: Span) -> None:
        with self._in_time("the logs cannot be read"):
            make_table(self._connection, table, paths, needs, span)

    def rows(self, query: str) -> Rows:
        """What a query gives (see `Session.rows`)."""
        with self._in_time("the logs cannot answer the query", self._columns):
            found = self._backend.raw_sql(query)
            return Rows(len(found.description), found.fetchall())

    @contextmanager
    def _in_time(self, subject: str, hint: str = "") -> Iterator[None]:
        """Interrupt what is done in the block when the time is over."""
        left = self._until - time.monotonic()
        late = MetricsError(
            f"reading the logs and the queries took longer than {SECONDS:.0f} seconds",
            hint="Let queries name fewer columns, write the logs as Parquet, or let a database answer.",
        )
        if left <= 0:
            raise late
        timer = _Timer(left, self._connection)
        try:
            with timer, translated(subject, hint=hint):
                yield
        except MetricsError as error:
            if timer.rang:
                raise late from None
            if _FULL in error.message:
                raise MetricsError(
                    f"{subject}: they need more memory than {_MEMORY}", hint=late.hint
                ) from None
            raise


class _Timer:
    """Interrupts a connection after some seconds."""

    def __init__(self, seconds: float, connection: Any) -> None:
        self.rang = False
        self._connection = connection
        self._timer = threading.Timer(seconds, self._ring)
        self._timer.daemon = True

    def _ring(self) -> None:
        self.rang = True
        self._connection.interrupt()

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _days(span: Span) -> list[str]:
    """The folders of the days of a span; the last is the day after, for what was answered before midnight.

    Raises:
        MetricsError: They are too many.
    """
    first = span.began.date()
    count = (span.ends.date() - first).days + 2
    if count > MOST_DAYS:
        raise MetricsError(
            f"the step began {count - 2} days ago, and logs are read of {MOST_DAYS} days at most",
            hint="Let a database answer: `backend` and `url_env` of the provider.",
        )
    return [(first + timedelta(days=number)).isoformat() for number in range(count)]
