"""Whether what a gateway was asked to serve is served by the processes that serve it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_git.core.routes import Stamp
from modelops_git.edges.targets.instances import (
    LOADING,
    SILENT,
    STALE,
    Clock,
    Report,
    Serving,
    forget_report,
    path_of,
    unserved,
    write_report,
)

MODEL = "iris-classifier"
OLD, NEW = Stamp(run="r1", sequence=4), Stamp(run="r2", sequence=7)


class Time:
    """A clock that moves when somebody sleeps, and what happens meanwhile."""

    def __init__(self):
        self.now, self.then = 1_700_000_000.0, []

    def sleep(self, seconds):
        self.now += seconds
        if self.then:
            self.then.pop(0)()

    @property
    def clock(self):
        return Clock(lambda: self.now, self.sleep)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def say(tmp_path, time):
    def say(name, **models):
        write_report(tmp_path, Report(name=name, models={MODEL: Serving(**models)}))
        os.utime(path_of(tmp_path, name), (time.now, time.now))

    return say


def test_nobody_is_waited_for_where_nobody_serves(tmp_path, time):
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []
    assert time.now == 1_700_000_000.0


def test_all_is_well_where_all_serve_it(tmp_path, time, say):
    say("a", stamp=NEW, wanted=NEW)
    say("b", stamp=NEW, wanted=NEW)
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []


def test_who_loads_is_waited_for(tmp_path, time, say):
    say("a", stamp=OLD, wanted=NEW)
    time.then = [lambda: None, lambda: say("a", stamp=NEW, wanted=NEW)]
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []
    assert time.now > 1_700_000_000.0


def test_who_has_not_seen_the_table_yet_is_waited_for(tmp_path, time, say):
    say("a", stamp=OLD, wanted=OLD)
    time.then = [lambda: say("a", stamp=NEW, wanted=NEW)]
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []


def test_who_cannot_load_it_says_why(tmp_path, time, say):
    say("a", stamp=NEW, wanted=NEW)
    say("b", stamp=OLD, wanted=NEW, problem="1.1.0: no model")
    assert unserved(tmp_path, MODEL, NEW, time.clock) == ["b: 1.1.0: no model"]


def test_an_old_problem_is_none_of_the_new_table(tmp_path, time, say):
    say("a", stamp=None, wanted=OLD, problem="1.0.0: no model")
    time.then = [lambda: say("a", stamp=NEW, wanted=NEW)]
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []


def test_waiting_has_an_end(tmp_path, time, say):
    say("a", stamp=OLD, wanted=NEW)
    time.then = [lambda: say("a", stamp=OLD, wanted=NEW)] * 10_000
    assert unserved(tmp_path, MODEL, NEW, time.clock) == [f"a: not loaded in {LOADING:.0f} seconds"]


def test_a_process_that_is_gone_is_not_waited_for(tmp_path, time, say):
    say("a", stamp=OLD, wanted=OLD)
    time.now += STALE + 1
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []


@pytest.fixture
def gone():
    """The number of a process that is no more."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@pytest.mark.parametrize("case", ["killed here", "runs here", "elsewhere"])
def test_a_process_that_was_killed_here_is_not_waited_for_long(tmp_path, time, gone, case):
    host = "elsewhere" if case == "elsewhere" else socket.gethostname()
    pid = os.getpid() if case == "runs here" else gone
    report = Report(name="a", host=host, pid=pid, models={MODEL: Serving(stamp=OLD, wanted=OLD)})
    write_report(tmp_path, report)
    os.utime(path_of(tmp_path, "a"), (time.now, time.now))
    time.now += SILENT + 1
    began = time.now
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []
    assert (time.now > began) == (case != "killed here")


def test_a_process_that_ends_takes_its_report_along(tmp_path, time, say):
    say("a", stamp=OLD, wanted=OLD)
    forget_report(tmp_path, "a")
    forget_report(tmp_path, "a")
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []


def test_a_process_may_be_ahead(tmp_path, time, say):
    say("a", stamp=NEW, wanted=NEW)
    assert unserved(tmp_path, MODEL, OLD, time.clock) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format_version": 2}', b"\xff"])
def test_a_report_that_makes_no_sense_says_nothing(tmp_path, time, content):
    path = path_of(tmp_path, "a")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    os.utime(path, (time.now, time.now))
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []


def test_a_report_from_the_future_is_of_nobody(tmp_path, time, say):
    say("a", stamp=OLD, wanted=NEW, problem="it is broken")
    os.utime(path_of(tmp_path, "a"), (time.now + 3600, time.now + 3600))
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []
    assert time.now == 1_700_000_000.0


def test_what_is_no_report_is_not_waited_for(tmp_path, time):
    (tmp_path / "instances").mkdir()
    os.mkfifo(tmp_path / "instances/pipe.json")
    (tmp_path / "instances/endless.json").symlink_to("/dev/zero")
    (tmp_path / "instances/deep.json").write_text("[" * 100_000)
    (tmp_path / "instances/odd.json").write_bytes(b"\xff{}")
    for path in (tmp_path / "instances").iterdir():
        if path.name != "endless.json":
            os.utime(path, (time.now, time.now))
    now = Path("/dev/zero").stat().st_mtime
    assert unserved(tmp_path, MODEL, NEW, Clock(lambda: now, time.sleep)) == []
    assert unserved(tmp_path, MODEL, NEW, time.clock) == []
