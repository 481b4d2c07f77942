"""Requests are shown to mirrors after they were answered, by a thread of their own: nobody waits for it."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.engine.serving.loaded import Loaded
    from modelops_git.faces.gateway.codecs import Body, Codec, Done
    from modelops_git.faces.gateway.tags import Tag

LEAST = 1024
"""Bytes that a request counts for at least, so that very many small ones are bounded too."""


class Shown(NamedTuple):
    """A request as a mirror is shown it.

    Attributes:
        codec: How it was asked.
        body: What was sent.
        version: The mirror's version.
        tag: By which version of which model.
        answered: The name of the prediction that the caller was given.
        key: What decided who answered; None where chance did.
    """

    codec: Codec
    body: Body
    version: Loaded
    tag: Tag
    answered: str
    key: str | None


class Shadows:
    """What is to be shown to mirrors: a queue that takes so many bytes, and no more.

    Args:
        room: Bytes.
        work: Shows one, and records what came of it.
    """

    def __init__(self, room: int, work: Callable[[Shown], object]) -> None:
        self._room, self._work = room, work
        self._waiting: queue.SimpleQueue[Shown | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._taken = 0
        self._thread: threading.Thread | None = None

    def show(self, shown: Shown) -> bool:
        """Let it be shown; False where there is no room."""
        size = _size(shown)
        with self._lock:
            if self._taken + size > self._room:
                return False
            self._taken += size
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mirrors", daemon=True)
                self._thread.start()
        self._waiting.put(shown)
        return True

    def close(self, seconds: float) -> None:
        """Show what waits, as far as that is done in so many seconds."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(seconds)

    def _run(self) -> None:
        while (shown := self._waiting.get()) is not None:
            self._work(shown)
            with self._lock:
                self._taken -= _size(shown)


def _size(shown: Shown) -> int:
    return max(len(shown.body.content), LEAST)


class Timed(NamedTuple):
    """What came of a request, and how many seconds it took."""

    done: Done
    seconds: float


def timed(run: Callable[[], Done]) -> Timed:
    """Run, and say how long it took."""
    began = time.perf_counter()
    done = run()
    return Timed(done, time.perf_counter() - began)
