"""The controller: what a tick takes when nothing has changed, and when one of the rollouts is due.

Beside nothing: peers have no such loop over a git registry. The aim is absolute, for one core: a tick over
2,000 settled rollouts in well under ten seconds.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import registry
from modelops_git.edges.git.repository import Repository
from modelops_git.engine.controller import Clock, Controller, Watch
from modelops_git.engine.starting import Tools
from promotions import ENVIRONMENT, promoted
from tables import Amount, Section, milliseconds
from timing import time_calls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from promotions import Promoted
    from timing import Times

SIZES = (100, 2_000)
QUICK_SIZES = (20, 200)


def measure(folder: Path, env: Mapping[str, str], sizes: Sequence[int] = SIZES, *, runs: int = 5) -> Section:
    """Time ticks over registries of so many rollouts, on one core."""
    times: list[Times] = []
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        for size in sizes:
            times += _ticks(promoted(folder / f"controller-{size}", size, size, env), runs=runs)
    finally:
        os.sched_setaffinity(0, cores)
    note = (
        "One environment; the remote lies on the same disk. Each tick fetches the default branch and the "
        "journal, and asks the target about every model. All of it on one core, git's programs included."
    )
    return Section("The controller: ticks", Amount(milliseconds), times, (), [note])


def _ticks(made: Promoted, *, runs: int) -> list[Times]:
    controller, size = _controller(made), f"{len(made.models):,} rollouts"
    tick, merged = partial(_tick, controller, made), partial(_merged, controller, made)
    return [
        *time_calls({f"the first tick of a process, {size}": partial(_first, made)}, runs=1),
        *time_calls({f"a tick in which nothing is due, {size}": tick}, runs=runs),
        *time_calls({f"the tick after a merge, {size}": merged}, runs=1),
    ]


def _controller(made: Promoted) -> Controller:
    watch = Watch((ENVIRONMENT,), timedelta(seconds=30))
    clock = Clock(lambda: False, lambda _: None)
    return Controller(Repository.open(made.root), watch, Tools(ThreadPoolExecutor(1)), clock)


def _first(made: Promoted) -> None:
    _tick(_controller(made), made)


def _tick(controller: Controller, made: Promoted) -> None:
    beat = controller.tick()
    assert beat.problem is None
    (done,) = beat.rounds
    assert not done.failures
    assert not done.findings
    assert list(done.states.values()) == ["live"] * len(made.models)


def _merged(controller: Controller, made: Promoted) -> None:
    """Something else is merged, so that all manifests of another commit are checked."""
    with (made.root / "notes.txt").open("a", encoding="utf-8") as notes:
        notes.write("Anything.\n")
    made.git("add", "notes.txt")
    made.git("commit", "--quiet", "-m", "Note something")
    made.git("push", "--quiet", "origin", registry.BRANCH)
    _tick(controller, made)
