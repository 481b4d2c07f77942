"""Prediction logs for tests of SQL metrics: the same records as lines and as Parquet."""

from __future__ import annotations

import json
from datetime import timedelta

from measuring import NEW, OLD, minute

TABLES = ("predictions", "feedback")


def record(number, digest, at, **fields):
    """One prediction."""
    given = {
        "id": f"{number:012x}-{digest[7:19]}",
        "at": at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "environment": "production",
        "model": "team/iris",
        "version": "1.1.0" if digest == NEW else "1.0.0",
        "digest": digest,
        "role": "candidate" if digest == NEW else "stable",
        "status": 200,
        "error": "",
        "latency": 0.01,
        "instances": 1,
        "sampled": 1.0,
        "input": [{"petal": number / 10}],
        "output": ["setosa"],
    }
    return {**given, **fields}


def log():
    """Nine minutes of both versions, ten predictions a minute each; the new one is worse in all there is.

    Returns:
        Records by table: of the new version one of five fails, of the old one of ten; the new one's latencies
        are three times the old one's; of those with feedback, a third and a tenth were answered wrongly.
    """
    predictions, feedback = [], []
    for number in range(180):
        is_new, at = number % 2, minute(0) + timedelta(seconds=3 * number + 1)
        digest, own = (NEW, number // 2) if is_new else (OLD, number // 2)
        failed = own % (5 if is_new else 10) == 0
        failure = {"status": 500, "error": "the model failed", "output": None} if failed else {}
        made = record(number, digest, at, latency=(own % 30 + 1) / 1000 * (3 if is_new else 1), **failure)
        predictions.append(made)
        if not failed and own % 3:
            truth = "virginica" if own % (3 if is_new else 10) == 1 else "setosa"
            later = at + timedelta(seconds=20)
            feedback.append({**{key: made[key] for key in ("id", "model")}, "at": _at(later), "truth": truth})
    return {"predictions": predictions, "feedback": feedback}


def _at(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_lines(root, tables, files=3):
    """The records as lines of JSON, of each day in several files."""
    for table, records in tables.items():
        for number, one in enumerate(records):
            folder = root / table / one["at"][:10]
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"w{number % files}.jsonl").open("a") as file:
                file.write(json.dumps(one) + "\n")


def write_parquet(root, tables):
    """The records as Parquet, as the gateway would turn its files into it."""
    import duckdb

    from modelops_git.core.serving.log_tables import TABLES as COLUMNS

    write_lines(root, tables)
    for path in root.rglob("*.jsonl"):
        kinds = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS[path.parts[-3]].items())
        source = f"read_json('{path}', format = 'newline_delimited', columns = {{{kinds}}})"
        with duckdb.connect() as connection:
            connection.execute(f"COPY (FROM {source}) TO '{path.with_suffix('.parquet')}' (FORMAT parquet)")
        path.unlink()
