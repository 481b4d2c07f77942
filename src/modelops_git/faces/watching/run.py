"""Run the controller until a signal ends it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.engine.controller import Clock, Controller
from modelops_git.faces.watching import logs
from modelops_git.faces.watching.metrics import Metrics
from modelops_git.faces.watching.signals import stopping

if TYPE_CHECKING:
    from threading import Event

    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.controller import Beat, Watch
    from modelops_git.engine.starting import Tools

QUIET_SECONDS = 600.0
"""How long the same announcement is not logged again."""


class Outlets(NamedTuple):
    """What is told, and where.

    Attributes:
        metrics: The HOST:PORT of the metrics; empty for none.
        log_format: `text`, `json`, or empty for the one that fits stderr.
    """

    metrics: str = ""
    log_format: str = ""


def watch(repository: Repository, what: Watch, tools: Tools, outlets: Outlets) -> int:
    """Tick until a signal comes; how many ticks there were.

    Raises:
        UsageError: There is no environment of a name, or the address of the metrics makes no sense.
        ModelopsError: The metrics cannot be served.
    """
    logs.begin(outlets.log_format)
    telling, metrics = logs.Telling(), Metrics() if outlets.metrics else None
    ticks = 0

    def tell(beat: Beat) -> None:
        nonlocal ticks
        ticks += 1
        telling.beat(beat)
        if metrics is not None:
            metrics.beat(beat)

    with stopping(_told) as event:
        if metrics is not None:
            metrics.serve(outlets.metrics)
        seconds = what.every.total_seconds()
        logs.log("started", f"watching, at least every {seconds:g} s", every=seconds)
        clock = Clock(event.is_set, event.wait)
        loud = replace(tools, announce=_Announcer(), sleep=lambda seconds: _wait(event, seconds))
        Controller(repository, what, loud, clock).run(tell)
        logs.log("stopped", f"stopped after {ticks} ticks", ticks=ticks)
    return ticks


def _wait(event: Event, seconds: float) -> None:
    event.wait(seconds)


def _told(name: str) -> None:
    logs.log("stopping", f"{name}: stopping when the step under way is done", signal=name)


class _Announcer:
    """Logs what ticks announce; what one after the other says, once in a while."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        self._said = {said: at for said, at in self._said.items() if now - at < QUIET_SECONDS}
        if self._said.setdefault(text, now) == now:
            logs.log("note", text)
