"""The same analysis over the same log gives the same numbers wherever the log is.

DuckDB over lines and Parquet, in a folder and in a bucket of a real server; a real PostgreSQL; a real Spark.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
from datetime import timedelta
from importlib.util import find_spec
from itertools import product
from urllib.parse import urlsplit

import pytest

import postgres
from logged_sql import log, write_lines, write_parquet
from measuring import NEW, OLD, metric, minute, question
from modelops_git.core.errors import MetricsError
from modelops_git.core.manifests.provider import SqlProvider
from modelops_git.edges.metrics import open_provider
from modelops_git.edges.stores import open_store

OF_STEP = "FROM predictions WHERE digest = '${digest}' AND at >= '${began}' AND at < '${at}'"
JUDGED = """
FROM predictions p JOIN feedback f USING (id)
WHERE p.digest = '${digest}' AND p.at >= '${began}' AND f.at < '${at}'
"""
BUCKETS = """
SELECT b.le, count(p.id)
FROM (VALUES (0.01), (0.03), (0.06), ('Infinity'::double)) b(le)
LEFT JOIN predictions p
  ON p.latency <= b.le AND p.digest = '${digest}' AND p.at >= '${began}' AND p.at < '${at}'
GROUP BY b.le
"""
METRICS = {
    "errors": {
        "ratio": {"of": f"SELECT count(*) {OF_STEP} AND status >= 500", "over": f"SELECT count(*) {OF_STEP}"}
    },
    "wrong": {
        "ratio": {
            "of": f"SELECT count(*) {JUDGED} AND p.output ->> '$[0]' <> f.truth ->> '$'",
            "over": f"SELECT count(*) {JUDGED}",
        }
    },
    "p99": {
        "query": f"SELECT quantile_cont(latency, 0.99) {OF_STEP}",
        "samples_query": f"SELECT count(*) {OF_STEP}",
    },
    "minute": {"query": f"SELECT avg(latency) {OF_STEP} AND at >= timestamptz '${{at}}' - interval 1 minute"},
    "buckets": {"histogram": {"buckets": BUCKETS, "quantile": 0.9}},
}


@pytest.fixture(scope="module")
def tables():
    return log()


@pytest.fixture
def lines(tables, tmp_path):
    write_lines(tmp_path / "logs", tables)
    return {"uri": "file:logs"}, tmp_path


@pytest.fixture
def parquet(tables, tmp_path):
    write_parquet(tmp_path / "logs", tables)
    return {"uri": "file:logs"}, tmp_path


@pytest.fixture
def lines_in_s3(lines, seaweed, monkeypatch):
    return _in_bucket(lines[1], seaweed, monkeypatch)


@pytest.fixture
def parquet_in_s3(parquet, seaweed, monkeypatch):
    return _in_bucket(parquet[1], seaweed, monkeypatch)


def _in_bucket(root, server, monkeypatch):
    from objectstore.stores import let_in

    let_in(server.access, monkeypatch)
    bucket = server.new_bucket()
    for path in (root / "logs").rglob("*.*"):
        key = f"all/{path.relative_to(root / 'logs')}"
        server.client().put_object(Bucket=bucket, Key=key, Body=path.read_bytes())
    shutil.rmtree(root / "logs")
    where = {
        "uri": f"s3://{bucket}/all",
        "region": server.access.region,
        "endpoint_url": server.access.endpoint,
    }
    return where, root


@pytest.fixture(scope="session")
def server():
    """The URL of a real PostgreSQL."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip("needs initdb and postgres: install the package postgresql")
    if not find_spec("psycopg"):
        pytest.skip("needs psycopg: pip install 'modelops-git[test-all]'")
    with postgres.running(programs) as url:
        yield url


@pytest.fixture
def in_postgres(tables, server, tmp_path, monkeypatch):
    import psycopg

    types = {
        "at": "timestamptz",
        "status": "int",
        "latency": "double precision",
        "sampled": "double precision",
    }
    types |= dict.fromkeys(("input", "output", "truth"), "json")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SET TIMEZONE = 'Asia/Tokyo'")
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'hunter2' IN ROLE pg_read_all_data")
        for table, records in tables.items():
            names = list(records[0])
            columns = ", ".join(f"{name} {types.get(name, 'text')}" for name in names)
            connection.execute(f"CREATE TABLE {table} ({columns})")
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                for one in records:
                    copy.write_row([_as_json(types.get(name), one[name]) for name in names])
    monkeypatch.setenv("LOGS_URL", f"postgres://reader:hunter2@127.0.0.1:{urlsplit(server).port}/postgres")
    yield {"backend": "postgres", "url_env": "LOGS_URL"}, tmp_path
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP TABLE predictions, feedback")
        connection.execute("DROP ROLE reader")


def _as_json(kind, value):
    return json.dumps(value) if kind == "json" else value


@pytest.fixture
def in_spark(tables, tmp_path, monkeypatch):
    if shutil.which("java") is None:
        pytest.skip("needs java: install the package default-jre-headless")
    if not find_spec("pyspark"):
        pytest.skip("needs pyspark: pip install 'modelops-git[test-all]'")
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(tmp_path / "warehouse"),
        "spark.ui.enabled": "false",
    }
    session = SparkSession.builder.master("local[1]").config(map=settings).getOrCreate()
    for table, records in tables.items():
        rows = [{**one, **_texts(one)} for one in records]
        frame = session.createDataFrame(rows, schema=_schema(rows[0]))
        frame.selectExpr("* EXCEPT (at)", "to_timestamp(at) AS at").write.saveAsTable(table)
    monkeypatch.setenv("LOGS_URL", "pyspark://")
    yield {"backend": "pyspark", "url_env": "LOGS_URL"}, tmp_path
    _end(session)


def _end(session):
    """Stop the session, and the program of Java with it."""
    gateway = session.sparkContext._gateway
    context = type(session.sparkContext)
    session.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(60)
    context._gateway = context._jvm = None
    gc.collect()


def _texts(record):
    return {name: json.dumps(record[name]) for name in ("input", "output", "truth") if name in record}


def _schema(record):
    kinds = {int: "int", float: "double"}
    return ", ".join(f"{name} {kinds.get(type(value), 'string')}" for name, value in record.items())


# Spark's client leaves the sockets that rows come by to the garbage collector.
SOCKETS = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
PLACES = [
    "lines",
    "parquet",
    "lines_in_s3",
    "parquet_in_s3",
    pytest.param("in_postgres", marks=pytest.mark.slow),
    pytest.param("in_spark", marks=[pytest.mark.slow, SOCKETS]),
]


@pytest.mark.parametrize("place", PLACES)
def test_everywhere_the_same_numbers(place, tables, request):
    where, root = request.getfixturevalue(place)
    for name, number in product(METRICS, (4, 8)):
        opened = open_provider(SqlProvider(type="sql", **where), root, open_store)
        asked = metric(**{"query": None, **METRICS[name]}, failure_condition="candidate > 0.5")
        (point,) = opened.measure(question(asked, number))
        for side, digest in ((point.candidate, NEW), (point.stable, OLD)):
            expected = EXPECTED[name](tables, digest, minute(number))
            assert _shown(side) == pytest.approx(expected, rel=1e-9), (name, point)
        assert name != "p99" or point.samples == 10 * number


def _shown(side):
    """What was measured, in numbers alone."""
    counts = [count for _, count in side.buckets or ()]
    return [
        one for one in (side.of, side.over, None if side.over else side.value, *counts) if one is not None
    ]


def _of_step(tables, digest, at):
    return [one for one in tables["predictions"] if one["digest"] == digest and one["at"] < _text(at)]


def _errors(tables, digest, at):
    found = _of_step(tables, digest, at)
    return [sum(one["status"] >= 500 for one in found), len(found)]


def _wrong(tables, digest, at):
    truth = {one["id"]: one["truth"] for one in tables["feedback"] if one["at"] < _text(at)}
    found = [one for one in _of_step(tables, digest, at) if one["id"] in truth]
    return [sum(one["output"][0] != truth[one["id"]] for one in found), len(found)]


def _p99(tables, digest, at):
    values = sorted(one["latency"] for one in _of_step(tables, digest, at))
    rank = 0.99 * (len(values) - 1)
    below = values[int(rank)]
    return [below + (values[min(int(rank) + 1, len(values) - 1)] - below) * (rank - int(rank))]


def _minute(tables, digest, at):
    since = _text(at - timedelta(minutes=1))
    values = [one["latency"] for one in _of_step(tables, digest, at) if one["at"] >= since]
    return [sum(values) / len(values)]


def _buckets(tables, digest, at):
    found = [one["latency"] for one in _of_step(tables, digest, at)]
    return [len(found), *(sum(value <= le for value in found) for le in (0.01, 0.03, 0.06)), len(found)]


def _text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


EXPECTED = {"errors": _errors, "wrong": _wrong, "p99": _p99, "minute": _minute, "buckets": _buckets}


def measured(where, root, query="SELECT count(*) FROM predictions"):
    opened = open_provider(SqlProvider(type="sql", **where), root, open_store)
    return opened.measure(question(metric(query=query, failure_condition="candidate > 0.5"), 8))


def test_a_bucket_that_is_not_there(lines_in_s3):
    where, root = lines_in_s3
    with pytest.raises(MetricsError, match=r"there is no bucket|NoSuchBucket"):
        measured({**where, "uri": "s3://nobody-has-made-this/all"}, root)


def test_a_prefix_with_nothing_has_no_data(lines_in_s3):
    where, root = lines_in_s3
    (found,) = measured({**where, "uri": f"{where['uri']}/deeper"}, root)
    assert found.candidate.value == 0


def test_a_torn_line_in_a_bucket(lines_in_s3, seaweed):
    where, root = lines_in_s3
    bucket = where["uri"].split("/")[2]
    key = "all/predictions/2026-11-02/w9.jsonl"
    seaweed.client().put_object(Bucket=bucket, Key=key, Body=b'{"at": "2026-11-02T12:01:00Z"}\n{"at": "2026')
    assert measured(where, root)[0].candidate.value == 181


@pytest.mark.slow
def test_a_database_is_asked_to_change_nothing(in_postgres):
    where, root = in_postgres
    opened = open_provider(SqlProvider(type="sql", **where), root)
    opened.measure(
        question(metric(query="SELECT count(*) FROM predictions", failure_condition="candidate > 1.0"), 8)
    )
    with pytest.raises(MetricsError, match="read-only transaction"):
        opened.source.rows("DELETE FROM predictions")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT count(*) FROM predicitons", 'relation "predicitons" does not exist'),
        (
            "SELECT count(*) FROM predictions a, predictions b, predictions c, predictions d",
            "statement timeout",
        ),
    ],
)
def test_what_a_database_says(in_postgres, monkeypatch, query, said):
    from modelops_git.edges.metrics.sql import database

    monkeypatch.setitem(database.PREPARED, "postgres", ("SET statement_timeout = 500",))
    with pytest.raises(MetricsError) as told:
        measured(*in_postgres, query)
    assert said in told.value.message
    assert "\n" not in told.value.message


@pytest.mark.slow
def test_a_wrong_password_is_not_shown(in_postgres, monkeypatch):
    where, root = in_postgres
    monkeypatch.setenv("LOGS_URL", f"postgres://reader:hunter3@127.0.0.1:{_port()}/postgres")
    with pytest.raises(MetricsError, match="postgres cannot be reached") as told:
        measured(where, root)
    assert "hunter3" not in told.value.message


def _port():
    return urlsplit(os.environ["LOGS_URL"]).port
