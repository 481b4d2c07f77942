"""Databases behind a URL: what is asked of them, and what is never shown."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from measuring import metric, question
from modelops_git.core.assessing.points import Measured
from modelops_git.core.errors import MetricsError
from modelops_git.core.manifests.provider import SqlProvider
from modelops_git.edges.metrics import open_provider
from modelops_git.edges.metrics.sql import database

URL = "postgres://reader:hunter%402@db.example/logs?options=-cfoo&connect_timeout=3"
ASKED = question(
    metric(query="SELECT quantile_cont(latency, 0.5) FROM predictions", failure_condition="candidate > 0.5"),
    5,
)


class Cursor:
    description = ("value",)

    def __init__(self, rows):
        self._rows = rows

    def fetchall(self):
        return self._rows

    def close(self):
        raise OSError("already closed")


class Backend:
    """What Ibis connects to."""

    dialect = "postgres"

    def __init__(self, rows):
        self.rows, self.asked, self.options = rows, [], {}

    def raw_sql(self, query):
        self.asked.append(query)
        if isinstance(self.rows, Exception) and query.startswith("SELECT"):
            raise self.rows
        return Cursor(self.rows)


@pytest.fixture
def backend(monkeypatch):
    made = Backend([(0.25,)])

    def connect(url, **options):
        made.options = {"url": url, **options}
        return made

    entries = [SimpleNamespace(name=name) for name in ("duckdb", "postgres", "pyspark")]
    fake = SimpleNamespace(connect=connect, util=SimpleNamespace(backend_entry_points=lambda: entries))
    monkeypatch.setattr(database, "ibis_library", lambda: fake)
    made.library = fake
    return made


def provider(tmp_path, monkeypatch, url=URL, backend="postgres"):
    monkeypatch.setenv("LOGS_URL", url)
    return open_provider(SqlProvider(type="sql", backend=backend, url_env="LOGS_URL"), tmp_path)


def message_of(opened):
    with pytest.raises(MetricsError) as told:
        opened.measure(ASKED)
    return told.value.message


def test_queries_go_there_in_its_own_dialect(backend, tmp_path, monkeypatch):
    (found,) = provider(tmp_path, monkeypatch).measure(ASKED)
    assert found.candidate == Measured(0.25)
    assert backend.options == {"url": URL}
    *prepared, asked = backend.asked
    assert tuple(prepared) == database.PREPARED["postgres"]
    assert "SET statement_timeout = 20000" in prepared
    assert "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY latency)" in asked
    assert asked.endswith("AS asked LIMIT 2")


def test_a_server_that_does_not_answer_is_soon_given_up(backend, tmp_path, monkeypatch):
    provider(tmp_path, monkeypatch, "postgresql://db.example/logs").measure(ASKED)
    assert backend.options["connect_timeout"] == 5


def test_rows_of_spark_are_collected(backend, tmp_path, monkeypatch):
    frame = SimpleNamespace(columns=["value"], collect=lambda: [(0.5,)])
    backend.dialect = "spark"
    monkeypatch.setattr(backend, "raw_sql", lambda _query: frame)
    (found,) = provider(tmp_path, monkeypatch, "pyspark://", "pyspark").measure(ASKED)
    assert found.candidate == Measured(0.5)


def test_errors_are_one_line_without_passwords(backend, tmp_path, monkeypatch):
    backend.rows = ValueError(f"no\ntable in {URL} for hunter%402 or hunter@2\nLINE 1: SELECT")
    assert message_of(provider(tmp_path, monkeypatch)) == (
        "postgres cannot answer the query: no table in … for … or …"
    )


def test_a_driver_that_is_missing(backend, tmp_path, monkeypatch):
    def connect(_url, **_options):
        raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

    backend.library.connect = connect
    with pytest.raises(MetricsError) as told:
        provider(tmp_path, monkeypatch).measure(ASKED)
    assert told.value.message == "psycopg is not installed, which sql metrics of postgres need"
    assert told.value.hint == "pip install 'ibis-framework[postgres]'"


@pytest.mark.usefixtures("backend")
def test_a_back_end_that_ibis_lacks(tmp_path, monkeypatch):
    assert (
        message_of(provider(tmp_path, monkeypatch, "abacus://x", "abacus")) == "Ibis has no back end abacus"
    )


@pytest.mark.parametrize(
    ("fields", "url", "said"),
    [
        ({"backend": "postgres", "uri": "file:logs"}, "", "sql metrics by postgres need `url_env`"),
        ({"backend": "postgres", "url_env": "LOGS_URL"}, " ", "the environment variable LOGS_URL has no URL"),
        (
            {"backend": "postgres", "url_env": "LOGS_URL"},
            "mysql://u:hunter2@h",
            "does not begin with postgres://",
        ),
        ({"backend": "trino", "url_env": "LOGS_URL"}, "hunter2", "does not begin with trino://"),
    ],
)
def test_places_that_are_no_database(tmp_path, monkeypatch, fields, url, said):
    monkeypatch.setenv("LOGS_URL", url)
    with pytest.raises(MetricsError) as told:
        open_provider(SqlProvider(type="sql", **fields), tmp_path)
    assert said in told.value.message
    assert "hunter2" not in told.value.message


@pytest.mark.usefixtures("backend")
def test_all_questions_together_take_no_longer_than_one_may(tmp_path, monkeypatch):
    opened = provider(tmp_path, monkeypatch)
    opened.measure(ASKED)
    opened.source._until = 0
    assert message_of(opened) == "postgres took longer than 20 seconds for all queries"
