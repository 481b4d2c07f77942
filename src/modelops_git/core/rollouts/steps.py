"""Strategies and experiments as tuples of steps, in absolute routes, which is how a run is frozen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.clock import parse_duration
from modelops_git.core.journal.runs import Step
from modelops_git.core.routes import ALL, Route, stable

if TYPE_CHECKING:
    from modelops_git.core.journal.runs import Action, StrategyType
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.manifests.strategy import BlueGreen, Canary, CanaryStep
    from modelops_git.core.rollouts.desired import Desired, Experiment

GRACE = timedelta(hours=24)
"""What a run has beyond the times of its steps, where its strategy gives no deadline: every run ends."""


class Course(NamedTuple):
    """All that a run will do.

    Attributes:
        steps: One after the other.
        strategy: Where they come from.
        analysis: The analyses that judge all of them.
        deadline: Seconds of open time after which the run is aborted; None for an experiment.
    """

    steps: tuple[Step, ...]
    strategy: StrategyType
    analysis: tuple[str, ...] = ()
    deadline: int | None = None


def course_towards(desired: Desired, action: Action, state: ModelState | None) -> Course:
    """The course of a rollout.

    A rollback, a retirement and a change that leaves the version as it is take one step; so does a first
    deployment, unless the manifest wants its strategy.
    """
    strategy = desired.strategy
    is_first = action == "create" and (state is None or not state.deployed)
    at_once = action in ("rollback", "retire", "update")
    if at_once or strategy.type == "immediate" or (is_first and desired.first_deployment == "skip"):
        step = Step(action=action, routes=desired.routes)
        return Course((step,), strategy.type, deadline=_seconds(GRACE))
    live = stable(state.routes) if state else None
    if strategy.type == "canary":
        steps = _canary(strategy, live, desired.routes[0], action)
        return Course(steps, "canary", tuple(strategy.analysis), _deadline(strategy.deadline, steps))
    steps = _blue_green(strategy, live, desired.routes[0], action)
    return Course(steps, "blue_green", (), _deadline(strategy.deadline, steps))


def course_of(experiment: Experiment, live: tuple[Route, ...]) -> Course:
    """The course of an experiment: one step, which lasts until its end."""
    return Course(
        (Step(action="shift", routes=beside(experiment, live)),), experiment.type, experiment.analysis
    )


def beside(experiment: Experiment, live: tuple[Route, ...]) -> tuple[Route, ...]:
    """What serves while an experiment lasts; what is live keeps the rest of the traffic."""
    if experiment.type == "mirror":
        return (*live, *experiment.candidates)
    rest = ALL - sum(route.weight for route in experiment.candidates)
    return (*(_weighing(route, rest) for route in live if route.role == "stable"), *experiment.candidates)


def _canary(strategy: Canary, live: Route | None, new: Route, action: Action) -> tuple[Step, ...]:
    shifts = (
        Step(
            action="shift",
            routes=_shared(live, new, step.weight),
            lasts=_lasts(step),
            until_resumed=step.until is not None,
            analysis=tuple(step.analysis),
        )
        for step in strategy.steps
    )
    return (*shifts, Step(action=action, routes=(new,)))


def _lasts(step: CanaryStep) -> int | None:
    return _seconds(parse_duration(step.for_)) if step.for_ else None


def _shared(live: Route | None, new: Route, weight: int) -> tuple[Route, ...]:
    """Two versions side by side; the new one alone where nothing else is there to take the rest."""
    if live is None:
        return (new,)
    return (_weighing(live, ALL - weight), _weighing(new, weight, role="candidate"))


def _blue_green(strategy: BlueGreen, live: Route | None, new: Route, action: Action) -> tuple[Step, ...]:
    switch = Step(action=action, routes=(new,))
    after = _duration(strategy.after)
    by_hand = strategy.promote == "by_hand"
    waits = after or by_hand or strategy.pre_promotion
    before = (live,) if live else ()
    preview = Step(
        action="shift",
        routes=(*before, _weighing(new, 0, role="preview" if strategy.preview else "candidate")),
        lasts=after,
        until_resumed=by_hand,
        analysis=tuple(strategy.pre_promotion),
    )
    opening = (preview,) if strategy.preview or waits else ()
    keeps = _duration(strategy.keep_previous)
    if keeps is None and not strategy.post_promotion:
        return (*opening, switch)
    kept = (_weighing(live, 0, role="previous"),) if live else ()
    post = Step(action="shift", routes=(new, *kept), lasts=keeps, analysis=tuple(strategy.post_promotion))
    return (*opening, post, switch)


def _weighing(route: Route, weight: int, role: str = "") -> Route:
    changes = {"weight": weight} | ({"role": role} if role else {})
    return route.model_copy(update=changes)


def _duration(text: str | None) -> int | None:
    return None if text is None else _seconds(parse_duration(text))


def _deadline(text: str | None, steps: tuple[Step, ...]) -> int:
    given = _duration(text)
    return given if given is not None else sum(step.lasts or 0 for step in steps) + _seconds(GRACE)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
