"""Measurements by SQL: the queries of a metric, asked of prediction logs for each instant that is due."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, cast

from modelops_git.core.assessing.buckets import MOST
from modelops_git.core.errors import MetricsError
from modelops_git.core.selects import MissingSqlglotError, SelectError, checked
from modelops_git.edges.metrics.asking import Answers, Patience, point_of
from modelops_git.edges.metrics.base import measuring_queries
from modelops_git.edges.metrics.jsontext import short
from modelops_git.edges.metrics.sql.sessions import INSTALL, Span, needs_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.provider import SqlProvider
    from modelops_git.core.selects import Select
    from modelops_git.edges.metrics.base import Question, Side
    from modelops_git.edges.metrics.sql.folders import OpenStore
    from modelops_git.edges.metrics.sql.sessions import Rows, Session, Source

_ONE = "Let it give one number, such as by count(*) or avg(…)."
_PAIRS = "Let it give two columns: an upper bound, and how many requests there were up to it."


@dataclass(frozen=True)
class SqlMetrics:
    """The measurements of logs, which keep the past: each instant is asked for, the newest first."""

    source: Source
    patience: Patience = field(default_factory=Patience)

    def measure(self, question: Question) -> tuple[Point, ...]:
        """What the logs say (see `MetricProvider.measure`)."""
        metric = question.metric
        queries = dict.fromkeys((*measuring_queries(metric), metric.samples_query or ""))
        selects = {query: _checked(query) for query in queries if query}
        span = Span(question.began, question.instants[-1], question.environment)
        session = self.source.session(needs_of(selects.values()), span)
        return self.patience.newest_first(
            question, lambda at: point_of(question, at, _Asking(question, at, session, selects).answers)
        )


def open_provider(manifest: SqlProvider, root: Path, open_store: OpenStore) -> SqlMetrics:
    """The provider of `manifest`: DuckDB over files, or another back end of Ibis with the tables.

    Args:
        manifest: Its manifest.
        root: The registry's folder, which relative addresses start from.
        open_store: Opens a bucket, to read logs from it.

    Raises:
        MetricsError: Its address makes no sense, or the environment variable with the URL is not there.
    """
    if manifest.backend == "duckdb":
        from modelops_git.edges.metrics.sql.duck import DuckLogs
        from modelops_git.edges.metrics.sql.folders import open_folder

        return SqlMetrics(DuckLogs(partial(open_folder, manifest, root, open_store)))
    from modelops_git.edges.metrics.sql.database import open_database

    return SqlMetrics(open_database(manifest))


@dataclass(frozen=True)
class _Asking:
    """The queries of a question at one instant."""

    question: Question
    at: datetime
    session: Session
    selects: dict[str, Select]

    @property
    def answers(self) -> Answers:
        """What they give."""
        return Answers(self._number, self._buckets)

    def _number(self, query: str, side: Side) -> float | None:
        found = self._rows(query, side, 2)
        if found.columns != 1 or len(found.rows) > 1:
            what = f"{found.columns} columns" if found.columns != 1 else "several rows"
            raise MetricsError(f"the query {short(query)} gives {what}, not one number", hint=_ONE)
        return _as_number(found.rows[0][0], query) if found.rows else None

    def _buckets(self, query: str, side: Side) -> Sequence[tuple[str, float]] | None:
        found = self._rows(query, side, MOST + 1)
        if found.columns != 2:  # noqa: PLR2004 - a bound and a count
            raise MetricsError(f"the query {short(query)} gives {found.columns} columns", hint=_PAIRS)
        counts = [(_as_number(upper, query), _as_number(count, query)) for upper, count in found.rows]
        if any(upper is None for upper, _ in counts):
            raise MetricsError(f"the query {short(query)} gives a row without an upper bound", hint=_PAIRS)
        return [(repr(upper), 0.0 if count is None else count) for upper, count in counts] or None

    def _rows(self, query: str, side: Side, most: int) -> Rows:
        """What a query gives; of the rows at most so many.

        Words need no escaping: they are texts in a tree, and are written as such.
        """
        select = self.selects[query]
        try:
            sql = select.filled(
                lambda text: self.question.written(text, side, self.at), most, self.session.dialect
            )
        except SelectError as error:
            raise _refused(query, error) from error
        return self.session.rows(sql)


def _checked(query: str) -> Select:
    try:
        return checked(query)
    except SelectError as error:
        raise _refused(query, error) from error
    except MissingSqlglotError as error:
        raise MetricsError("sqlglot is not installed, which sql metrics need", hint=INSTALL) from error


def _refused(query: str, error: SelectError) -> MetricsError:
    return MetricsError(f"the query {short(query)} is not asked: {error.message}", hint=error.hint)


def _as_number(value: Any, query: str) -> float | None:
    """A value of a row as a number; None for NULL, and for what is no number (0/0).

    Raises:
        MetricsError: It is something else.
    """
    from decimal import Decimal as Exact

    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Exact):
        raise MetricsError(f"the query {short(query)} gives {_kind(value)}, not a number", hint=_ONE)
    try:
        number = float(cast("float | Decimal", value))
    except OverflowError:
        raise MetricsError(f"the query {short(query)} gives a number that is too large") from None
    return None if isnan(number) else number


def _kind(value: Any) -> str:
    kinds = {bool: "true or false", str: "a text"}
    return kinds.get(type(value), f"a value of type {type(value).__name__}")
