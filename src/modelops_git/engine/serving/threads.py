"""Threads for work that may never end: whatever hangs costs its own thread, and not the end of the process.

Those of `concurrent.futures` are waited for when the process ends.
"""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Work = Callable[[], object]


class Threads:
    """Up to `most` threads, which end with the process.

    Args:
        most: How much is done at the same time.
        name: What threads are called.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._waiting: SimpleQueue[Work | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._idle = threading.Semaphore(0)
        self._count = self._running = 0
        self._is_closed = False

    def submit(self, work: Work) -> None:
        """Let something be done; it must not raise."""
        self._waiting.put(work)
        if not self._idle.acquire(blocking=False):
            with self._lock:
                self._begin()

    @property
    def is_busy(self) -> bool:
        """Whether anything is being done, or hangs."""
        with self._lock:
            return self._running > 0

    def close(self) -> None:
        """Begin nothing more; what is under way is not waited for."""
        self._is_closed = True
        with self._lock:
            for _ in range(self._count):
                self._waiting.put(None)

    def _begin(self) -> None:
        if self._count < self._most:
            self._count += 1
            threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def _run(self) -> None:
        while (work := self._next()) is not None:
            if self._is_closed:
                continue
            with self._lock:
                self._running += 1
            try:
                work()
            finally:
                with self._lock:
                    self._running -= 1

    def _next(self) -> Work | None:
        """What waits longest; says that a thread is idle before it waits for something."""
        try:
            return self._waiting.get_nowait()
        except Empty:
            self._idle.release()
            return self._waiting.get()
