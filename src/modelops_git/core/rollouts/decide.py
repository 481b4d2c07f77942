"""The one function that says what comes next for a model in an environment.

Pure and total: the same on a merge, on a schedule, by hand and in a controller's loop. In this order:

- A hold that the target bears and the journal does not know is journaled first: a lost outbox loses nothing.
- An intent that nobody observed is a lease. While it lasts, wait; then adopt it: what the target shows is
  recorded, or the same absolute call is made again.
- A run under way is brought to its end before another begins.
- What is held is left alone while the default branch still wants what the hold is against.
- A run is due when the wanted generation is not that of the last run that ended, or when a retry was granted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.rollouts.desired import action_towards, steps_towards

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from modelops_git.core.journal.entry import Action, Step
    from modelops_git.core.journal.state import Intent, ModelState, Run
    from modelops_git.core.rollouts.desired import Desired
    from modelops_git.core.routes import Hold, Observed


DRIFTED = "drifted"
"""Why a model is settled whose target is not as the journal last saw it: that is only reported."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing is to be done, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Honour:
    """The target bears a hold that is to be journaled."""

    hold: Hold


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody else's step is under way; look again at `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """The step of `intent` has happened: record it."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class Reissue:
    """The step of `intent` has not happened: make the same call again."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class Proceed:
    """The run's next step is due."""

    run: Run
    index: int


@dataclass(frozen=True, slots=True)
class Finish:
    """Every step of the run has happened."""

    run: Run


@dataclass(frozen=True, slots=True)
class Start:
    """A run is due."""

    action: Action
    steps: tuple[Step, ...]


Decision = Settled | Honour | Wait | Record | Reissue | Proceed | Finish | Start


@dataclass(frozen=True, slots=True)
class Moment:
    """When a decision is taken, and how long an intent is left to whoever announced it."""

    now: datetime
    lease: timedelta


def decide(desired: Desired, state: ModelState | None, observed: Observed, moment: Moment) -> Decision:
    """What comes next; at most one thing."""
    if observed.hold and (state is None or observed.hold.id not in state.holds):
        return Honour(observed.hold)
    if state and state.intent:
        return _adopt(state.intent, observed, moment)
    if state and state.running:
        return _go_on(state.running)
    return _begin(desired, state, observed)


def _adopt(intent: Intent, observed: Observed, moment: Moment) -> Decision:
    if moment.now < intent.at + moment.lease:
        return Wait(intent.at + moment.lease, "another apply announced a step and may be at it")
    return Record(intent) if observed.stamp == intent.stamp else Reissue(intent)


def _go_on(run: Run) -> Decision:
    return Finish(run) if run.done >= len(run.steps) else Proceed(run, run.done)


def _begin(desired: Desired, state: ModelState | None, observed: Observed) -> Decision:
    generation = desired.generation
    if state and state.hold and state.hold.generation == generation:
        return Settled("held")
    if state is None or state.run is None:
        is_due = bool(desired.routes) or bool(state and state.routes)
    else:
        is_due = state.run.generation != generation or state.retry == generation
    if not is_due:
        if state and (observed.routes, observed.stamp) != (state.routes, state.stamp):
            return Settled(DRIFTED)
        return Settled("live" if desired.routes else "not wanted")
    action = action_towards(desired, state)
    return Start(action, steps_towards(desired, action))
