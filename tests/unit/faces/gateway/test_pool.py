import asyncio
import gc
import os
import threading
import time
from functools import partial

import pytest

from modelops_git.faces.gateway.pool import Pool

LONG = 30


def inside(story, threads=2):
    """Run a story that is given a pool; it is closed afterwards."""

    async def told():
        pool = Pool(threads)
        try:
            return await story(pool)
        finally:
            pool.close()

    return asyncio.run(told())


def test_work_is_done_in_another_thread_and_its_value_comes_back():
    async def story(pool):
        return await pool.run(threading.get_ident, LONG)

    assert inside(story) != threading.get_ident()


def test_what_work_raises_is_raised_where_it_was_given():
    def fail():
        raise ValueError("no such thing")

    async def story(pool):
        with pytest.raises(ValueError, match="no such thing"):
            await pool.run(fail, LONG)
        return await pool.run(lambda: "and goes on", LONG)

    assert inside(story, threads=1) == "and goes on"


def test_the_loop_goes_on_while_work_is_done():
    free = threading.Event()

    async def story(pool):
        waiting = asyncio.ensure_future(pool.run(lambda: free.wait(LONG), LONG))
        assert await pool.run(lambda: "the other", LONG) == "the other"
        assert not waiting.done()
        free.set()
        return await waiting

    assert inside(story)


def test_no_more_threads_work_than_are_allowed_and_the_rest_waits_its_turn():
    lock, now, most = threading.Lock(), 0, 0

    def work():
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.005)
        with lock:
            now -= 1
        return 1

    async def story(pool):
        return sum(await asyncio.gather(*(pool.run(work, LONG) for _ in range(12))))

    assert inside(story, threads=3) == 12
    assert most == 3


def test_a_thread_that_is_free_is_used_before_another_is_started():
    async def story(pool):
        return {await pool.run(threading.get_ident, LONG) for _ in range(20)}

    assert len(inside(story, threads=8)) == 1


def test_who_waits_too_long_is_told_and_the_thread_is_used_again():
    free = threading.Event()

    async def story(pool):
        with pytest.raises(TimeoutError):
            await pool.run(lambda: free.wait(LONG), 0.01)
        free.set()
        return await pool.run(lambda: "again", LONG)

    assert inside(story, threads=1) == "again"


def test_work_that_nobody_waits_for_any_more_is_not_begun():
    free, begun = threading.Event(), []

    async def story(pool):
        first = asyncio.ensure_future(pool.run(lambda: free.wait(LONG), LONG))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await pool.run(lambda: begun.append("late"), 0.01)
        given_up = asyncio.ensure_future(pool.run(lambda: begun.append("given up"), LONG))
        await asyncio.sleep(0)
        given_up.cancel()
        free.set()
        await first
        return await pool.run(lambda: "next", LONG)

    assert inside(story, threads=1) == "next"
    assert begun == []


def test_work_that_ends_after_its_loop_disturbs_nobody():
    free, ended = threading.Event(), threading.Event()

    def work():
        free.wait(LONG)
        ended.set()

    async def story(pool):
        with pytest.raises(TimeoutError):
            await pool.run(work, 0.01)

    before = threading.excepthook
    said = []
    threading.excepthook = said.append
    try:
        inside(story, threads=1)
        free.set()
        assert ended.wait(LONG)
        wait_for_no_thread()
    finally:
        threading.excepthook = before
    assert said == []


def wait_for_no_thread():
    until = time.monotonic() + LONG
    while any(one.name.startswith("predicting-") for one in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.001)


def test_closing_ends_the_threads():
    async def story(pool):
        await asyncio.gather(*(pool.run(lambda: time.sleep(0.002), LONG) for _ in range(4)))

    inside(story, threads=4)
    wait_for_no_thread()


def test_without_threads_the_loop_does_the_work_itself():
    def fail():
        raise ValueError("no such thing")

    async def story(pool):
        with pytest.raises(ValueError, match="no such thing"):
            await pool.run(fail, LONG)
        return await pool.run(threading.get_ident, LONG)

    assert inside(story, threads=0) == threading.get_ident()


def test_much_that_is_done_at_once_comes_back_to_all_who_wait():
    async def story(pool):
        return await asyncio.gather(*(pool.run(partial(abs, number), LONG) for number in range(2_000)))

    assert inside(story, threads=8) == list(range(2_000))


def test_a_pool_serves_one_loop_after_another_and_leaves_no_file_open():
    async def story(pool):
        return await pool.run(lambda: "done", LONG)

    gc.collect()  # what earlier tests have left
    before = next_file()
    pool = Pool(1)
    for _ in range(20):
        assert asyncio.run(story(pool)) == "done"
    pool.close()
    wait_for_no_thread()
    del pool
    gc.collect()
    assert next_file() <= before


def next_file():
    """The number that the next file gets: the lowest that is free."""
    number = os.dup(0)
    os.close(number)
    return number
