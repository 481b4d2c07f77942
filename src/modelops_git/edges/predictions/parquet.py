"""Complete files turned into Parquet, by DuckDB, which reads them too: the same columns, the same types."""

from __future__ import annotations

import re
import stat
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import ModelopsError, UsageError
from modelops_git.core.serving.log_tables import TABLES
from modelops_git.edges.predictions.leftovers import UNFINISHED, make_last

if TYPE_CHECKING:
    from pathlib import Path

_CONFIG = {
    "threads": 1,  # it runs beside a server
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_SPECIAL = re.compile(r"[*?\[]")


class Turning:
    """Turns files of lines into Parquet; another thread can stop it.

    Raises:
        UsageError: The library is not installed.
    """

    def __init__(self) -> None:
        self._duckdb = _duckdb()
        self._connection: Any = None
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Give up the file that is being turned, and all that follow."""
        self._stopped.set()
        if self._connection is not None:
            with suppress(self._duckdb.Error):  # it has just ended
                self._connection.interrupt()

    def turn(self, lines: Path, whole: Path, table: str) -> None:
        """Write what is in `lines` to `whole`, which is there when it is complete, and not before.

        Raises:
            ModelopsError: `lines` does not hold what a log holds.
            OSError: `whole` could not be written.
        """
        if self._stopped.is_set():
            return
        part = whole.with_suffix(UNFINISHED)
        try:
            self._copy(lines, part, table)
        except self._duckdb.Error as error:
            part.unlink(missing_ok=True)
            if self._stopped.is_set():
                return
            raise ModelopsError(f"{lines} cannot be turned into Parquet: {_first_line(error)}") from error
        part.chmod(stat.S_IMODE(lines.stat().st_mode))
        make_last(part)
        part.rename(whole)
        make_last(whole.parent)

    def _copy(self, lines: Path, part: Path, table: str) -> None:
        columns = ", ".join(f'"{name}": {_text(kind)}' for name, kind in TABLES[table].items())
        source = f"read_json({_text(_literal(lines))}, format = 'newline_delimited', columns = {{{columns}}})"
        with self._duckdb.connect(config=_CONFIG) as connection:
            self._connection = connection
            try:
                copied = connection.execute(
                    f"COPY (FROM {source}) TO {_text(str(part))} (FORMAT parquet, COMPRESSION zstd)"
                ).fetchall()
            finally:
                self._connection = None
        if copied[0][0] != _line_feeds(lines):
            part.unlink()
            raise ModelopsError(f"{lines} cannot be turned into Parquet: not every line of it is a record")


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise UsageError(
            "duckdb is not installed, which turns prediction logs into Parquet",
            hint="pip install 'modelops-git[sql]', or leave them as lines of JSON.",
        ) from error
    return duckdb


def _text(value: str) -> str:
    """A text in SQL."""
    return "'" + value.replace("'", "''") + "'"


def _literal(path: Path) -> str:
    """A pattern that only that path matches."""
    return _SPECIAL.sub(lambda match: f"[{match[0]}]", str(path))


def _line_feeds(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
