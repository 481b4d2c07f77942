"""Predictions are written whole, in their own files, and nothing that happens to them stops serving."""

from __future__ import annotations

import errno
import json
import os
import threading

import numpy as np
import orjson
import pytest

from logged import opened, record, records, until
from modelops_git.core.errors import UsageError
from modelops_git.edges.predictions.log import Counts
from modelops_git.edges.predictions.rules import LogRules


def test_what_was_handed_over_is_there_after_the_log_was_closed(tmp_path):
    log = opened(tmp_path)
    for number in range(1_000):
        log.write(record(number))
    log.feedback({"id": record(7)["id"], "at": "2026-06-02T15:30:00.000Z", "model": "iris", "truth": [1]})
    log.close()
    assert log.counts == Counts(written=1_001, dropped=0, failed=0)
    assert [one["output"][0]["prediction"] for one in records(tmp_path)] == list(range(1_000))
    assert records(tmp_path)[3] == record(3) | {"sampled": 1.0}
    assert [one["truth"] for one in records(tmp_path, "feedback")] == [[1]]


def test_nothing_is_made_where_nothing_is_logged(tmp_path):
    opened(tmp_path / "logs").close()
    assert not (tmp_path / "logs").exists()


def test_a_record_is_there_while_the_log_is_open(tmp_path):
    log = opened(tmp_path)
    log.write(record())
    until(lambda: len(records(tmp_path)) == 1)
    (path,) = (tmp_path / "predictions").rglob("*.jsonl")
    assert len(path.parent.name) == len("2026-06-02")
    assert path.stat().st_mode & 0o007 == 0
    log.close()


def test_arrays_and_json_that_is_already_text_are_taken(tmp_path):
    log = opened(tmp_path)
    arrays = np.arange(6, dtype=np.float32).reshape(2, 3)
    log.write(record(input=arrays.T, output=[np.float32(1), np.nan, {"label": np.array(["a", "b"])}]))
    log.write(record(1, input=orjson.Fragment(b"[[1,2]]")))
    log.close()
    first, second = records(tmp_path)
    assert (first["input"], first["output"]) == ([[0, 3], [1, 4], [2, 5]], [1, None, {"label": ["a", "b"]}])
    assert second["input"] == [[1, 2]]


def test_what_is_private_is_never_written(tmp_path):
    log = opened(tmp_path, leave_out=frozenset({"input", "output", "error"}), key_secret=b"secret")
    log.write(record(key="ana@example.org", error="no such flower: tulip"))
    log.write(record(1))
    log.close()
    first, second = records(tmp_path)
    assert not {"input", "output", "error"} & set(first)
    assert len(first["key"]) == 64
    assert "key" not in second
    assert not [path for path in tmp_path.rglob("*.jsonl") if b"ana" in path.read_bytes()]


def test_a_field_that_cannot_be_left_out_is_refused():
    with pytest.raises(UsageError, match="'digest' is no field"):
        LogRules(leave_out=frozenset({"digest"}))
    with pytest.raises(UsageError, match="no share"):
        LogRules(sample=2)
    with pytest.raises(UsageError, match="holds nothing"):
        LogRules(record_bytes=10)


def test_a_record_its_mirror_and_its_feedback_are_sampled_together(tmp_path):
    log = opened(tmp_path, sample=0.25)
    for number in range(400):
        id_ = record(number)["id"]
        log.write(record(number))
        log.write(record(number + 1_000_000, shadow_of=id_))
        log.feedback({"id": id_, "at": "2026-06-02T15:30:00.000Z", "model": "iris", "truth": 1})
    log.close()
    written = records(tmp_path)
    answered = {one["id"] for one in written if "shadow_of" not in one}
    assert answered == {one["shadow_of"] for one in written if "shadow_of" in one}
    assert answered == {one["id"] for one in records(tmp_path, "feedback")}
    assert 60 < len(answered) < 140
    assert {one["sampled"] for one in written} == {0.25}
    assert log.counts.dropped == 0


def test_a_record_that_is_too_long_is_cut_and_says_so(tmp_path):
    log = opened(tmp_path, record_bytes=2_048)
    log.write(record(0, input=[[0.5] * 10_000]))
    log.write(record(1, input=[[0.5] * 10_000], output=["x" * 10_000], error="y" * 1_000))
    log.write(record(2, version="v" * 10_000))
    log.close()
    first, second = records(tmp_path)
    assert (first["input"], first["output"], first["truncated"]) == (None, [{"prediction": 0}], True)
    assert (second["input"], second["output"], second["truncated"]) == (None, None, True)
    assert log.counts == Counts(written=2, dropped=0, failed=1)


def test_what_cannot_be_json_is_cut_and_what_cannot_at_all_is_counted(tmp_path):
    log = opened(tmp_path)
    log.write(record(0, input=["\ud800"]))
    log.write(record(1, output=[2**70]))
    log.write(record(2, role="\ud800"))
    log.write(record(3, key="Zo\udcffë", error="\ud800"))
    log.close()
    assert [(one["input"], one["output"]) for one in records(tmp_path)[:2]] == [
        (None, [{"prediction": 0}]),
        (None, None),
    ]
    assert (records(tmp_path)[2]["key"], records(tmp_path)[2]["error"]) == ("Zo\\udcffë", "\\ud800")
    assert log.counts == Counts(written=3, dropped=0, failed=1)


def test_files_are_complete_at_their_size_and_age(tmp_path):
    log = opened(tmp_path / "size", file_bytes=1)
    for number in range(3):
        log.write(record(number))
        until(lambda number=number: log.counts.written == number + 1)
    log.close()
    assert len(list((tmp_path / "size").rglob("*.jsonl"))) == 3
    assert len(records(tmp_path / "size")) == 3


def test_a_log_that_is_removed_while_it_is_written_is_begun_anew(tmp_path):
    log = opened(tmp_path)
    log.write(record(0))
    until(lambda: log.counts.written == 1)
    for path in list(tmp_path.rglob("*.jsonl")):
        path.unlink()
        path.parent.rmdir()
    log.write(record(1))
    log.close()
    assert [one["id"] for one in records(tmp_path)] == [record(1)["id"]]


@pytest.fixture
def broken(monkeypatch):
    """Makes writing fail, or hang, while something is in it."""
    state = {"is_torn": False, "was_torn": False}
    write = os.write

    def refused(descriptor, data):
        if "gate" in state:
            state["gate"].wait(10)
        if "errno" in state and len(data) > 20:
            if state["is_torn"] and not state["was_torn"]:
                state["was_torn"] = True
                return write(descriptor, data[:100])
            state["was_torn"] = False
            raise OSError(state["errno"], os.strerror(state["errno"]))
        return write(descriptor, data)

    monkeypatch.setattr("modelops_git.edges.predictions.files.os.write", refused)
    return state


def test_where_nothing_is_written_a_caller_waits_once_and_the_rest_is_counted(tmp_path, broken):
    broken["gate"] = threading.Event()
    said = []
    log = opened(tmp_path, said, waiting_records=10, patience=0.05)
    log.write(record())
    until(lambda: not len(log._waiting))
    for number in range(1, 101):
        log.write(record(number))
    assert 80 <= log.counts.dropped <= 90
    broken["gate"].set()
    log.close()
    assert log.counts.written + log.counts.dropped == 101
    assert len(records(tmp_path)) == log.counts.written
    assert len(said) == 1
    assert "come faster than they can be logged" in said[0]


def test_what_waits_is_bounded_by_its_length_too(tmp_path, broken):
    broken["gate"] = threading.Event()
    log = opened(tmp_path, waiting_bytes=1_000, patience=0)
    log.write(record())
    until(lambda: not len(log._waiting))
    for number in range(1, 11):
        log.write(record(number), size=400)
    assert log.counts.dropped == 8
    broken["gate"].set()
    log.close()


@pytest.mark.parametrize("is_torn", [False, True])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_disk_that_refuses_is_said_and_tried_again(tmp_path, broken, monkeypatch, code, is_torn):
    monkeypatch.setattr("modelops_git.edges.predictions.log._AGAIN", 0.001)
    broken |= {"errno": code, "is_torn": is_torn}
    said = []
    log = opened(tmp_path, said)
    for number in range(50):
        log.write(record(number))
    until(lambda: said)
    del broken["errno"]
    log.close()
    assert log.counts == Counts(written=50, dropped=0, failed=0)
    assert len({one["id"] for one in records(tmp_path)}) == len(records(tmp_path)) == 50
    assert os.strerror(code) in said[0]
    assert len(said) == 1


def test_what_a_full_disk_never_takes_is_counted_at_the_end(tmp_path, broken, monkeypatch):
    monkeypatch.setattr("modelops_git.edges.predictions.log._AGAIN", 0.001)
    broken["errno"] = errno.ENOSPC
    log = opened(tmp_path)
    for number in range(50):
        log.write(record(number))
    log.close()
    assert log.counts == Counts(written=0, dropped=50, failed=0)
    assert not list(tmp_path.rglob("*.jsonl"))


def test_a_folder_that_may_not_be_written_stops_nothing(tmp_path):
    (tmp_path / "logs").write_text("a file is in the way")
    said = []
    log = opened(tmp_path / "logs", said)
    log.write(record())
    log.close()
    assert log.counts == Counts(0, 1, 0)
    assert len(said) == 1


def test_what_comes_after_the_end_is_counted(tmp_path):
    log = opened(tmp_path)
    log.close()
    log.write(record())
    assert log.counts == Counts(0, 1, 0)


def test_a_fork_writes_a_file_of_its_own(tmp_path):
    log = opened(tmp_path)
    log.write(record(0))
    until(lambda: log.counts.written == 1)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            log.write(record(1))
            log.close()
            code = 0 if log.counts == Counts(1, 0, 0) else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    log.write(record(2))
    log.close()
    assert log.counts == Counts(2, 0, 0)
    by_file = [path.read_bytes().splitlines() for path in tmp_path.rglob("*.jsonl")]
    assert sorted(len(lines) for lines in by_file) == [1, 2]
    assert sorted(json.loads(line)["output"][0]["prediction"] for lines in by_file for line in lines) == [
        0,
        1,
        2,
    ]
