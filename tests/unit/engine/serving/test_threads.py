"""Threads whose work may hang: it keeps its own thread, and no other work from being done."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from fakegateway import eventually
from modelops_git.engine.serving.threads import Threads


def test_work_is_done_and_what_it_raises_is_given_on():
    threads = Threads(2, "test")
    assert [threads.submit(lambda at=at: at * 2).future.result(10) for at in range(9)] == [*range(0, 18, 2)]
    with pytest.raises(ZeroDivisionError):
        threads.submit(lambda: 1 // 0).future.result(10)


def test_no_more_is_done_at_once_than_said():
    threads, gate, at_once = Threads(3, "test"), threading.Event(), []
    jobs = [threads.submit(lambda: (at_once.append(1), gate.wait(10))) for _ in range(9)]
    assert eventually(lambda: len(at_once) == 3)
    gate.set()
    assert all(job.future.result(10) for job in jobs)


def test_what_hangs_is_replaced_and_counted_until_it_ends():
    threads, gate = Threads(2, "test"), threading.Event()
    jobs = [threads.submit(lambda: gate.wait(10), "slow") for _ in range(2)]
    assert eventually(lambda: all(job.future.running() for job in jobs))
    waiting = threads.submit(lambda: "done", "fast")
    for job in jobs:
        threads.abandon(job)
        threads.abandon(job)
    assert waiting.future.result(10) == "done"
    assert threads.submit(lambda: "done", "fast").future.result(10) == "done"
    assert threads.hangs("slow")
    assert not threads.hangs("fast")
    gate.set()
    assert eventually(lambda: not threads.hangs("slow"))


def test_what_was_not_begun_is_never_begun_once_nobody_waits():
    threads, gate, begun = Threads(1, "test"), threading.Event(), []
    first = threads.submit(lambda: gate.wait(10))
    second = threads.submit(lambda: begun.append(1))
    threads.abandon(second)
    gate.set()
    assert first.future.result(10)
    assert threads.submit(lambda: "done").future.result(10) == "done"
    assert not begun
    assert not threads.hangs(None)


def test_a_process_ends_whatever_hangs():
    program = (
        "import threading\n"
        "from modelops_git.engine.serving.threads import Threads\n"
        "threads = Threads(1, 'test')\n"
        "job = threads.submit(threading.Event().wait)\n"
        "while not job.future.running(): pass\n"
        "threads.close()\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode == 0
