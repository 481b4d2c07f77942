"""What the tests of a plan need, by what providers say of the live versions now.

A plan never fails because of it: what cannot be asked in a few seconds is not known, and the plan says so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import ModelopsError
from modelops_git.core.places import Home
from modelops_git.core.planning.forecast import (
    Forecast,
    Traffic,
    counts_from_the_begin,
    forecast,
    of_comparisons,
    parts,
)
from modelops_git.core.routes import ALL, stable
from modelops_git.engine.accepted import acceptance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.planning.plan import PlannedAction
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.plan import Planned

WINDOW = timedelta(hours=1)
"""The time before now that the live versions are measured for."""
SECONDS = 5.0
"""How long all providers together may take."""
MOST_ASKED = 100
"""How many metrics are asked for. A plan of more rollouts than that is not read line by line."""

_DRAFT = "providers are asked as merged analyses say, and this one is not merged yet"


class Forecasts(NamedTuple):
    """What tests need, and how many are left out, since only so many are asked about."""

    found: tuple[Forecast, ...] = ()
    left_out: int = 0


class _Wanted(NamedTuple):
    """A forecast to be made, the name of its measurement, and the weight of the live version."""

    bare: Forecast
    key: str
    weight: int


def forecasts(repository: Repository, intent: Intent, planned: Planned, now: datetime) -> Forecasts:
    """What each test in planned rollouts needs, in the order of the plan.

    Nothing is asked, and nothing loaded, where no planned rollout is judged by a test. Whom to ask is said by
    analyses that were merged, never by those of a branch: they name addresses and tokens.

    Args:
        repository: The clone.
        intent: What is planned.
        planned: What would be done.
        now: The time.
    """
    is_merged = acceptance(repository, intent.catalog.snapshot)
    wanted = [one for action in planned.plan.changes for one in _wanted(intent, action)]
    kept = set(list(dict.fromkeys(one.key for one in wanted))[:MOST_ASKED])
    asked = {
        one.key: one
        for one in wanted
        if one.key in kept
        and _is_counted(one.bare)
        and is_merged(_path(one.bare), planned.applied.get(one.bare.environment))
    }
    found = _answers(asked, repository.root, now) if asked else {}
    made = tuple(_made(one, found) for one in wanted if one.key in kept)
    return Forecasts(made, len(wanted) - len(made))


def _path(bare: Forecast) -> str:
    return Home("Analysis", name=bare.analysis).path


def _wanted(intent: Intent, action: PlannedAction) -> Iterator[_Wanted]:
    live = stable(action.before)
    for part in parts(action):
        for name in part.analysis:
            document = intent.catalog.analysis(name)
            for metric in document.manifest.metrics if document else ():
                if metric.test is not None:
                    bare = Forecast(action.environment, action.model, part, name, metric)
                    named = (action.environment, action.model, part.live.digest, name, metric.name)
                    yield _Wanted(bare, "\n".join(named), live.weight if live else ALL)


def _is_counted(bare: Forecast) -> bool:
    return bare.metric.ratio is not None or bare.metric.histogram is not None


def _answers(asked: Mapping[str, _Wanted], root: Path, now: datetime) -> dict[str, Point]:
    from modelops_git.core.assessing.points import Point
    from modelops_git.edges.metrics.base import Question, Side
    from modelops_git.engine.measuring import Asked, answers

    def question(bare: Forecast) -> Question:
        live = bare.part.live
        began = now - WINDOW
        return Question(
            metric=bare.metric,
            model=bare.model,
            environment=bare.environment,
            candidate=Side("stable", live.version, live.digest),
            stable=None,
            instants=(now,),
            began=began,
            since=began,
        )

    questions = [Asked(one.bare.metric, key, (), question(one.bare)) for key, one in asked.items()]
    try:
        found = answers(questions, root, SECONDS)
    except ModelopsError as error:
        return {key: Point(now, error=error.message) for key in asked}
    return {key: points[-1] for key, points in found.items() if points}


def _made(wanted: _Wanted, found: Mapping[str, Point]) -> Forecast:
    bare = wanted.bare
    if not _is_counted(bare):
        return of_comparisons(bare)
    point = found.get(wanted.key)
    if point is None:
        return replace(bare, unknown=_DRAFT)
    if point.error:
        return replace(bare, unknown=point.error.rstrip("."))
    seconds = WINDOW.total_seconds() if counts_from_the_begin(bare.metric) else None
    return forecast(bare, Traffic(point.candidate, seconds, wanted.weight))
