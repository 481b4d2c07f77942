"""The thread that keeps what is served up to date, and says what this process serves."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import TYPE_CHECKING

from modelops_git.core.errors import TargetError
from modelops_git.edges.targets import instances
from modelops_git.engine.serving.live import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from modelops_git.engine.serving.live import Live

IDLE = 20
"""How many times as long as a look takes of a core is waited at least: so, with thousands of tables, looking
takes a twentieth of it and no more."""


class Watcher:
    """Refreshes what is live every so many seconds, from a thread of its own.

    Args:
        live: What is kept up to date.
        roots: The folders of the gateways.
        name: Names this process in its report.
        tell: Is given what goes wrong.
    """

    def __init__(
        self, live: Live[Any], roots: Sequence[Path], name: str, tell: Callable[[Event], None]
    ) -> None:
        self._live, self._roots, self._name, self._tell = live, roots, name, tell
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._said: tuple[instances.Report | None, float] = (None, 0.0)
        self._problems: dict[str, str] = {}

    def start(self, every: float) -> None:
        """Look at once, and then every so many seconds."""
        self._look()
        self._thread = threading.Thread(target=self._run, args=(every,), name="watching", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Come to an end, and say that this process serves nothing any more."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._live.close()
        for root in self._roots:
            instances.forget_report(root, self._name)

    def _run(self, every: float) -> None:
        pause = every
        while not self._stop.wait(pause):
            began = time.thread_time()
            self._look()
            pause = max(every, min((time.thread_time() - began) * IDLE, instances.BEAT))

    def _look(self) -> None:
        """Both of it, whatever goes wrong: without this thread no new route would ever be served."""
        self._tried("tables", self._live.refresh)
        self._tried("report", self._report)

    def _tried(self, what: str, do: Callable[[], None]) -> None:
        try:
            do()
            self._problems.pop(what, None)
        except TargetError as error:
            self._problem(what, error.message)
        except OSError as error:
            self._problem(what, f"cannot say what is served: {error.strerror or error}")
        except Exception as error:  # noqa: BLE001 - it is told, and tried again
            self._problem(what, f"{type(error).__name__}: {error}")

    def _problem(self, what: str, said: str) -> None:
        """Tell it once for as long as it lasts."""
        if self._problems.get(what) != said:
            self._problems[what] = said
            self._tell(Event("failed", "", said))

    def _report(self) -> None:
        """Say what is served: when that changes, and now and then that it is still so."""
        before, at = self._said
        report = instances.Report(
            name=self._name, host=socket.gethostname(), pid=os.getpid(), models=self._live.serving()
        )
        now = time.monotonic()
        if report == before and now - at < instances.BEAT:
            return
        for root in self._roots:
            if report != before:
                instances.write_report(root, report)
            else:
                os.utime(instances.path_of(root, self._name))
        self._said = (report, now)
