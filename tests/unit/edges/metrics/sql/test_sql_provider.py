"""SQL over prediction logs with DuckDB: what the answers are, and which are errors."""

from __future__ import annotations

import json
import sys
import threading

import pytest

from logged_sql import record
from measuring import NEW, OLD, metric, minute, question
from modelops_git.core.assessing.points import Measured
from modelops_git.core.errors import MetricsError
from modelops_git.core.manifests.provider import SqlProvider
from modelops_git.edges.metrics import open_provider
from modelops_git.edges.metrics.sql import duck

OF_STEP = "FROM predictions WHERE digest = '${digest}' AND at >= '${began}' AND at < '${at}'"
DAY = "2026-11-02"


@pytest.fixture
def logs(tmp_path):
    def write(*records, table="predictions", day=DAY, name="a.jsonl"):
        folder = tmp_path / table / day
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / name).open("a") as file:
            file.writelines(one if isinstance(one, str) else f"{json.dumps(one)}\n" for one in records)

    return write


@pytest.fixture
def measured(tmp_path):
    """The points of a metric at some minutes."""

    def measure(query="SELECT count(*) FROM predictions", *minutes, **fields):
        asked = metric(query=query, failure_condition="candidate > 0.5", **fields)
        provider = open_provider(SqlProvider(type="sql", uri="file:."), tmp_path)
        return provider.measure(question(asked, *(minutes or (5,))))

    return measure


@pytest.fixture
def told(measured):
    """The error of a query."""

    def error(query="SELECT count(*) FROM predictions"):
        with pytest.raises(MetricsError) as found:
            measured(query)
        return found.value

    return error


def test_each_version_at_each_instant(logs, measured):
    logs(*(record(number, NEW, minute(number), latency=number / 10) for number in range(9)))
    logs(record(9, OLD, minute(4), latency=7.0))
    found = measured(f"SELECT max(latency) {OF_STEP}", 3, 4, 5, samples_query=f"SELECT count(*) {OF_STEP}")
    assert [(one.at, one.candidate, one.stable, one.samples) for one in found] == [
        (minute(3), Measured(0.2), Measured(), 3),
        (minute(4), Measured(0.3), Measured(), 4),
        (minute(5), Measured(0.4), Measured(7.0), 5),
    ]


def test_a_histogram(logs, measured):
    logs(
        *(
            record(number, NEW, minute(1), latency=latency)
            for number, latency in enumerate((0.05, 0.2, 0.2, 9))
        )
    )
    buckets = (
        "SELECT b.le, count(*) FILTER (WHERE latency <= b.le) FROM predictions, "
        "unnest([0.1, 0.5, 'inf'::double]) b(le) WHERE digest = '${digest}' GROUP BY b.le"
    )
    (found,) = measured(None, histogram={"buckets": buckets, "quantile": 0.5})
    assert found.candidate.buckets == ((0.1, 1.0), (0.5, 3.0), (float("inf"), 4.0))
    assert found.stable == Measured()


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("SELECT count(*) FROM predictions WHERE status = 200", 1.0),
        ("SELECT sum(status) FROM predictions", 200.0),
        ("SELECT avg(latency)::decimal(9, 3) FROM predictions", 0.01),
        ("SELECT status FROM predictions WHERE false", None),
        ("SELECT max(truth ->> '$') FROM feedback", None),
        ("SELECT NULL", None),
        ("SELECT 'nan'::double", None),
        ("SELECT count(*) FROM predictions WHERE input ->> '$[0].petal' = '0.1'", 1.0),
        ("SELECT count(*) FROM predictions WHERE environment = '${environment}' AND model = '${model}'", 1.0),
        ("SELECT count(*) FROM predictions WHERE at = timestamptz '${at}' - interval 4 minute", 1.0),
        ("SELECT count(*) FROM predictions WHERE at > timestamptz '${at}' - interval '${since_step}'", 1.0),
        ("SELECT count(*) FROM predictions WHERE hour(at) = 12", 1.0),
    ],
)
def test_one_number_is_the_value(logs, measured, query, value):
    logs(record(1, NEW, minute(1)))
    assert measured(query)[0].candidate == Measured(value)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT 1, 2", "gives 2 columns, not one number"),
        ("SELECT status FROM predictions", "gives several rows, not one number"),
        ("SELECT max(id) FROM predictions", "gives a text, not a number"),
        ("SELECT bool_or(status > 1) FROM predictions", "gives true or false, not a number"),
        ("SELECT interval 1 minute", "gives a value of type timedelta"),
        ("SELECT count(*) FROM predicitons", "there are no logs of predicitons"),
        ("SELECT count(*) FROM information_schema.tables", "there are no logs of information_schema.tables"),
        ("SELECT count(*) FROM predictions WHERE modle = 'x'", 'column "modle" not found'),
        ("SELECT count(*) FROM predictions WHERE version = '${verison}'", "the unknown word ${verison}"),
        ("DROP TABLE predictions", "is not asked: it is no SELECT"),
    ],
)
def test_all_else_is_an_error(logs, told, query, said):
    logs(record(1, NEW, minute(1)), record(2, NEW, minute(1)))
    assert said in told(query).message


def test_what_a_misspelt_column_could_be(logs, told):
    logs(record(1, NEW, minute(1)))
    assert "predictions has id, at, " in told("SELECT count(*) FROM predictions WHERE modle = 'x'").hint


@pytest.mark.parametrize("query", ["SELECT count(*) FROM predictions", "SELECT count(*) FROM feedback"])
def test_where_nothing_was_logged_yet_there_is_nothing(measured, query):
    assert measured(query)[0].candidate == Measured(0.0)


def test_lines_of_before_the_step_are_not_counted(logs, measured):
    logs(record(1, NEW, minute(-1)), record(2, NEW, minute(1)))
    assert measured()[0].candidate == Measured(1.0)


def test_fields_that_were_left_out_have_no_value(logs, measured):
    logs({"id": "1", "at": "2026-11-02T12:01:00Z"}, {"id": "2", "at": "2026-11-02T13:01:00+01:00", "new": {}})
    assert measured("SELECT count(*) - count(status) FROM predictions")[0].candidate == Measured(2.0)


@pytest.mark.parametrize("torn", ['{"id": "3", "at": "2026-', "{", "x" * 200_000])
def test_a_line_that_is_being_written_is_not_read(logs, measured, torn):
    logs(record(1, NEW, minute(1)), torn)
    assert measured()[0].candidate == Measured(1.0)


def test_a_file_with_nothing_but_the_begin_of_a_line_is_empty(logs, measured):
    logs('{"id"')
    logs(name="b.jsonl")
    assert measured()[0].candidate == Measured(0.0)


@pytest.mark.parametrize(
    "line", ['{"id": \n', "3\n", '{"id": 1, "at": 17\n', '{"at": "2026-11-02T12:00:00Z"}]\n']
)
def test_a_broken_line_in_the_middle_is_an_error(logs, told, line):
    logs(record(1, NEW, minute(1)), line, record(2, NEW, minute(1)))
    assert f"line 2 of {DAY}/a.jsonl in predictions is broken" in told().message


def test_a_time_that_is_none_is_an_error(logs, told):
    logs(record(1, NEW, minute(1)), {"id": "2", "at": "yesterday"}, record(3, NEW, minute(1)))
    assert f"a line of {DAY}/a.jsonl in predictions is broken: invalid timestamp" in told().message


def test_only_the_days_of_the_step_are_read(logs, measured):
    logs("garbage\n", day="2026-11-01")
    logs("garbage\n", day="2026-11-04")
    logs("garbage\n", day="lately")
    logs(record(1, NEW, minute(1)), day="2026-11-03")  # answered before midnight, written after it
    assert measured()[0].candidate == Measured(1.0)


def test_other_folders_are_tables_with_what_their_files_have(logs, measured):
    logs({"score": 0.7}, {"score": 0.2, "by": "ana"}, table="scores")
    assert measured("SELECT count(*) FROM scores WHERE score > 0.5")[0].candidate == Measured(1.0)


def test_names_that_are_patterns_are_names(logs, measured):
    logs(record(1, NEW, minute(1)), name="a[12]*?.jsonl")
    logs(record(2, NEW, minute(1)), name="a1.jsonl")
    assert measured()[0].candidate == Measured(2.0)


def test_lines_and_parquet_side_by_side(logs, measured, tmp_path):
    import duckdb

    logs(record(1, NEW, minute(1)), record(2, NEW, minute(2)), name="old.jsonl")
    folder = tmp_path / "predictions" / DAY
    columns = """id, "at"::timestamp AS "at", [{'petal': 1}] AS input"""
    duckdb.read_json(str(folder / "old.jsonl")).project(columns).write_parquet(str(folder / "old.parquet"))
    logs(record(3, NEW, minute(3)), name="new.jsonl")
    (folder / "next.part").write_text("unfinished")
    assert measured()[0].candidate == Measured(3.0)
    (found,) = measured("SELECT count(input) FROM predictions WHERE input ->> '$[0].petal' = '1'")
    assert found.candidate == Measured(2.0)


def test_a_file_that_is_no_parquet(logs, told):
    logs("PAR1", name="a.parquet")
    assert "too small to be a Parquet file" in told().message


def test_a_file_that_grows_while_it_is_read_is_read_again(logs, measured, monkeypatch):
    logs(record(1, NEW, minute(1)))
    made = []

    def grown(*given, real=duck.make_table):
        made.append(given)
        if len(made) == 1:
            logs(record(2, NEW, minute(1)), '{"torn')
        real(*given)

    monkeypatch.setattr(duck, "make_table", grown)
    assert measured()[0].candidate == Measured(2.0)
    assert len(made) == 2


def test_what_takes_too_long_is_interrupted(told, monkeypatch):
    monkeypatch.setattr(duck, "SECONDS", 0.5)
    error = told("WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n")
    assert error.message == "reading the logs and the queries took longer than 0 seconds"
    assert threading.active_count() < 50


def test_a_step_that_began_long_ago(tmp_path):
    provider = open_provider(SqlProvider(type="sql", uri="file:."), tmp_path)
    asked = question(metric(query="SELECT 1", failure_condition="candidate > 0.5"), 60 * 24 * 500)
    with pytest.raises(MetricsError, match="the step began 500 days ago, and logs are read of 400 days"):
        provider.measure(asked)


def test_nothing_reaches_out_of_the_database(logs, tmp_path):
    logs(record(1, NEW, minute(1)))
    provider = open_provider(SqlProvider(type="sql", uri="file:."), tmp_path)
    asked = question(metric(query="SELECT count(*) FROM predictions", failure_condition="candidate > 0.5"), 5)
    provider.measure(asked)
    connection = provider.source._loaded[0].session._connection
    for query in (
        f"FROM '{tmp_path}/predictions/{DAY}/a.jsonl'",
        f"ATTACH '{tmp_path}/x.db'",
        "SET threads = 9",
    ):
        with pytest.raises(Exception, match=r"disabled by configuration|configuration has been locked"):
            connection.execute(query)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url_env": "WAREHOUSE"}, "need the `uri` of the logs"),
        ({"uri": "file://elsewhere/logs"}, "names a host"),
        ({"uri": "file:x?y"}, "holds"),
        ({"uri": "s3:logs"}, "names no bucket"),
        ({"uri": "gopher:logs"}, "cannot be opened"),
    ],
)
def test_places_that_are_none(tmp_path, fields, said):
    from modelops_git.edges.stores import open_store

    asked = question(metric(query="SELECT count(*) FROM predictions", failure_condition="candidate > 0.5"), 5)
    with pytest.raises(MetricsError, match=said):
        open_provider(SqlProvider(type="sql", **fields), tmp_path, open_store).measure(asked)


def test_each_environment_may_have_logs_of_its_own(logs, tmp_path):
    logs(record(1, NEW, minute(1)), table="logs/production/predictions")
    asked = metric(query="SELECT count(*) FROM predictions", failure_condition="candidate > 0.5")
    provider = open_provider(SqlProvider(type="sql", uri="file:logs/${environment}"), tmp_path)
    assert provider.measure(question(asked, 5))[0].candidate == Measured(1.0)
    assert provider.measure(question(asked, 5, environment="staging"))[0].candidate == Measured(0.0)


@pytest.mark.parametrize("library", ["ibis", "sqlglot"])
def test_without_the_libraries(tmp_path, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    asked = question(metric(query=f"SELECT 1 AS without_{library}", failure_condition="candidate > 0.5"), 5)
    with pytest.raises(MetricsError) as told:
        open_provider(SqlProvider(type="sql", uri="file:."), tmp_path).measure(asked)
    assert told.value.message == f"{library} is not installed, which sql metrics need"
    assert told.value.hint == "pip install 'modelops-git[sql]'"
