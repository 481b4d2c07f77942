"""An experiment beside what is live: when it begins and ends. It changes nothing of what is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from modelops_git.core.clock import format_time
from modelops_git.core.rollouts.advancing import said
from modelops_git.core.rollouts.calendar import closed_at
from modelops_git.core.rollouts.decisions import End, Measure, Proceed, Start, Stay
from modelops_git.core.rollouts.steps import course_of
from modelops_git.core.routes import ALL, whole

if TYPE_CHECKING:
    from modelops_git.core.journal.state import ModelState, Run
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.rollouts.situation import Situation
    from modelops_git.core.routes import Route


def begin_experiment(at: Situation) -> Decision | None:
    """The beginning of the experiment that is wanted; None where none is due."""
    wanted, state = at.desired.experiment, at.state
    if wanted is None or state.trying or at.now >= wanted.until or whole(state.routes) is None:
        return None
    if state.hold_against(at.desired.trial):
        return None
    known = state.experiment and state.experiment.generation
    if known == at.desired.trial and known not in state.retries:
        return None
    closed = closed_at(at.desired.rules, at.now)
    if closed:
        return Stay(closed.reason, closed.until)
    course = course_of(wanted, state.routes)
    return Start("shift", course, at.desired.trial, course.steps[0].routes, wanted.until)


def experiment_goes_on(at: Situation, trial: Run) -> Decision | None:
    """What the experiment under way leads to; None where it just goes on."""
    if trial.done == 0:
        return Proceed(trial, 0, trial.steps[0].routes)
    wanted = at.desired.experiment
    if wanted is None or at.desired.trial != trial.generation or not at.desired.routes:
        return _end(at, trial, "superseded", "it is no longer wanted")
    if at.now >= wanted.until:
        return _end(at, trial, "succeeded", f"it has lasted until {format_time(wanted.until)}")
    return _judged(at, trial) if trial.analysis else None


def _judged(at: Situation, trial: Run) -> Decision | None:
    judged = at.measured.get(trial.run)
    if judged is None:
        return Measure(trial)
    if judged.verdict == "failed":
        return End(trial, "failed", without(at.state), said(judged), judged)
    return None


def without(state: ModelState) -> tuple[Route, ...]:
    """What serves when the experiment under way is over."""
    trial = state.trying
    if trial is None:
        return state.routes
    if trial.strategy == "mirror":
        return tuple(route for route in state.routes if route.role != "mirror")
    live = (route for route in state.routes if route.role == "stable")
    others = tuple(route for route in state.routes if route.role not in ("stable", "candidate"))
    return (*(route.model_copy(update={"weight": ALL}) for route in live), *others)


def _end(at: Situation, trial: Run, result: Literal["superseded", "succeeded"], reason: str) -> End:
    return End(trial, result, without(at.state), reason)
