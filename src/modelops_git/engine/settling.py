"""Ticks, one after the other, until there is nothing more to be done in an environment for now."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import LostRaceError, RefusedError
from modelops_git.core.rollouts import decisions
from modelops_git.engine.anchoring import note
from modelops_git.engine.cases import Failure
from modelops_git.engine.notifying import notify
from modelops_git.engine.standing import standing
from modelops_git.engine.tick import tick

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.routes import Route
    from modelops_git.edges.git.journal import Tip
    from modelops_git.engine.cases import Work
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.standing import Standing
    from modelops_git.engine.starting import Tools
    from modelops_git.engine.tick import Tick

MOST_LOST = 100
"""How often others may be faster before one call gives up."""
LOOK_AGAIN = 0.5
LONGEST_LOOK = 5.0
"""Seconds between two looks at what another apply is doing: the first ones, and at the most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one model in one environment.

    Attributes:
        action: What was done, in the vocabulary of a plan; `hold` where a hold was taken into the journal.
        before: What served.
        after: What serves now.
        ended_hold: Whether a hold ended with it.
    """

    environment: str
    model: str
    action: str
    before: tuple[Route, ...]
    after: tuple[Route, ...]
    ended_hold: bool = False


def _never() -> bool:
    return False


class Pace(NamedTuple):
    """How ticks follow each other.

    Attributes:
        waits: Whether a step that another process announced is waited for here.
        stops: Asked before each tick whether it is to be left at that.
    """

    waits: bool = True
    stops: Callable[[], bool] = _never


PATIENT = Pace()


@dataclass(slots=True)
class Settled:
    """What the ticks of one call did.

    Attributes:
        failures: Models that could not get on.
        moved: Models that something was done for.
        drifted: Models whose target does not serve what the journal says.
        decisions: What was decided last, for each model.
        states: What the journal then knew of each model.
        waiting: When the step of another process may be taken over; None where nobody's is under way.
        tip: The journal's tip after the last tick that was not lost.
        has_told: Whether it was journaled then that somebody was told of something.
    """

    failures: dict[str, Failure] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    drifted: list[str] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)
    states: dict[str, ModelState] = field(default_factory=dict)
    waiting: datetime | None = None
    tip: Tip | None = None
    has_told: bool = False

    def count(self, done: Tick) -> None:
        """Count in what a tick did."""
        self.failures.update({failure.model: failure for failure in done.failures})
        self.moved.update(done.moved)
        self.drifted = done.drifted
        self.decisions = done.decisions
        self.states = done.states
        self.waiting = done.waiting
        self.tip = done.tip or self.tip


def settle(ground: Ground, work: Work, tools: Tools, pace: Pace = PATIENT) -> Settled:
    """Tick until nothing more is to be done for the models of `work`; one that fails is then left out.

    Raises:
        JournalError: The journal cannot be read or written.
        LostRaceError: Others kept changing the same models.
    """
    settled = Settled()
    try:
        return _settle(ground, work, tools, pace, settled)
    finally:
        _tell(ground, tools, settled)
        _note(ground, tools, settled)


def _tell(ground: Ground, tools: Tools, settled: Settled) -> None:
    """Tell whoever follows what happened; a failure stops nothing."""
    tip = notify(ground, tools.announce)
    if tip is not None:
        settled.tip, settled.has_told = tip, True


def _note(ground: Ground, tools: Tools, settled: Settled) -> None:
    """Note the journal's tip in its anchor, where something was written; a failure stops nothing."""
    if settled.tip is None or not (settled.moved or settled.has_told):
        return
    problem = note(ground, settled.tip)
    if problem:
        tools.announce(problem)


def _settle(ground: Ground, work: Work, tools: Tools, pace: Pace, settled: Settled) -> Settled:
    lost = waits = 0
    while lost < MOST_LOST:
        if pace.stops():
            return settled
        left = tuple(model for model in work.models if model not in settled.failures)
        done = tick(ground, replace(work, models=left))
        settled.count(done)
        if done.lost:
            lost += 1
            tools.sleep(_jitter(lost))
        elif not done.moved:
            if done.waiting is None or not pace.waits:
                return settled
            _tell(ground, tools, settled)  # it may be a while
            _wait(ground, done.waiting, tools, waits)
            waits += 1
    raise LostRaceError(f"{ground.name} was still being changed by others after {MOST_LOST} tries")


def _jitter(turn: int) -> float:
    return secrets.randbelow(1000) / 1000 * min(2.0, 0.1 * turn)


def _wait(ground: Ground, until: datetime, tools: Tools, before: int) -> None:
    """Leave another apply some time: the more, the longer it has been waited for, until its lease ends."""
    left = max(0.0, (until - ground.now()).total_seconds())
    if before == 0:
        tools.announce(f"{ground.name}: another apply is at work; waiting up to {left:.0f} s for it")
    tools.sleep(min(LONGEST_LOOK, LOOK_AGAIN * 1.5**before, left))


def standings(environment: str, settled: Settled) -> list[Standing]:
    """What is under way, or waits, and until when."""
    found = (
        standing(environment, model, settled.states.get(model), decision)
        for model, decision in settled.decisions.items()
    )
    return [one for one in found if one]


def refusals(environment: str, settled: Settled) -> list[Failure]:
    """What is wanted and is not begun before somebody says so."""
    found = []
    for model, decision in settled.decisions.items():
        state = settled.states.get(model)
        if decision == decisions.Settled("refused") and state and state.deferred:
            reason = f"what is wanted is refused: {state.deferred.reason}"
            error = RefusedError(reason, hint=f"`modelops retry {model} --env {environment}` lets it begin.")
            found.append(Failure(environment, model, error))
    return found


def outcomes(
    environment: str, before: dict[str, ModelState], after: dict[str, ModelState], moved: set[str]
) -> list[Outcome]:
    """What was done for the models of `moved`, from what was known of them before and is now."""
    found = []
    for model in sorted(moved & after.keys()):
        old, state = before.get(model), after[model]
        action = _done(old, state)
        if action:
            ended = bool(old and old.hold and not state.hold)
            found.append(Outcome(environment, model, action, old.routes if old else (), state.routes, ended))
    return found


def _done(old: ModelState | None, state: ModelState) -> str:
    """What was done for a model, in the vocabulary of a plan; nothing where it was only looked at."""
    before = (old.run, old.experiment) if old else (None, None)
    changed = [one for one, known in zip((state.run, state.experiment), before, strict=True) if one != known]
    run = next((one for one in changed if one), None)
    if run is None:
        is_new = state.hold is not None and (old is None or old.hold != state.hold)
        return "hold" if is_new else ""
    if run.result == "aborted":
        return "abort"
    return run.action if run.result == "succeeded" and run.until is None else "shift"
