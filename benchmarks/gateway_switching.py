"""Requests while the routes change: none may fail, and each change has to be served."""

from __future__ import annotations

import statistics
import threading
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

import wrk
from loads import Effort, ours
from served import MODEL
from servers import running
from tables import Amount, Beside, Section, microseconds, milliseconds, table
from timing import Times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loads import Where
    from modelops_git.core.routes import Route
    from served import Place

TITLE = "The gateway: requests while routes change"
HEAD = ("workers", "routes", "changes", "requests", "failed", "p50", "p99", "longest", "until served, median")
CONNECTIONS, BETWEEN, REFRESH = 8, 0.1, "0.05"
TAIL = 1.0
"""Seconds of requests after the last change."""


class Changing(Effort, Protocol):
    """How much is measured."""

    @property
    def changes(self) -> int:
        """How often the routes change."""


class Watched(NamedTuple):
    """A while of requests.

    Attributes:
        workers: How many processes served.
        load: What came of the requests.
        changes: Seconds until each change was served by all processes.
    """

    workers: int
    load: wrk.Load
    changes: list[float]

    def row(self) -> list[str]:
        """For the table."""
        return [
            str(self.workers),
            "change" if self.changes else "stay",
            str(len(self.changes)),
            f"{self.load.requests:,}",
            str(self.load.failed),
            microseconds(self.load.p50),
            microseconds(self.load.p99),
            milliseconds(self.load.most),
            milliseconds(statistics.median(self.changes)) if self.changes else "",
        ]


def measure(asking: wrk.Client, made: Place, where: Where, folder: Path, effort: Changing) -> Section:
    """Send requests while the routes change, and as long while they stay, to one process and to two."""
    found = []
    for workers in (1, 2):
        server = ours(where, made, TITLE, "--workers", str(workers), "--refresh", REFRESH)
        with running(server, folder / "servers.log"):
            wrk.load(asking, server.url, CONNECTIONS, 1)
            changing = _changed(asking, server.url, made, effort.changes)
            staying = wrk.load(asking, server.url, CONNECTIONS, changing[0].seconds)
            found += [Watched(workers, *changing), Watched(workers, staying, [])]
    return Section(TITLE, Amount(microseconds), (), list(_beside(found)), [_rows(found), _note()])


def _changed(asking: wrk.Client, url: str, made: Place, changes: int) -> tuple[wrk.Load, list[float]]:
    """Change the routes again and again, and send requests until a moment after the last change."""
    loads: list[wrk.Load] = []
    took = _rehearsed(made, changes)
    asked = threading.Thread(target=lambda: loads.append(wrk.load(asking, url, CONNECTIONS, took + TAIL)))
    asked.start()
    time.sleep(TAIL / 2)
    found = [_change(made, number) for number in range(changes)]
    is_covered = asked.is_alive()
    asked.join()
    assert is_covered, "requests ended before the last change"
    made.serve([made.routes[0]])
    return loads[0], found


def _rehearsed(made: Place, changes: int) -> float:
    """About how many seconds so many changes will take: twice what three of them take."""
    began = time.perf_counter()
    for number in range(3):
        _change(made, number)
    return 2 * changes * (time.perf_counter() - began) / 3


def _change(made: Place, number: int) -> float:
    """Change the routes once, and wait until every process serves them; says how long that took."""
    began = time.perf_counter()
    made.serve(_routes(made, number))
    health = made.gateway.health(MODEL)
    assert health.is_good, health.problems
    took = time.perf_counter() - began
    time.sleep(BETWEEN)
    return took


def _routes(made: Place, number: int) -> list[Route]:
    """The versions in turn, each with a share of the next one, or as a mirror of it: most are loaded anew."""
    one, other = (made.routes[(number + by) % len(made.routes)] for by in range(2))
    if number % 3 == 0:
        return [one]
    if number % 3 == 1:
        return [
            one.model_copy(update={"weight": 50}),
            other.model_copy(update={"role": "candidate", "weight": 50}),
        ]
    return [one, other.model_copy(update={"role": "mirror", "weight": 100})]


def _beside(found: list[Watched]) -> Iterator[Beside]:
    for changing, staying in zip(found[::2], found[1::2], strict=True):
        times, calm = (Times("", [one.load.p99], [0.0]) for one in (changing, staying))
        yield Beside(
            f"p99 while routes change beside while they stay, workers: {changing.workers}", times, calm
        )


def _rows(found: list[Watched]) -> str:
    return table(HEAD, [one.row() for one in found])


def _note() -> str:
    return (
        f"wrk over {CONNECTIONS} connections, all predictions logged. A change replaces the route table, as "
        "an apply does; most changes bring a version that is not in memory any more, which is verified and "
        "loaded while requests are answered. *Until served*: from the change until every process says that "
        f"it serves it; they look every {REFRESH} s here, every 0.5 s otherwise. No CPU is compared."
    )
