import threading

import pytest

from modelops_git.engine.in_time import THREADS, in_time


def test_every_job_gives_its_answer():
    assert in_time([lambda n=n: n * n for n in range(30)], 10) == {n: n * n for n in range(30)}
    assert in_time([], 10) == {}


def test_jobs_run_at_once():
    gate = threading.Barrier(THREADS)
    assert set(in_time([gate.wait] * THREADS, 10)) == set(range(THREADS))


def test_who_takes_too_long_is_not_waited_for():
    never = threading.Event()
    found = in_time([never.wait, lambda: 1], 0.2)
    never.set()
    assert found == {1: 1}


def test_a_mistake_in_a_job_is_raised():
    with pytest.raises(ZeroDivisionError):
        in_time([lambda: 1 // 0], 10)
