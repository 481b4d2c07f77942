"""What is given to threads is taken once, however they sleep and wake meanwhile."""

from __future__ import annotations

import threading
import time

import pytest

from modelops_git.faces.gateway.crossing import ToThreads

LONG = 30


@pytest.mark.parametrize("threads", [1, 3, 8])
def test_everything_is_taken_once_and_nobody_sleeps_while_something_waits(threads):
    waiting, taken, lock = ToThreads(), [], threading.Lock()
    all_taken = threading.Event()

    def take():
        while (item := waiting.get()) is not None:
            with lock:
                taken.append(item)
                if len(taken) == 3_000:
                    all_taken.set()

    running = [threading.Thread(target=take, daemon=True) for _ in range(threads)]
    for one in running:
        one.start()
    for number in range(3_000):
        waiting.put(number)
        if number % 3 != 1:
            waiting.wake()
        if number % 100 == 0:
            time.sleep(0.001)
    waiting.wake()
    assert all_taken.wait(LONG)
    assert sorted(taken) == list(range(3_000))
    for _ in running:
        waiting.put(None)
    waiting.wake()
    for one in running:
        one.join(LONG)
    assert not any(one.is_alive() for one in running)


def test_a_thread_that_was_called_in_vain_sleeps_again_and_is_called_once_more():
    waiting, taken = ToThreads(), threading.Event()

    def take():
        while waiting.get() is not None:
            taken.set()

    running = threading.Thread(target=take, daemon=True)
    waiting.put("before anybody is there")
    waiting.wake()
    running.start()
    for _ in range(300):
        assert taken.wait(LONG)
        taken.clear()
        waiting.put("once more")
        waiting.wake()
    waiting.put(None)
    waiting.wake()
    running.join(LONG)
    assert not running.is_alive()


def test_calls_do_not_pile_up(monkeypatch):
    """Nobody would read them, and the pipe would be full one day."""
    waiting, called = ToThreads(), []
    monkeypatch.setattr("modelops_git.faces.gateway.crossing.os.write", lambda _, some: called.append(some))
    for number in range(100):
        waiting.put(number)
        waiting.wake()
    assert called == []
    assert [waiting.get() for _ in range(100)] == list(range(100))


def test_a_thread_that_finds_something_by_itself_is_not_counted_as_asleep(monkeypatch):
    waiting = ToThreads()
    real = waiting._lock

    class Meanwhile:
        """Something is put, and the thread called for it, just when it has said that it sleeps."""

        is_first = True

        def __enter__(self):
            real.acquire()

        def __exit__(self, *_):
            real.release()
            if Meanwhile.is_first:
                Meanwhile.is_first = False
                waiting.put("meanwhile")
                waiting.wake()

    monkeypatch.setattr(waiting, "_lock", Meanwhile())
    for _ in range(2):
        assert waiting.get() == "meanwhile"
        assert waiting._asleep == -1, "one call is on its way"
        waiting.put("meanwhile")
