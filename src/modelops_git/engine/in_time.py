"""Several things at once, for which nobody waits longer than so long."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

THREADS = 8
_Answer = TypeVar("_Answer")


class _Done(NamedTuple):
    """A job's number, what it gave, or what it raised."""

    number: int
    answer: object
    error: BaseException | None = None


def in_time(jobs: Sequence[Callable[[], _Answer]], seconds: float) -> dict[int, _Answer]:
    """What the jobs gave, by their numbers; those that took longer are missing.

    A thread that is still at it goes on and is not waited for, also not when the program ends.

    Raises:
        BaseException: What a job raised.
    """
    until = time.monotonic() + seconds
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[_Done] = queue.SimpleQueue()
    for number in range(len(jobs)):
        todo.put(number)

    def work() -> None:
        with_time = True
        while with_time:
            try:
                number = todo.get_nowait()
            except queue.Empty:
                return
            try:
                done.put(_Done(number, jobs[number]()))
            except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
                done.put(_Done(number, None, error))
            with_time = time.monotonic() < until

    for _ in range(min(THREADS, len(jobs))):
        threading.Thread(target=work, daemon=True).start()
    return _collected(done, len(jobs), until)


def _collected(done: queue.SimpleQueue[_Done], count: int, until: float) -> dict[int, _Answer]:
    answers: dict[int, _Answer] = {}
    while len(answers) < count:
        try:
            found = done.get(timeout=max(until - time.monotonic(), 0.001))
        except queue.Empty:
            break
        if found.error is not None:
            raise found.error
        answers[found.number] = found.answer  # type: ignore[assignment]  # a job's own answer
    return answers
