"""Threads that predict while the event loop takes other requests, with as little as may be between the two.

`loop.run_in_executor` makes two futures, a condition and four callbacks of every call, and `asyncio.timeout`
a context of its own: together they take several times as long as a small model does. Here a call is one
future, one timer, and one item of a queue; what is done comes back through a pipe (see `_Back`).
"""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections import Counter, deque
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    _Take = Callable[["_Item", Any, Exception | None], None]

R = TypeVar("R")


class _Item:
    """What a thread is to do, and where it says what came of it.

    Attributes:
        of: Whose work it is.
        is_begun: Whether a thread is at it, or was.
        hangs: Whether it was too late and is not done yet: its thread takes nothing else any more.
    """

    __slots__ = ("back", "future", "hangs", "is_begun", "is_done", "of", "work")

    def __init__(self, work: Callable[[], object], back: _Back, of: object) -> None:
        self.work, self.back, self.of = work, back, of
        self.future: asyncio.Future[Any] = back.loop.create_future()
        self.is_begun = self.is_done = self.hangs = False


class _Back:
    """The way from threads back into a loop.

    `loop.call_soon_threadsafe` wakes the loop while its caller still has the interpreter, so that the loop
    wakes up only to wait for that. `os.write` lets go of it first. Whatever else is done until the loop has
    come is taken along.

    Args:
        loop: Where it leads.
        take: Called there with each thing that is done.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, take: _Take) -> None:
        self.loop, self._take = loop, take
        self._done: deque[tuple[_Item, Any, Exception | None]] = deque()
        self._is_called = False
        self._mouth, self._end = os.pipe()
        os.set_blocking(self._mouth, False)
        weakref.finalize(self, _close, self._mouth, self._end).atexit = False  # a thread may come back late
        loop.add_reader(self._mouth, self._arrived)

    def send(self, item: _Item, value: object, error: Exception | None) -> None:
        """Let the loop take what is done; called by any thread."""
        self._done.append((item, value, error))
        if not self._is_called:
            self._is_called = True
            os.write(self._end, b"\0")

    def _arrived(self) -> None:
        os.read(self._mouth, 1024)
        self._is_called = False  # before the first is taken: what comes after the last calls again
        while self._done:
            self._take(*self._done.popleft())


def _close(*files: int) -> None:
    for file in files:
        os.close(file)


class Pool:
    """Threads that work one after the other on what they are given. Used from one event loop.

    A thread is started when all others are at work, and in the place of one that hangs. None of them keeps
    the process from ending: a prediction that never ends would.

    Args:
        threads: How many, at most, besides those that hang; 0 for none, where work is done by the loop
            itself. That is the fastest for what takes no time. Anything else holds up all other requests,
            and is never too late.
    """

    def __init__(self, threads: int) -> None:
        self._most, self._threads, self._at_work = threads, 0, 0
        self._items: SimpleQueue[_Item | None] = SimpleQueue()
        self._hanging: Counter[object] = Counter()
        self._back: _Back | None = None
        self._lock = threading.Lock()

    async def run(self, work: Callable[[], R], seconds: float, of: object = None) -> R:
        """What `work` returns, or raises; `of` says whose it is, to count what hangs.

        Raises:
            TimeoutError: It is not done after so many seconds. It is not ended; where it has not begun, it
                never begins.
        """
        if not self._most:
            return work()
        loop = asyncio.get_running_loop()
        if self._back is None or self._back.loop is not loop:
            self._back = _Back(loop, self._done)
        item = _Item(work, self._back, of)
        late = loop.call_later(seconds, self._late, item)
        self._at_work += 1
        self._items.put(item)
        self._begin()
        try:
            found: R = await item.future
            return found
        finally:
            late.cancel()

    def hangs(self, of: object) -> bool:
        """Whether as much as may be done at the same time hangs of somebody's work."""
        return self._most > 0 and self._hanging[of] >= self._most

    @property
    def is_busy(self) -> bool:
        """Whether anything is being done, or hangs."""
        return self._at_work > 0 or self._hanging.total() > 0

    def close(self) -> None:
        """Let the threads end when they have done what they were given; nobody waits for them."""
        for _ in range(self._threads):
            self._items.put(None)

    def _begin(self) -> None:
        """Start a thread, if there is work for one more."""
        if self._at_work > self._threads and self._threads < self._most:
            self._threads += 1
            threading.Thread(target=self._run, name=f"predicting-{self._threads}", daemon=True).start()

    def _run(self) -> None:
        while (item := self._items.get()) is not None:
            value, error = None, None
            with self._lock:
                item.is_begun = not item.future.done()
            if item.is_begun:
                try:
                    value = item.work()
                except Exception as raised:  # noqa: BLE001 - it is raised where the work was given
                    error = raised
            with self._lock:
                item.is_done = True
                if item.hangs:
                    self._hanging[item.of] -= 1
                    return
            item.back.send(item, value, error)

    def _done(self, item: _Item, value: object, error: Exception | None) -> None:
        """In the loop: hand over what came of it."""
        self._at_work -= 1
        if item.future.done():
            return
        if error is None:
            item.future.set_result(value)
        else:
            item.future.set_exception(error)

    def _late(self, item: _Item) -> None:
        """In the loop: the time is over; another thread takes the place of one that is still at it."""
        if item.future.done():
            return
        with self._lock:
            item.future.set_exception(TimeoutError())
            item.hangs = item.is_begun and not item.is_done
            self._hanging[item.of] += item.hangs
        if item.hangs:
            self._at_work -= 1
            self._threads -= 1
            self._begin()
