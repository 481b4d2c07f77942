"""Files that are complete: torn ends are cut off, Parquet holds the same, and old days go."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from logged import MADE, counted, files, opened, record, records, until
from modelops_git.core.serving.log_tables import PREDICTIONS
from modelops_git.edges.predictions import keeping as module
from modelops_git.edges.predictions.files import LogFile
from modelops_git.edges.predictions.keeping import Keeping
from modelops_git.edges.predictions.rules import LogRules

AS_PARQUET = LogRules(format="parquet")


def tidied(root, rules=AS_PARQUET):
    said = []
    Keeping(root, rules, said.append).tidy()
    return said


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def logged(root, count=10, **fields):
    log = opened(root)
    for number in range(count):
        log.write(record(number, **fields))
    log.close()
    (path,) = (root / "predictions").rglob("*.jsonl")
    return path


def test_parquet_holds_the_same_columns_and_types(tmp_path, connection):
    path = logged(tmp_path, key="ana", input=[{"a": [1, None], "ü": "\"'\\"}])
    columns = ", ".join(f"\"{name}\": '{kind}'" for name, kind in PREDICTIONS.items())
    assert tidied(tmp_path) == []
    lines = f"read_json('{path}', format = 'newline_delimited', columns = {{{columns}}})"
    whole = f"read_parquet('{path.with_suffix('.parquet')}')"
    described = [connection.execute(f"DESCRIBE FROM {source}").fetchall() for source in (lines, whole)]
    assert described[0] == described[1]
    assert [row[:2] for row in described[0]] == [
        (name, "TIMESTAMP WITH TIME ZONE" if kind == "TIMESTAMPTZ" else kind)
        for name, kind in PREDICTIONS.items()
    ]
    for zone in ("UTC", "Asia/Kolkata"):
        connection.execute(f"SET TimeZone = '{zone}'")
        rows = [
            connection.execute(f'FROM {source} SELECT * REPLACE (epoch_ms("at") AS "at")').fetchall()
            for source in (lines, whole)
        ]
        assert rows[0] == rows[1]
        assert rows[0][0][1] == MADE


def test_the_lines_stay_for_a_while_and_are_counted_once(tmp_path, connection, monkeypatch):
    path = logged(tmp_path)
    tidied(tmp_path)
    assert path.exists()
    assert path.with_suffix(".parquet").exists()
    assert counted(connection, tmp_path) == (10, 10)
    monkeypatch.setattr(module, "GRACE", -1)
    tidied(tmp_path)
    assert not path.exists()
    assert counted(connection, tmp_path) == (10, 10)


def test_a_file_that_is_still_written_is_left_alone(tmp_path):
    log = opened(tmp_path)
    log.write(record())
    until(lambda: log.counts.written == 1)
    tidied(tmp_path)
    assert [path.suffix for path in files(tmp_path)] == [".jsonl"]
    log.close()
    tidied(tmp_path)
    assert [path.suffix for path in files(tmp_path)] == [".parquet"]


@pytest.mark.parametrize("size", [1, 70_000, 200_000])
def test_the_torn_end_of_a_dead_writer_is_cut_off(tmp_path, size):
    path = logged(tmp_path, 2)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"id": "' + b"x" * size)
    tidied(tmp_path, LogRules())
    assert path.read_bytes() == whole
    path.write_bytes(b"x" * size)
    tidied(tmp_path)
    assert path.read_bytes() == b""


def test_a_line_that_is_no_record_is_told_and_stops_no_other_file(tmp_path):
    bad = logged(tmp_path)
    bad.write_bytes(bad.read_bytes() + b'{"id": oops\n')
    log = opened(tmp_path)
    log.write(record(99))
    log.close()
    said = tidied(tmp_path)
    assert len(said) == 1
    assert f"{bad} cannot be turned into Parquet" in said[0]
    assert sorted(path.suffix for path in files(tmp_path)) == [".jsonl", ".parquet"]
    assert not list(tmp_path.rglob("*.part"))


def test_a_folder_with_a_pattern_for_a_name_is_no_pattern(tmp_path, connection):
    root = tmp_path / "it's [a-z]* ?"
    logged(root)
    logged(tmp_path / "it's a ?", 3)
    assert tidied(root) == []
    assert counted(connection, tmp_path) == (0, 0)
    assert [path.suffix for path in files(root)] == [".parquet"]


def test_what_a_dead_process_left_unfinished_is_removed(tmp_path):
    path = logged(tmp_path)
    path.with_suffix(".part").write_bytes(b"PAR1")
    (path.parent / "notes.txt").write_text("somebody's own")
    tidied(tmp_path, LogRules())
    assert sorted(one.name for one in path.parent.iterdir()) == sorted([path.name, "notes.txt"])


def test_files_are_removed_when_they_are_old(tmp_path):
    path = logged(tmp_path)
    today = datetime.now(UTC).date()
    for age in (7, 8):
        day = path.parent.with_name(f"{today - timedelta(days=age)}")
        day.mkdir()
        (day / "a.jsonl").write_text("{}\n")
        (day / "a.parquet").write_text("")
    (path.parent.with_name("2020-01-01")).symlink_to(path.parent)
    (path.parent.with_name("2020-99-99")).mkdir()
    (path.parent.with_name("9999-12-31")).mkdir()
    kept = path.parent.with_name("2020-01-02")
    kept.mkdir()
    (kept / "notes.txt").write_text("somebody's own")
    tidied(tmp_path, LogRules(keep=timedelta(days=7)))
    assert sorted(day.name for day in path.parent.parent.iterdir()) == sorted(
        ["2020-01-01", "2020-01-02", "2020-99-99", "9999-12-31", str(today - timedelta(days=7)), str(today)]
    )
    assert path.exists()
    tidied(tmp_path, LogRules(keep=None))


def test_only_one_process_looks_at_a_time(tmp_path):
    path = logged(tmp_path)
    with module.alone(tmp_path) as is_alone:
        assert is_alone
        tidied(tmp_path)
    assert not path.with_suffix(".parquet").exists()


def test_a_log_turns_its_own_files_and_those_that_were_left(tmp_path, connection):
    logged(tmp_path)
    log = opened(tmp_path, format="parquet")
    log.write(record(50))
    until(lambda: [path.suffix for path in files(tmp_path)].count(".parquet") == 1)
    log.close()
    assert counted(connection, tmp_path) == (11, 11)


def test_a_reader_counts_each_record_once_while_files_are_turned(tmp_path, connection, monkeypatch):
    """The lines are removed soon after they were turned: far less than the minute that they stay."""
    monkeypatch.setattr(module, "GRACE", 0.5)
    monkeypatch.setattr(module, "EVERY", 0.02)
    log = opened(tmp_path, format="parquet", file_bytes=20_000)
    total, seen = 3_000, [0]

    def write():
        for number in range(total):
            log.write(record(number))
            if number % 50 == 0:
                threading.Event().wait(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        before = log.counts.written
        rows, different = counted(connection, tmp_path)
        assert rows == different
        assert before <= rows
        seen.append(rows)
    writer.join()
    log.close()
    assert seen == sorted(seen)
    assert len(set(seen)) > 3
    assert list(tmp_path.rglob("*.parquet"))
    assert counted(connection, tmp_path) == (total, total)


def test_an_empty_file_is_removed_with_its_writer(tmp_path):
    LogFile(tmp_path).close()
    assert not list(tmp_path.rglob("*.jsonl"))
    assert not records(tmp_path)


def test_a_file_system_without_locks_keeps_lines(tmp_path, monkeypatch):
    def flock(*_):
        raise OSError(os.strerror(37))

    monkeypatch.setattr("fcntl.flock", flock)
    path = logged(tmp_path)
    assert tidied(tmp_path) == []
    assert path.exists()
    assert not path.with_suffix(".parquet").exists()
