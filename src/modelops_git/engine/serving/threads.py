"""Threads for work that may never end: whatever hangs costs its own thread, and no end of the process.

Those of `concurrent.futures` are waited for when the process ends, and one that hangs is a thread less for
all that comes after it.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R")


class Job(Generic[R]):
    """Work that waits for a thread, or has one.

    Attributes:
        future: What comes of it.
        of: Whose it is.
        is_abandoned: Whether nobody waits for its thread any more.
    """

    def __init__(self, work: Callable[[], R], of: object) -> None:
        self.future: Future[R] = Future()
        self.of, self.is_abandoned = of, False
        self._work = work

    def run(self) -> None:
        """Do it, unless it was cancelled."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            found = self._work()
        except BaseException as error:  # noqa: BLE001 - whoever waits is given it
            self.future.set_exception(error)
        else:
            self.future.set_result(found)


class Threads:
    """Up to `most` threads, besides those that hang; all end with the process.

    Args:
        most: How much is done at the same time.
        name: What threads are called.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._waiting: SimpleQueue[Job[Any] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._idle = threading.Semaphore(0)
        self._count = self._running = 0
        self._hanging: Counter[object] = Counter()
        self._is_closed = False

    def submit(self, work: Callable[[], R], of: object = None) -> Job[R]:
        """Let something be done; `of` says whose it is, to count what hangs."""
        job = Job(work, of)
        self._waiting.put(job)
        if not self._idle.acquire(blocking=False):
            with self._lock:
                self._begin()
        return job

    def abandon(self, job: Job[Any]) -> None:
        """Wait no longer for work: another thread takes the place of its own, if it has one."""
        if job.future.cancel():
            return
        with self._lock:
            if job.future.done() or job.is_abandoned:
                return
            job.is_abandoned = True
            self._hanging[job.of] += 1
            self._count -= 1
            if not self._waiting.empty():
                self._begin()

    def hangs(self, of: object) -> bool:
        """Whether as much as may be done at the same time hangs of somebody's work."""
        return self._hanging[of] >= self._most

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
        while (job := self._next()) is not None:
            if self._is_closed:
                job.future.cancel()
            with self._lock:
                self._running += 1
            job.run()
            with self._lock:
                self._running -= 1
                if job.is_abandoned:
                    self._hanging[job.of] -= 1
                    return
            del job  # with the request in it

    def _next(self) -> Job[Any] | None:
        """What waits longest; says that a thread is idle before it waits for something."""
        try:
            return self._waiting.get_nowait()
        except Empty:
            self._idle.release()
            return self._waiting.get()
