"""Work shared by processes: the same outcome as in one, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from modelops_git.core.errors import GitError
from modelops_git.edges import processes
from modelops_git.edges.processes import available, each_in_a_process

HERE = os.getpid()


def test_outcomes_come_in_the_order_of_the_parts():
    assert each_in_a_process(lambda part: part * 2, [1, 2, 3]) == [2, 4, 6]


def test_the_first_part_is_worked_on_here_and_each_other_elsewhere():
    ids = each_in_a_process(lambda _: os.getpid(), [1, 2, 3])
    assert ids[0] == HERE
    assert len(set(ids)) == 3


@pytest.mark.parametrize("parts", [[], ["one"]])
def test_nothing_to_share_starts_nothing(parts):
    assert each_in_a_process(lambda part: (part, os.getpid()), parts) == [(part, HERE) for part in parts]


def test_what_is_raised_elsewhere_is_raised_here():
    def work(part):
        if part == 2:
            raise GitError("the object is missing", hint="git fsck")
        return part

    with pytest.raises(GitError, match="the object is missing") as raised:
        each_in_a_process(work, [1, 2, 3])
    assert raised.value.hint == "git fsck"


def test_the_part_of_a_process_that_was_killed_is_worked_on_here():
    def work(part):
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        return part

    assert each_in_a_process(work, ["a", "b"]) == ["a", "b"]


def test_an_interrupt_ends_all_of_them(tmp_path):
    def work(_):
        if os.getpid() == HERE:
            raise KeyboardInterrupt
        (tmp_path / str(os.getpid())).touch()
        threading.Event().wait()

    with pytest.raises(KeyboardInterrupt):
        each_in_a_process(work, [1, 2, 3])
    for file in tmp_path.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(file.name), 0)


def test_processes_end_where_the_one_that_asked_was_killed(tmp_path):
    script = """
import os, sys, time
from pathlib import Path
from modelops_git.edges.processes import each_in_a_process
here = os.getpid()

def work(part):
    if os.getpid() == here:
        while len(list(Path(sys.argv[1]).iterdir())) < 2:
            time.sleep(0.01)
        os.kill(here, 9)
    (Path(sys.argv[1]) / str(os.getpid())).touch()
    return "x" * 1_000_000  # more than a pipe holds

each_in_a_process(work, [1, 2, 3])
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not done.stderr  # which stays open, and is read to the end, until the last of them has ended


def test_a_large_outcome_is_carried():
    assert each_in_a_process(lambda part: part * 5_000_000, ["a", "b"])[1] == "b" * 5_000_000


def test_a_process_with_threads_is_not_forked():
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert available() == 1
    finally:
        done.set()
        thread.join()


def test_elsewhere_than_on_linux_there_is_one(monkeypatch):
    monkeypatch.setattr(processes.sys, "platform", "darwin")
    assert available() == 1
