"""Threads that predict while the event loop takes other requests, with as little as may be between the two.

`loop.run_in_executor` makes two futures, a condition and four callbacks of every call, and `asyncio.timeout`
a context of its own: together they take several times as long as a small model does. Here a call is one
future, one timer, and one item of a queue.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


class _Item(NamedTuple):
    """What a thread is to do, and where it says what came of it."""

    work: Callable[[], object]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


class Pool:
    """Threads that work one after the other on what they are given. Used from one event loop.

    A thread is started when all others are at work. None of them keeps the process from ending: a prediction
    that never ends would.

    Args:
        threads: How many, at most; 0 for none, where work is done by the loop itself. That is the fastest for
            what takes no time. Anything else holds up all other requests, and is never too late.
    """

    def __init__(self, threads: int) -> None:
        self._most, self._threads, self._at_work = threads, 0, 0
        self._items: SimpleQueue[_Item | None] = SimpleQueue()

    async def run(self, work: Callable[[], R], seconds: float) -> R:
        """What `work` returns, or raises.

        Raises:
            TimeoutError: It is not done after so many seconds. It is not ended; where it has not begun, it
                never begins.
        """
        if not self._most:
            return work()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        late = loop.call_later(seconds, _late, future)
        self._at_work += 1
        if self._at_work > self._threads and self._threads < self._most:
            self._threads += 1
            threading.Thread(target=self._run, name=f"predicting-{self._threads}", daemon=True).start()
        self._items.put(_Item(work, loop, future))
        try:
            return await future
        finally:
            late.cancel()

    def close(self) -> None:
        """Let the threads end when they have done what they were given; nobody waits for them."""
        for _ in range(self._threads):
            self._items.put(None)

    def _run(self) -> None:
        while (item := self._items.get()) is not None:
            value, error = None, None
            if not item.future.done():
                try:
                    value = item.work()
                except Exception as raised:  # noqa: BLE001 - it is raised where the work was given
                    error = raised
            with suppress(RuntimeError):  # the loop has ended, and nobody waits
                item.loop.call_soon_threadsafe(self._done, item.future, value, error)

    def _done(self, future: asyncio.Future[Any], value: object, error: Exception | None) -> None:
        self._at_work -= 1
        if future.done():
            return
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


def _late(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())
