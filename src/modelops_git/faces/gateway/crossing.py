"""The ways between an event loop and its threads, on which both sleep at pipes.

Who wakes another thread by a lock, a condition or `loop.call_soon_threadsafe` has the interpreter still, so
that the other wakes up only to wait for that. `os.write` lets go of it first. Where the threads have small
work, that is a good part of the time.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

T = TypeVar("T")
_MOST = 4096
"""Bytes, and so calls, that are read from a pipe at once."""


class ToThreads(Generic[T]):
    """What waits for a thread. Puts and wakes come from one thread."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        # How many threads sleep, without those that are called and not awake yet. Below 0 where one that was
        # called has found something by itself.
        self._asleep, self._lock = 0, threading.Lock()
        self._mouth, self._end = _pipe(self)

    def put(self, item: T) -> None:
        """Let something wait. It does until `wake`, unless a thread is awake."""
        self._items.append(item)

    def wake(self) -> None:
        """Wake as many threads as there is something for."""
        with self._lock:
            called = max(0, min(len(self._items), self._asleep))
            self._asleep -= called
        if called:
            os.write(self._end, bytes(called))

    def get(self) -> T:
        """What waits longest, as soon as there is something; called by any thread."""
        while True:
            try:
                return self._items.popleft()
            except IndexError:
                self._sleep()

    def _sleep(self) -> None:
        with self._lock:
            self._asleep += 1
        if not self._items:
            os.read(self._mouth, 1)
            return
        with (
            self._lock
        ):  # it came meanwhile; if this thread was called for it, the next to sleep wakes in vain
            self._asleep -= 1


class ToLoop(Generic[T]):
    """What threads have done. Whatever is done until the loop has come is taken along.

    Attributes:
        loop: Where it is taken.
        is_due: For who calls something in the loop later: whether that is to come.

    Args:
        loop: The loop.
        take: Called in the loop with each thing that is done.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, take: Callable[[T], object]) -> None:
        self.loop, self.is_due, self._take = loop, False, take
        self._done: deque[T] = deque()
        self._is_called = False
        self._mouth, self._end = _pipe(self)
        loop.add_reader(self._mouth, self._arrived)

    def send(self, done: T) -> None:
        """Let the loop take what is done; called by any thread."""
        self._done.append(done)
        if not self._is_called:
            self._is_called = True
            os.write(self._end, b"\0")

    def _arrived(self) -> None:
        os.read(self._mouth, _MOST)
        self._is_called = False  # before the first is taken: what comes after the last calls again
        while self._done:
            self._take(self._done.popleft())


def _pipe(owner: object) -> tuple[int, int]:
    """Where is read and where is written, as long as anybody has the owner: a thread may come back late."""
    mouth, end = os.pipe()
    weakref.finalize(owner, _close, mouth, end).atexit = False
    return mouth, end


def _close(mouth: int, end: int) -> None:
    os.close(mouth)
    os.close(end)
