"""Queries in SQL: what may be asked, what may not and why, and what they become in other dialects."""

from __future__ import annotations

import sys

import pytest

from modelops_git.core.selects import LONGEST, MissingSqlglotError, SelectError, checked

COUNTED = "SELECT count(*) FROM predictions WHERE digest = '${digest}' AND at >= '${began}' AND at < '${at}'"


def told(query):
    with pytest.raises(SelectError) as found:
        checked(query)
    return found.value


@pytest.mark.parametrize(
    ("query", "tables"),
    [
        (COUNTED, {"predictions"}),
        ("SELECT count(*) FILTER (WHERE status >= 500) FROM predictions;", {"predictions"}),
        ("FROM predictions SELECT avg(latency)", {"predictions"}),
        (
            """SELECT avg(CASE WHEN p.output ->> '$[0]' <> f.truth ->> '$' THEN 1 ELSE 0 END)
            FROM predictions p JOIN feedback f USING (id)""",
            {"predictions", "feedback"},
        ),
        (
            """WITH newest AS (SELECT DISTINCT ON (id) id, truth FROM feedback ORDER BY id, at DESC)
            SELECT count(*) FROM newest""",
            {"feedback"},
        ),
        ("SELECT count(*) FROM warehouse.logs.predictions", {"warehouse.logs.predictions"}),
        (
            "SELECT le, count(*) FROM predictions, unnest([0.1, 'inf'::double]) b(le) GROUP BY le",
            {"predictions"},
        ),
        ("SELECT 1 -- of '${digest}'", set()),
        ("SELECT max(x) FROM (SELECT 1 AS x UNION ALL SELECT 2)", set()),
        (
            "SELECT quantile_cont(x, 0.99), date_trunc('minute', at), epoch(at), x::decimal(9, 2) FROM t",
            {"t"},
        ),
    ],
)
def test_what_reads_and_computes_may_be_asked(query, tables):
    assert checked(query).tables == tables


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "it is 0 statements"),
        ("SELECT", "it asks for nothing"),
        ("SELECT 1; DROP TABLE predictions", "it is 2 statements"),
        ("DELETE FROM predictions", "it is no SELECT"),
        ("WITH gone AS (DELETE FROM predictions RETURNING *) SELECT count(*) FROM gone", "no SELECT"),
        ("SELECT * INTO other FROM predictions", "INTO, which makes a table"),
        ("SELECT * FROM predictions FOR UPDATE", "a lock"),
        ("COPY predictions TO 'x'", "it is no SELECT"),
        ("ATTACH 'x.db'", "it is no SELECT"),
        ("INSTALL httpfs", "it is no SELECT"),
        ("LOAD httpfs", "it is no SELECT"),
        ("PRAGMA version", "it is no SELECT"),
        ("SET threads = 100", "it is no SELECT"),
        ("CALL pragma_version()", "it is no SELECT"),
        ("EXPLAIN SELECT 1", "it is no SELECT"),
        ("SELECT * FROM 'x.parquet'", "which is no table"),
        ("SELECT * FROM read_csv('/etc/passwd')", "it calls read_csv"),
        ("SELECT * FROM glob('*')", "it calls glob"),
        ("SELECT * FROM query('SELECT 1')", "it calls query"),
        ("SELECT read_text('/etc/passwd')", "it calls read_text"),
        ("SELECT getenv('HOME')", "it calls getenv"),
        ("SELECT pg_read_file('/etc/passwd')", "it calls pg_read_file"),
        ("SELECT pg_sleep(1000)", "it calls pg_sleep"),
        ("SELECT nextval('s')", "it calls nextval"),
        ("SELECT reflect('java.lang.Runtime', 'getRuntime')", "it calls reflect"),
        ("SELECT repeat('x', 1000000000)", "it calls repeat"),
        ("SELECT count(*) FROM range(1000000000)", "it calls"),
        ("SELECT x || x FROM t", "makes texts that grow"),
        ("SELECT string_agg(id) FROM t", "it calls"),
        ("SELECT list(id) FROM t", "it calls"),
        ("SELECT [1, 2]", "it has a list"),
        ("SELECT x::INT[] FROM t", "which is no plain type"),
        ("SELECT $1", "a parameter"),
        ("SELECT ?", "a parameter"),
        ("SELECT count(*) FROM t${at}", "it calls"),
        ("SELECT count(* FROM t", "it is no SQL near 'FROM'"),
        ("SELCT 1", "it is no SQL"),
        ("SELECT 'x", "it cannot be read"),
        (f"SELECT {'(' * 3000}1", "it nests too deep"),
        (f"SELECT {'NOT ' * 2400}true", "it nests too deep"),
        (f"SELECT '{'x' * LONGEST}'", "it has more than 10,000 characters"),
    ],
)
def test_all_else_is_refused(query, said, caplog):
    assert said in told(query).message
    assert not caplog.records or caplog.records[0].name == "sqlglot"


@pytest.mark.parametrize("query", ["SELECT ${digest}", 'SELECT "${digest}"', "SELECT $$${digest}$$"])
def test_words_stand_in_single_quotes(query):
    assert "quotes" in told(query).message


def test_a_mistake_has_a_place():
    query = "SELECT count(*)\nFROM predictions\nWHERE digest = ${digest}"
    error = told(query)
    assert query[error.offset :].startswith("$")


def test_whatever_a_word_stands_for_stays_a_text():
    query = checked("SELECT count(*) FROM predictions WHERE version = 'v${version}'")
    filled = query.filled(lambda text: text.replace("${version}", "'; DROP TABLE x; --"), 2)
    assert "version = 'v''; DROP TABLE x; --'" in filled
    assert len(checked(filled).tables) == 1


def test_rows_are_limited():
    assert checked("SELECT 1").filled(str, 2) == "SELECT * FROM (SELECT 1) AS asked LIMIT 2"


@pytest.mark.parametrize(
    ("dialect", "said"),
    [
        ("duckdb", "QUANTILE_CONT(latency, 0.99)"),
        ("postgres", "PERCENTILE_CONT(0.99) WITHIN GROUP (ORDER BY latency)"),
        ("spark", "PERCENTILE(latency, 0.99)"),
    ],
)
@pytest.mark.parametrize(
    "quantile", ["quantile_cont(latency, 0.99)", "percentile_cont(0.99) WITHIN GROUP (ORDER BY latency)"]
)
def test_other_dialects(dialect, said, quantile):
    filled = checked("SELECT Q FROM predictions".replace("Q", quantile)).filled(str, 2, dialect)
    assert said in filled.replace("0.99 ORDER BY latency", "0.99")


def test_what_a_dialect_cannot_say_is_an_error():
    query = checked("SELECT le FROM unnest([1, 2]) AS b(le)")
    with pytest.raises(SelectError, match="it cannot be said in the SQL of sqlite"):
        query.filled(str, 2, "sqlite")


@pytest.mark.parametrize(
    ("query", "every"),
    [("SELECT count(*) FROM t", False), ("SELECT * FROM t", True), ("SELECT t.* FROM t", True)],
)
def test_whether_all_columns_are_asked_for(query, every):
    assert checked(query).every_column is every


def test_without_the_library(monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(MissingSqlglotError, match="pip install 'modelops-git\\[sql\\]'"):
        checked("SELECT 1 AS without_the_library")
