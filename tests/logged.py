"""Prediction logs as tests write and read them."""

import json
import time

from modelops_git.core.serving.log_tables import TABLES, readable
from modelops_git.core.serving.prediction_ids import prediction_id, time_said
from modelops_git.edges.predictions.log import PredictionLog
from modelops_git.edges.predictions.rules import LogRules

DIGEST = "sha256:" + "ab" * 32
MADE = 1_780_414_200_000


def record(number=0, **fields):
    """A prediction, of which the number is the chance in its id."""
    return {
        "id": prediction_id(MADE, DIGEST, number),
        "at": time_said(MADE),
        "environment": "production",
        "model": "iris",
        "version": "1.2.0",
        "digest": DIGEST,
        "role": "stable",
        "status": 200,
        "error": "",
        "latency": 0.002,
        "instances": 1,
        "input": [[5.1, 3.5, 1.4, 0.2]],
        "output": [{"prediction": number}],
        **fields,
    }


def opened(root, said=None, **rules):
    """A log that writes at once."""
    return PredictionLog(
        root, LogRules(**{"pause": 0.001, **rules}), (said if said is not None else []).append
    )


def files(root, table="predictions"):
    """The files of a table that hold each record once."""
    return [root / path for path in readable(str(path) for path in (root / table).rglob("*"))]


def records(root, table="predictions"):
    """What the lines of a log say, in no order."""
    return [json.loads(line) for path in files(root, table) for line in path.read_bytes().splitlines()]


def until(is_so, seconds=10):
    """Wait for what another thread or process does."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.002)


def counted(connection, root, table="predictions"):
    """How many records DuckDB reads, and how many different ids they have."""
    found = files(root, table)
    columns = ", ".join(f"\"{name}\": '{kind}'" for name, kind in TABLES[table].items())
    lines, whole = ([str(path) for path in found if path.suffix == kind] for kind in (".jsonl", ".parquet"))
    how = f"format = 'newline_delimited', ignore_errors = true, columns = {{{columns}}}"
    tables = [f"FROM read_json({lines}, {how})"] * bool(lines) + [f"FROM read_parquet({whole})"] * bool(whole)
    if not tables:
        return 0, 0
    rows = connection.sql(" UNION ALL BY NAME ".join(tables))
    return rows.aggregate("count(*), count(DISTINCT id)").fetchall()[0]
