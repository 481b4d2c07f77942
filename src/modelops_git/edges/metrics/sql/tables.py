"""Files of a log as tables of DuckDB: the columns that queries name, of what was logged in the step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from modelops_git.core.artifacts import printable
from modelops_git.core.clock import format_time
from modelops_git.core.errors import MetricsError
from modelops_git.core.serving.log_tables import LINES, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from modelops_git.edges.metrics.sql.sessions import Needs, Span

AT, AT_TYPE = "at", "TIMESTAMPTZ"
_SPECIAL = re.compile(r"[*?\[]")
_IN_FILE = re.compile(
    r'^(?:Invalid Input Error: )?(.*?) in file "([^"]+)",?(?: at byte \d+)?,? in line (\d+): ?(.*)'
)

_ADVICE = re.compile(r" (Try setting|LINE \d+:|If this error).*")
_AFTER = "Malformed"
"""What DuckDB says of a line that is no JSON; the number with it is that of the line after."""
_GUESSED = "information is approximate"
_LONGEST = 150


def make_table(connection: Any, table: str, paths: Sequence[Path], needs: Needs, span: Span) -> None:
    """Make the table with the name of a folder.

    Tables of the gateway have the same columns always, also where nothing was logged; those of other folders
    have what is in their files.

    Args:
        connection: To DuckDB.
        table: The name of the table.
        paths: Its files, of whole lines, or Parquet.
        needs: What queries read.
        span: The time that they are about.

    Raises:
        MetricsError: A file has a line that is broken, or there is no such table.
        duckdb.Error: Anything else.
    """
    lines = [path for path in paths if path.suffix == LINES]
    whole = [path for path in paths if path.suffix != LINES]
    columns = TABLES.get(table)
    try:
        if columns is None:
            _make_as_found(connection, table, lines, whole)
        else:
            wanted = _wanted({**columns, AT: AT_TYPE}, needs)
            _make_of_gateway(connection, table, wanted)
            _insert_lines(connection, table, wanted, lines, span)
            _insert_parquet(connection, table, wanted, whole, span)
    except MetricsError:
        raise
    except Exception as error:
        if told := _broken(str(error), table):
            raise told from None
        raise


def _wanted(columns: dict[str, str], needs: Needs) -> dict[str, str]:
    """The columns that queries name; the time always, by which lines are chosen."""
    if needs.every_column:
        return columns
    return {name: kind for name, kind in columns.items() if name in needs.names or name == AT}


def _make_of_gateway(connection: Any, table: str, columns: dict[str, str]) -> None:
    connection.execute(
        f"CREATE OR REPLACE TABLE {table} ({', '.join(f'{_name(name)} {columns[name]}' for name in columns)})"
    )


def _insert_lines(
    connection: Any, table: str, columns: dict[str, str], paths: Sequence[Path], span: Span
) -> None:
    if not paths:
        return
    types = ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in columns.items())
    source = f"read_json({_list(paths)}, format = 'newline_delimited', records = true, columns = {{{types}}})"
    connection.execute(
        f"INSERT INTO {table} BY NAME SELECT {_names(columns)} FROM {source} WHERE {_since(span)}"  # noqa: S608 - our own names
    )


def _insert_parquet(
    connection: Any, table: str, columns: dict[str, str], paths: Sequence[Path], span: Span
) -> None:
    if not paths:
        return
    source = f"read_parquet({_list(paths)}, union_by_name = true)"
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608 - our own names
    found = {str(row[0]): str(row[1]) for row in described}
    if AT not in found:
        raise MetricsError(f"a Parquet file of {table} has no column {AT}")
    values = ", ".join(
        f"{_as(name, kind, found[name])} AS {_name(name)}" for name, kind in columns.items() if name in found
    )
    connection.execute(
        f"INSERT INTO {table} BY NAME SELECT {values} FROM {source} WHERE {_since(span)}"  # noqa: S608 - our own names
    )


def _make_as_found(connection: Any, table: str, lines: Sequence[Path], whole: Sequence[Path]) -> None:
    sources = []
    if lines:
        sources.append(f"read_json({_list(lines)}, format = 'newline_delimited', union_by_name = true)")
    if whole:
        sources.append(f"read_parquet({_list(whole)}, union_by_name = true)")
    if not sources:
        raise MetricsError(
            f"there are no logs of {table} on the days of the step",
            hint=f"The gateway writes {' and '.join(sorted(TABLES))}; others are folders beside them.",
        )
    joined = " UNION ALL BY NAME ".join(f"FROM {source}" for source in sources)
    connection.execute(f"CREATE OR REPLACE TABLE {_name(table)} AS {joined}")


def _as(name: str, kind: str, found: str) -> str:
    """A column of a Parquet file in the type of the table's."""
    if kind == "JSON" and found not in ("JSON", "VARCHAR"):
        return f"to_json({_name(name)})"
    return f"CAST({_name(name)} AS {kind})"


def _since(span: Span) -> str:
    return f"CAST({_name(AT)} AS {AT_TYPE}) >= {AT_TYPE} {_text(format_time(span.began))}"


def _broken(said: str, table: str) -> MetricsError | None:
    """The error that a line makes no sense, where that is what DuckDB says."""
    found = _IN_FILE.match(" ".join(said.split()))
    if found is None:
        return None
    what, path, line, why = found.groups()
    where = "a line" if _GUESSED in why else f"line {int(line) - what.startswith(_AFTER)}"
    reason = _ADVICE.sub("", why).rstrip(". ")
    return MetricsError(
        f"{where} of {'/'.join(path.split('/')[-2:])} in {table} is broken: {printable(reason)[:_LONGEST]}",
        hint="Remove the line, or find out who else writes there.",
    )


def _names(columns: Iterable[str]) -> str:
    return ", ".join(map(_name, columns))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _list(paths: Sequence[Path]) -> str:
    """A list of files, none of which is a pattern."""
    return f"[{', '.join(_text(_SPECIAL.sub(lambda one: f'[{one[0]}]', str(path))) for path in paths)}]"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
