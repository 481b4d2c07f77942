"""What the provider asks: a place with tables, for which a query is written and whose rows are read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from modelops_git.core.errors import MetricsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from modelops_git.core.selects import Select

INSTALL = "pip install 'modelops-git[sql]'"
SECONDS = 20.0
"""How long the queries of one provider may take together, and the reading of logs for them."""


class Needs(NamedTuple):
    """What queries read.

    Attributes:
        tables: The names of tables.
        names: All names in the queries, in lower case: columns among them.
        every_column: Whether one asks for all columns.
    """

    tables: frozenset[str]
    names: frozenset[str]
    every_column: bool


class Span(NamedTuple):
    """What queries are about.

    Attributes:
        began: When the step began.
        ends: The newest instant.
        environment: The environment whose logs are read, where each has its own.
    """

    began: datetime
    ends: datetime
    environment: str


class Rows(NamedTuple):
    """What a query gives.

    Attributes:
        columns: How many columns there are.
        rows: The first rows.
    """

    columns: int
    rows: Sequence[Sequence[Any]]


class Session(Protocol):
    """A place with tables."""

    @property
    def dialect(self) -> str:
        """The dialect of its SQL, as sqlglot names it."""

    def rows(self, query: str) -> Rows:
        """What a query gives, whose rows are limited already.

        Raises:
            MetricsError: It cannot be answered, or not in time.
        """


class Source(Protocol):
    """Where the tables come from."""

    def session(self, needs: Needs, span: Span) -> Session:
        """A place with at least the tables that are needed.

        Raises:
            MetricsError: It cannot be reached, or the logs cannot be read.
        """


def needs_of(selects: Iterable[Select]) -> Needs:
    """What several queries read together."""
    found = list(selects)
    return Needs(
        frozenset(name for one in found for name in one.tables),
        frozenset(name for one in found for name in one.names),
        any(one.every_column for one in found),
    )


def ibis_library() -> Any:
    """The library that all back ends are reached by; loaded when the first query is asked.

    Raises:
        MetricsError: It is not installed.
    """
    try:
        return import_module("ibis")
    except ImportError as error:
        raise MetricsError("ibis is not installed, which sql metrics need", hint=INSTALL) from error
