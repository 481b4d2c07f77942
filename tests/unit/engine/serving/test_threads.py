"""Threads whose work may hang: it keeps its own thread, and no process from ending."""

from __future__ import annotations

import subprocess
import sys
import threading

from fakegateway import eventually
from modelops_git.engine.serving.threads import Threads


def test_all_work_is_done():
    threads, done = Threads(2, "test"), []
    for at in range(9):
        threads.submit(lambda at=at: done.append(at))
    assert eventually(lambda: sorted(done) == [*range(9)])
    assert eventually(lambda: not threads.is_busy)


def test_no_more_is_done_at_once_than_said():
    threads, gate, at_once = Threads(3, "test"), threading.Event(), []
    for _ in range(9):
        threads.submit(lambda: (at_once.append(1), gate.wait(10)))
    assert eventually(lambda: len(at_once) == 3)
    assert threads.is_busy
    gate.set()
    assert eventually(lambda: len(at_once) == 9)


def test_what_waits_when_they_are_closed_is_not_begun():
    threads, gate, begun = Threads(1, "test"), threading.Event(), []
    threads.submit(lambda: gate.wait(10))
    assert eventually(lambda: threads.is_busy)
    threads.submit(lambda: begun.append(1))
    threads.close()
    gate.set()
    assert eventually(lambda: not threads.is_busy)
    assert not begun


def test_a_process_ends_whatever_hangs():
    program = (
        "import threading\n"
        "from modelops_git.engine.serving.threads import Threads\n"
        "threads = Threads(1, 'test')\n"
        "threads.submit(threading.Event().wait)\n"
        "while not threads.is_busy: pass\n"
        "threads.close()\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=30, check=False).returncode == 0
