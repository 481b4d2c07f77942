"""Stopping: the first signal lets the step under way come to its end, the second does not wait for it.

The signals are blocked in every thread, and taken by one that waits for them. So the programs that are
started meanwhile have them blocked too: Ctrl-C on a terminal, or a service manager that signals the whole
group, does not end a `git push` in the middle of a step.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelops_git.faces.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stopping(tell: Callable[[str], None]) -> Iterator[threading.Event]:
    """An event that is set by the first signal; `tell` is given its name. The second ends the process."""
    event = threading.Event()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    threading.Thread(target=_wait, args=(event, tell), name="signals", daemon=True).start()
    try:
        yield event
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _wait(event: threading.Event, tell: Callable[[str], None]) -> None:
    first = signal.sigwait(SIGNALS)
    tell(signal.Signals(first).name)
    event.set()
    signal.sigwait(SIGNALS)
    os._exit(ExitCode.INTERRUPTED)  # at once: nothing is lost, for the next tick takes the step over
