"""Threads that predict while the event loop takes other requests, with as little as may be between the two.

`loop.run_in_executor` makes two futures, a condition and four callbacks of every call, and `asyncio.timeout`
a context of its own: together they take several times as long as a small model does. Here a call is one
future, one timer, and one item of a queue; both sleep at pipes (see `crossing`).
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from modelops_git.faces.gateway.crossing import ToLoop, ToThreads

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


class _Item:
    """What a thread is to do, and where it says what came of it.

    Attributes:
        of: Whose work it is.
        is_begun: Whether a thread is at it, or was.
        hangs: Whether it was too late and is not done yet: its thread takes nothing else any more.
    """

    __slots__ = ("back", "future", "hangs", "is_begun", "is_done", "of", "work")

    def __init__(self, work: Callable[[], object], back: ToLoop[_Done], of: object) -> None:
        self.work, self.back, self.of = work, back, of
        self.future: asyncio.Future[Any] = back.loop.create_future()
        self.is_begun = self.is_done = self.hangs = False


class _Done(NamedTuple):
    """What came of an item: a value, or an error."""

    item: _Item
    value: Any
    error: Exception | None


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
        self._items: ToThreads[_Item | None] = ToThreads()
        self._hanging: Counter[object] = Counter()
        self._back: ToLoop[_Done] | None = None
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
        back = self._way_back(loop)
        item = _Item(work, back, of)
        late = loop.call_later(seconds, self._late, item)
        self._at_work += 1
        self._items.put(item)
        self._begin()
        if not back.is_due:  # once for all that comes in one turn of the loop, and at its end
            back.is_due = True
            loop.call_soon(self._wake, back)
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
        self._items.wake()

    def _way_back(self, loop: asyncio.AbstractEventLoop) -> ToLoop[_Done]:
        if self._back is None or self._back.loop is not loop:
            self._back = ToLoop(loop, self._take)
        return self._back

    def _wake(self, back: ToLoop[_Done]) -> None:
        back.is_due = False
        self._items.wake()

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
            item.back.send(_Done(item, value, error))

    def _take(self, done: _Done) -> None:
        """In the loop: hand over what came of it."""
        item, value, error = done
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
