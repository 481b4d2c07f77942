"""Queries in SQL: each is one SELECT, in the dialect of DuckDB, that only reads tables and computes.

What may be called is a list of names, not a list of what may not: databases have functions that read files,
call programs or wait for ever, and nobody knows all of them. Nor may a query make texts or lists that grow:
a few lines that double a text fill any memory. The one module that knows the library, sqlglot.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.queries import WORD
from modelops_git.core.select_names import CALLED, KNOWN, REFUSED, SCALARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlglot import exp

LONGEST = 10_000
"""Characters of a query."""
DIALECT = "duckdb"
OF_SPARK = frozenset({"databricks", "pyspark", "spark", "spark2"})
INSTALL = "pip install 'modelops-git[sql]'"
_SILENT = logging.NullHandler()
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class MissingSqlglotError(Exception):
    """The library that reads SQL is not installed."""


class SelectError(Exception):
    """A query that is no single SELECT, cannot be read, or calls what it may not.

    Attributes:
        message: What is wrong, in one sentence without its full stop.
        hint: What to do; empty where the message says it all.
        offset: How many characters of the query stand before the place; None where it has none.
    """

    def __init__(self, message: str, hint: str = "", offset: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset


class Select(NamedTuple):
    """A query that was checked. Made by `checked`.

    Attributes:
        tree: Its parts.
        tables: The names of the tables that it reads, as they are written, without those of other schemas.
        names: All names in it, in lower case: columns among them.
        every_column: Whether it asks for all columns of a table.
    """

    tree: exp.Query
    tables: frozenset[str]
    names: frozenset[str]
    every_column: bool

    def filled(self, value: Callable[[str], str], most_rows: int, dialect: str = DIALECT) -> str:
        """The query in another dialect, with its words replaced and its rows limited.

        Words are within texts, and become other texts: whatever they stand for is never read as SQL.

        Args:
            value: A text with its words replaced.
            most_rows: How many rows the answer may have.
            dialect: As sqlglot names it.

        Raises:
            SelectError: The dialect cannot say it.
        """
        from sqlglot import ErrorLevel, exp, select
        from sqlglot.errors import SqlglotError

        tree = self.tree.copy()
        for text in list(_texts(tree)):
            text.replace(exp.Literal.string(value(text.name)))
        if dialect in OF_SPARK:
            _as_spark_has_it(tree)
        limited = select("*").from_(tree.subquery("asked", copy=False)).limit(most_rows)
        try:
            return limited.sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
        except (SqlglotError, RecursionError) as error:
            raise SelectError(f"it cannot be said in the SQL of {dialect}: {_line(str(error))}") from error


@lru_cache(maxsize=128)
def checked(query: str) -> Select:
    """The query, read and checked.

    Raises:
        SelectError: It is no query that may be asked.
        MissingSqlglotError: The library that reads SQL is not installed.
    """
    if len(query) > LONGEST:
        raise SelectError(f"it has more than {LONGEST:,} characters")
    tree = _parsed(query)
    _require_reading(tree)
    _require_texts(tree, query)
    tables = frozenset(_tables(tree))
    names = frozenset(found.name.lower() for found in _all(tree, "Identifier"))
    stars = (found for found in _all(tree, "Star") if type(found.parent).__name__ != "Count")
    return Select(tree, tables, names, any(True for _ in stars))


def _parsed(query: str) -> exp.Query:
    """The one statement of a query.

    Raises:
        SelectError: It cannot be read, is several, or is another one.
    """
    try:
        import sqlglot
        from sqlglot import errors, exp
    except ImportError as error:
        raise MissingSqlglotError(f"sqlglot is not installed: {INSTALL}") from error
    logging.getLogger(sqlglot.__name__).addHandler(_SILENT)  # what it cannot read it warns of on the terminal
    try:
        statements = [one for one in sqlglot.parse(query, read=DIALECT) if one is not None]
    except errors.ParseError as error:
        raise _unread(query, error) from error
    except errors.SqlglotError as error:
        raise SelectError(f"it cannot be read: {_line(str(error))}") from error
    except RecursionError:
        raise SelectError("it nests too deep", "Make several queries of it.") from None
    if len(statements) != 1:
        raise SelectError(f"it is {len(statements)} statements", "Write one SELECT.")
    (found,) = statements
    if not isinstance(found, exp.Query):
        raise SelectError("it is no SELECT", "Write one SELECT: a query reads, and changes nothing.")
    if isinstance(found, exp.Select) and not found.expressions:
        raise SelectError(
            "it asks for nothing", "Write what it gives, such as `SELECT count(*) FROM predictions`."
        )
    return found


def _unread(query: str, error: Exception) -> SelectError:
    """What the parser says, with the place."""
    told: dict[str, Any] = next(iter(getattr(error, "errors", ())), {})
    line, column = told.get("line"), told.get("col")
    said = _line(str(told.get("description") or "it cannot be read"))
    marked = str(told.get("highlight") or "")
    lines = query.split("\n")
    offset = None
    if isinstance(line, int) and isinstance(column, int) and 1 <= line <= len(lines):
        before = sum(len(one) + 1 for one in lines[: line - 1])
        offset = max(min(before + column - len(marked), len(query)), 0)
    if marked.startswith("$"):
        return SelectError(
            "a word stands outside of quotes", "Write words as texts: digest = '${digest}'.", offset
        )
    near = f" near {marked!r}" if marked and len(marked) <= 40 else ""  # noqa: PLR2004 - for one line
    return SelectError(f"it is no SQL{near}: {said[:1].lower()}{said[1:]}", "", offset)


def _require_reading(tree: exp.Query) -> None:
    """Refuse all that does more than to read tables and compute.

    Raises:
        SelectError: It does more.
    """
    from sqlglot import exp

    for node in tree.walk():
        kind = type(node).__name__
        if kind in REFUSED or isinstance(node, exp.DDL | exp.DML | exp.Command):
            what = REFUSED.get(kind, f"{kind.upper()}, which does more than to read")
            raise SelectError(f"it has {what}")
        if isinstance(node, exp.CTE) and not isinstance(node.this, exp.Query):
            raise SelectError("what follows WITH is no SELECT")
        if isinstance(node, exp.Func):
            _require_known(node)
        if isinstance(node, exp.Array) and not isinstance(node.parent, exp.Unnest):
            raise SelectError("it has a list", "Lists may be written only in unnest([…]).")
        if isinstance(node, exp.DataType) and node.this.name not in SCALARS:
            raise SelectError(f"it casts to {node.sql(dialect=DIALECT)[:40]}, which is no plain type")


def _require_known(function: exp.Func) -> None:
    from sqlglot import exp

    if isinstance(function, exp.Anonymous):
        name = function.name
        allowed = name.lower() in CALLED
    else:
        name = function.sql_name()
        allowed = type(function).__name__ in KNOWN
    if not allowed:
        raise SelectError(
            f"it calls {name.lower()[:60]}, which queries may not",
            "Queries may count, compare and compute; make a view of it where the logs are, and ask that.",
        )


def _require_texts(tree: exp.Query, query: str) -> None:
    """Refuse words that are not within texts, since they would stay as they are."""
    written = [found for text in _texts(tree) for found in WORD.findall(text.name)]
    said = [found for node in tree.walk() for note in node.comments or () for found in WORD.findall(note)]
    if len(written) + len(said) < len(WORD.findall(query)):
        raise SelectError("a word stands outside of single quotes", "Write '${digest}', with single quotes.")


def _texts(tree: exp.Query) -> Iterator[exp.Literal]:
    from sqlglot import exp

    return (found for found in tree.find_all(exp.Literal) if found.is_string and WORD.search(found.name))


def _tables(tree: exp.Query) -> Iterator[str]:
    """The tables that are read.

    Raises:
        SelectError: One is no plain name, as a file's would be.
    """
    from sqlglot import exp

    own = {found.alias.lower() for found in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        parts = [part.name for part in table.parts]
        if not isinstance(table.this, exp.Identifier) or not all(map(_NAME.fullmatch, parts)):
            raise SelectError(
                f"it reads {table.sql(dialect=DIALECT)[:60]}, which is no table",
                "Name a table, such as predictions.",
            )
        if len(parts) > 1 or parts[0].lower() not in own:
            yield ".".join(parts)


def _as_spark_has_it(tree: exp.Query) -> None:
    """Write quantiles as Spark has the exact ones; sqlglot would have them guessed, or in no way it knows."""
    from sqlglot import exp

    for found in list(tree.find_all(exp.PercentileCont)):
        within = found.parent if isinstance(found.parent, exp.WithinGroup) else None
        of, share = (
            (found.this, found.expression) if within is None else (within.find(exp.Ordered), found.this)
        )
        value = of.this if isinstance(of, exp.Ordered) else of
        (within or found).replace(exp.Anonymous(this="PERCENTILE", expressions=[value, share]))


def _all(tree: exp.Query, kind: str) -> Iterator[exp.Expr]:
    return (node for node in tree.walk() if type(node).__name__ == kind)


def _line(said: str) -> str:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", " ".join(said.split())).rstrip(".")
    return shown[:200]
