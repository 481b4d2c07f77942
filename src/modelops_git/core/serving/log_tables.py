"""What a prediction log holds: its tables, their columns, and which of its files are to be read.

<root>/<table>/<YYYY-MM-DD>/<name>.jsonl      one JSON object a line; the last line may be torn
<root>/<table>/<YYYY-MM-DD>/<name>.parquet    the same records, once the file is complete
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LINES, PARQUET = ".jsonl", ".parquet"

PREDICTIONS = {
    "id": "VARCHAR",
    "at": "TIMESTAMPTZ",
    "environment": "VARCHAR",
    "model": "VARCHAR",
    "version": "VARCHAR",
    "digest": "VARCHAR",
    "role": "VARCHAR",
    "key": "VARCHAR",
    "shadow_of": "VARCHAR",
    "status": "INTEGER",
    "error": "VARCHAR",
    "latency": "DOUBLE",
    "instances": "BIGINT",
    "sampled": "DOUBLE",
    "truncated": "BOOLEAN",
    "input": "JSON",
    "output": "JSON",
}
"""The columns of the table `predictions`, with their types in DuckDB's SQL."""

FEEDBACK = {
    "id": "VARCHAR",
    "at": "TIMESTAMPTZ",
    "model": "VARCHAR",
    "sampled": "DOUBLE",
    "truncated": "BOOLEAN",
    "truth": "JSON",
}
"""The columns of the table `feedback`."""

TABLES = {"predictions": PREDICTIONS, "feedback": FEEDBACK}


def readable(paths: Iterable[str]) -> list[str]:
    """Which of the listed files of a table hold each record once.

    A file of lines is turned into Parquet beside it, and stays for a while, so that who has listed it can
    still open it. Where both are listed, the Parquet file is read; it is there only when it is complete.

    Args:
        paths: Files of one listing, by name or path; what is no file of a log is left out.
    """
    found = {path for path in paths if not path.rpartition("/")[2].startswith(".")}
    whole = {path for path in found if path.endswith(PARQUET)}
    lines = (path for path in found if path.endswith(LINES))
    return sorted({*whole, *(path for path in lines if path.removesuffix(LINES) + PARQUET not in whole)})
