"""A progress bar on stderr that appears only when the work takes more than a second."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, Self

import click

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE = 1.0
"""Seconds of work before the bar is drawn: quick work needs none."""


class Progress:
    """Counts units of work, usually bytes; draws a bar where there is someone to see it."""

    def __init__(self, label: str, total: int, *, shown: bool) -> None:
        self._label = label
        self._total = total
        self._shown = shown
        self._done = 0
        self._given_up = False
        self._bar: Any = None
        self._lock = threading.Lock()
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def advance(self, amount: int) -> None:
        """Count `amount` more; safe to call from several threads.

        Raises:
            CancelledError: The work was given up, by an error or Ctrl-C: a worker that hashes a large file
                ends here instead of at the end of the file.
        """
        if self._given_up:
            raise CancelledError
        if not self._shown:
            return
        with self._lock:
            self._done += amount
            if self._bar is not None:
                self._bar.update(amount, self._speed())
            elif time.monotonic() - self._began > PATIENCE:
                self._draw()

    def _draw(self) -> None:
        self._bar = click.progressbar(
            length=self._total, label=self._label, file=sys.stderr, item_show_func=lambda speed: speed
        )
        self._bar.__enter__()
        self._bar.update(self._done, self._speed())

    def _speed(self) -> str:
        """Bytes per second since the beginning, for people; the bar itself tells the time that is left."""
        speed = self._done / max(time.monotonic() - self._began, 1e-9)
        for unit in ("B/s", "kB/s", "MB/s"):
            if speed < 1000:  # noqa: PLR2004 - the step from unit to unit
                return f"{speed:.0f} {unit}"
            speed /= 1000
        return f"{speed:.1f} GB/s"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._given_up = error is not None
        if self._bar is not None:
            self._bar.__exit__(kind, error, trace)
