"""Logs in a database or in Spark, reached through Ibis: the queries go to where the logs are."""

from __future__ import annotations

import os
import time
import weakref
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.sql.failures import translated
from modelops_git.edges.metrics.sql.sessions import SECONDS, Rows, ibis_library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.manifests.provider import SqlProvider
    from modelops_git.edges.metrics.sql.sessions import Needs, Span

CONNECT_SECONDS = 5
_SHORTEST_SECRET = 4
PREPARED = {
    "postgres": (
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        f"SET statement_timeout = {SECONDS * 1000:.0f}",
    ),
}
"""What is said to a database first, where it knows such: nothing is changed, and nothing takes for ever."""


class Database:
    """A back end of Ibis, connected when the first query is asked, and all that is said to it."""

    def __init__(self, backend: str, url: str) -> None:
        self._name = backend
        self._url = url
        self._secrets = tuple(_secrets(url))
        self._backend: Any = None
        self._until = time.monotonic() + SECONDS

    @property
    def dialect(self) -> str:
        """The dialect of its SQL, as sqlglot names it."""
        return str(getattr(self._backend.dialect, "__name__", self._backend.dialect)).lower()

    def session(self, needs: Needs, span: Span) -> Database:  # noqa: ARG002 - it has all tables, of all times
        """The database itself (see `Source.session`)."""
        if self._backend is None:
            self._backend = self._connected()
        return self

    def rows(self, query: str) -> Rows:
        """What a query gives (see `Session.rows`)."""
        if time.monotonic() > self._until:
            raise MetricsError(f"{self._name} took longer than {SECONDS:.0f} seconds for all queries")
        with translated(f"{self._name} cannot answer the query", self._secrets):
            return _rows(self._backend.raw_sql(query))

    def _connected(self) -> Any:
        ibis = ibis_library()
        _require_backend(ibis, self._name)
        given = dict(parse_qsl(urlsplit(self._url).query))
        waits = {"connect_timeout": CONNECT_SECONDS} if self._name == "postgres" else {}
        options = {name: value for name, value in waits.items() if name not in given}
        with translated(
            f"{self._name} cannot be reached", self._secrets, "Check the URL, the user and the network."
        ):
            try:
                connected = ibis.connect(self._url, **options)
            except ImportError as error:
                raise MetricsError(
                    f"{error.name or 'a library'} is not installed, which sql metrics of {self._name} need",
                    hint=f"pip install 'ibis-framework[{self._name}]'",
                ) from error
            if self._name == "pyspark":
                _quieten_spark()
            closing = getattr(getattr(connected, "con", None), "close", None)
            if closing is not None:  # Spark has no connection, and its session may serve others
                weakref.finalize(self, closing)
            for statement in PREPARED.get(self._name, ()):
                _close(connected.raw_sql(statement))
        return connected


def open_database(manifest: SqlProvider) -> Database:
    """The database whose URL is in the environment variable that `manifest` names.

    Raises:
        MetricsError: The variable is not there, or has the URL of something else.
    """
    name = manifest.url_env
    if name is None:
        raise MetricsError(
            f"sql metrics by {manifest.backend} need `url_env`",
            hint="Name the environment variable with the URL of the database; `uri` is for duckdb.",
        )
    url = os.environ.get(name, "").strip()
    scheme = url.partition(":")[0].lower().replace("postgresql", "postgres")
    if not url:
        raise MetricsError(f"the environment variable {name} has no URL of a database for sql metrics")
    if scheme != manifest.backend:
        raise MetricsError(
            f"the URL in {name} does not begin with {manifest.backend}://, the `backend` of the metric"
        )
    return Database(manifest.backend, url)


def _quieten_spark() -> None:
    """Have no stack traces printed: what is wrong is said in our own message."""
    with suppress(ImportError):  # before its version 4 it prints none
        spark = import_module("pyspark.logger").PySparkLogger
        for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
            spark.getLogger(name).disabled = True


def _require_backend(ibis: Any, name: str) -> None:
    known = {entry.name for entry in ibis.util.backend_entry_points()} - {"duckdb"}
    if name not in known:
        raise MetricsError(
            f"Ibis has no back end {name}", hint=f"It has: duckdb, {', '.join(sorted(known))}."
        )


def _rows(found: Any) -> Rows:
    """The rows of a cursor, or of a DataFrame of Spark; they are few, since the query says how many."""
    if hasattr(found, "collect"):
        return Rows(len(found.columns), found.collect())
    try:
        return Rows(len(found.description), found.fetchall())
    finally:
        _close(found)


def _close(cursor: Any) -> None:
    with suppress(Exception):  # what was asked is answered, and not every back end has cursors to close
        cursor.close()


def _secrets(url: str) -> Iterator[str]:
    """What must not be shown of a URL: itself, its password, and the values of its options."""
    yield url
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.password:
            yield from (parts.password, unquote(parts.password), unquote_plus(parts.password))
        yield from (value for _, value in parse_qsl(parts.query) if len(value) >= _SHORTEST_SECRET)
