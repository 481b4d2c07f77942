import os
from math import inf

from measuring import minute, point
from modelops_git.core.assessing.points import Measured, Point
from modelops_git.edges import measured
from modelops_git.edges.measured import MeasuredFiles

POINTS = (
    point(1, (3, 500), 0.2, samples=500),
    point(2, float("nan"), float("inf")),
    point(3, error="The server is down; ä\n."),
    point(4, {0.1: 5.0, 0.5: 9.0, inf: 9.5}, {0.1: 1.0, inf: 1.0}),
)


def test_what_was_kept_is_recalled_by_run_and_key(tmp_path):
    files = MeasuredFiles(tmp_path / "measured")
    assert files.recall("run-1", "a") == ()
    files.keep("run-1", "a", POINTS[:1])
    files.keep("run-1", "a", POINTS[2:3])
    files.keep("../../run", "a/b", POINTS[1:])
    again = MeasuredFiles(tmp_path / "measured")
    assert again.recall("run-1", "a") == (POINTS[0], POINTS[2])
    assert repr(again.recall("../../run", "a/b")) == repr(POINTS[1:])
    assert again.recall("run-1", "b") == again.recall("run-2", "a") == ()
    assert {path.name for path in tmp_path.iterdir()} == {"measured"}


def test_a_line_that_is_not_whole_spoils_no_other(tmp_path):
    files = MeasuredFiles(tmp_path)
    files.keep("run", "a", POINTS[:1])
    (path,) = tmp_path.glob("*/*")
    whole = path.read_bytes()
    for torn in (whole[:-9], b'{"at": 3}', b"[" * 100_000, b'{"at":"x","candidate":1}', b"\xff", b"3"):
        path.write_bytes(whole + torn)
        files.keep("run", "a", POINTS[2:3])
        assert files.recall("run", "a") == (POINTS[0], POINTS[2])


def test_what_has_a_field_of_another_type_is_no_measurement(tmp_path):
    files = MeasuredFiles(tmp_path)
    files.keep("run", "a", [Point(minute(1), Measured(1.0), Measured(), "many", ""), point(2, 0.1)])
    assert files.recall("run", "a") == (point(2, 0.1),)


def test_a_line_of_an_earlier_release_has_no_buckets(tmp_path):
    files = MeasuredFiles(tmp_path)
    files.keep("run", "a", POINTS[:1])
    (path,) = tmp_path.glob("*/*")
    path.write_bytes(path.read_bytes().replace(b",null]", b"]"))
    assert files.recall("run", "a") == POINTS[:1]


def test_what_is_no_histogram_is_no_measurement(tmp_path):
    files = MeasuredFiles(tmp_path)
    files.keep("run", "a", POINTS[3:])
    (path,) = tmp_path.glob("*/*")
    path.write_bytes(path.read_bytes().replace(b"[0.1,5.0]", b"[0.1,9.25]"))
    assert files.recall("run", "a") == ()


def test_what_is_too_much_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "LARGEST", 150)
    files = MeasuredFiles(tmp_path)
    for number in range(5):
        files.keep("run", "a", [point(number, 0.1)])
    assert files.recall("run", "a") == (point(0, 0.1),)


def test_a_disk_that_refuses_is_no_failure(tmp_path):
    (tmp_path / "measured").write_text("a file where a folder should be")
    files = MeasuredFiles(tmp_path / "measured")
    files.keep("run", "a", POINTS)
    assert files.recall("run", "a") == ()


def test_a_run_that_ended_is_forgotten_and_so_is_what_is_old(tmp_path):
    files = MeasuredFiles(tmp_path)
    files.keep("run-1", "a", POINTS[:1])
    files.keep("run-2", "a", POINTS[:1])
    files.forget("run-1")
    assert files.recall("run-1", "a") == ()
    (old,) = tmp_path.iterdir()
    os.utime(old, (0, 0))
    files.keep("run-3", "a", POINTS[:1])
    assert files.recall("run-2", "a") == ()
    assert files.recall("run-3", "a") == POINTS[:1]


def test_of_too_many_assessments_the_oldest_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(measured, "MOST_SAID", 2)
    files = MeasuredFiles(tmp_path)
    for number in (1, 2, 1, 3):
        files.say("run", str(number), number)
    assert [files.said("run", key) for key in "123"] == [1, None, 3]
    assert files.said("other", "1") is None
