"""One tick: bring an environment one step nearer to what is wanted, for all of its models at once.

1. Read the journal, what is wanted and what the targets serve; decide for each model.
2. Verify and hand over the bytes of what is to start.
3. Announce: one push of every intent. Who loses the race decides again.
4. Ask the targets, with the absolute routes and the stamp of the intent.
5. Read back what serves, and record it: a second push.

Killed between any two of these, the next tick finds the intent, waits for its lease to end, and goes on from
what the target shows. A model that fails is left where it is; the others go on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from modelops_git.core.errors import LostRaceError, ModelopsError, TargetConflictError, TargetError
from modelops_git.core.journal.entry import HoldSet, Retired, RunEnded, StepIntent, StepObserved
from modelops_git.core.rollouts.decide import (
    DRIFTED,
    Finish,
    Honour,
    Moment,
    Proceed,
    Record,
    Reissue,
    Settled,
    Start,
    Wait,
    decide,
)
from modelops_git.core.routes import stable
from modelops_git.edges.targets.base import Order
from modelops_git.engine.intent import desired_of
from modelops_git.engine.order import refuse_out_of_order
from modelops_git.engine.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.decide import Decision
    from modelops_git.core.rollouts.desired import Desired
    from modelops_git.core.routes import Observed, Route
    from modelops_git.edges.git.journal import Tip
    from modelops_git.edges.targets.base import Target
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent

    Prepare = Callable[["Case", Start], list[Payload]]

PUSHES = 20
"""How often one announcement is put on a newer tip before the tick gives up."""


@dataclass(frozen=True, slots=True)
class Case:
    """One model in the environment, as a tick finds it."""

    desired: Desired
    state: ModelState | None
    observed: Observed
    target: Target

    @property
    def model(self) -> str:
        """The model's name."""
        return self.desired.model


@dataclass(frozen=True, slots=True)
class Failure:
    """What kept a model from getting on."""

    environment: str
    model: str
    error: ModelopsError


@dataclass(slots=True)
class Tick:
    """What a tick did.

    Attributes:
        moved: Models that something was done for.
        failures: Models that could not get on.
        waiting: When it is worth looking again at what others are doing; None where nobody is waited for.
        lost: Whether another writer was faster, so that all is to be decided again.
        drifted: Models whose target does not serve what the journal says.
    """

    moved: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    waiting: datetime | None = None
    lost: bool = False
    drifted: list[str] = field(default_factory=list)


def tick(ground: Ground, intent: Intent, models: tuple[str, ...], prepare: Prepare) -> Tick:
    """Take one step for each of `models`.

    Args:
        ground: The environment.
        intent: What is wanted.
        models: Those whose manifests passed their checks, and those that are to be retired.
        prepare: Verifies and hands over what is to start; gives the entries that begin the run.

    Raises:
        JournalError: The journal cannot be read or written.
        OutOfOrderError: A newer commit was applied meanwhile.
    """
    result = Tick()
    tip = ground.journal.refresh()
    refuse_out_of_order(ground, intent, tip.environment.applied_commit)
    states = ground.journal.states(tip)
    try:
        tip = _flush(ground, tip, states, result)
        cases = _cases(ground, intent, models, states, result)
        choices = [(case, decision_for(ground, case)) for case in cases]
        announced = _announcements(ground, choices, prepare, result)
        tip = _append(ground, tip, states, announced)
        observed = _carry_out(ground, choices, states, result)
        _append(ground, tip, states, observed)
    except LostRaceError:
        result.lost = True
    return result


def _flush(ground: Ground, tip: Tip, states: dict[str, ModelState], result: Tick) -> Tip:
    outbox = Outbox(ground.repository, ground.name)
    held = outbox.unknown_to(states)
    if held:
        tip = ground.append(tip, states, list(held))
        result.moved.extend(payload.model for payload in held)
    outbox.clear(states)
    return tip


def _cases(
    ground: Ground, intent: Intent, models: tuple[str, ...], states: dict[str, ModelState], result: Tick
) -> list[Case]:
    cases = []
    for model in models:
        try:
            target = ground.target(model)
            desired = desired_of(intent, ground.name, model)
            cases.append(Case(desired, states.get(model), target.observe(model), target))
        except ModelopsError as error:
            result.failures.append(Failure(ground.name, model, error))
    return cases


def decision_for(ground: Ground, case: Case) -> Decision:
    """What comes next for a case, now."""
    return decide(case.desired, case.state, case.observed, Moment(ground.now(), ground.lease))


def _announcements(
    ground: Ground, choices: list[tuple[Case, Decision]], prepare: Prepare, result: Tick
) -> dict[str, list[Payload]]:
    announced: dict[str, list[Payload]] = {}
    for case, decision in choices:
        try:
            payloads = _announce(case, decision, prepare, result)
        except ModelopsError as error:
            result.failures.append(Failure(ground.name, case.model, error))
            continue
        if payloads:
            announced[case.model] = payloads
            result.moved.append(case.model)
    return announced


def _announce(case: Case, decision: Decision, prepare: Prepare, result: Tick) -> list[Payload]:
    match decision:
        case Wait(until=until):
            result.waiting = min(until, result.waiting) if result.waiting else until
            return []
        case Settled(reason=reason):
            if reason == DRIFTED:
                result.drifted.append(case.model)
            return []
        case Honour(hold=hold):
            stamp = case.observed.stamp
            assert stamp is not None  # noqa: S101 - a target that bears a hold bears a stamp
            return [HoldSet(model=case.model, hold=hold, routes=case.observed.routes, stamp=stamp)]
        case Start() as start:
            return prepare(case, start)
        case Proceed(run=run, index=index):
            step = run.steps[index]
            return [
                StepIntent(model=case.model, run=run.run, index=index, action=step.action, routes=step.routes)
            ]
        case Record() | Reissue() | Finish():
            return []


def _append(
    ground: Ground, tip: Tip, states: dict[str, ModelState], payloads: dict[str, list[Payload]]
) -> Tip:
    """Append what each model's payloads say, on newer tips too, while those models are as they were."""
    if not payloads:
        return tip
    flat = [payload for group in payloads.values() for payload in group]
    for _ in range(PUSHES):
        try:
            return ground.append(tip, states, flat)
        except LostRaceError:
            moved, tip = tip, ground.journal.refresh()
            newer = ground.journal.states(tip)
            is_same_commit = moved.environment.applied_commit == tip.environment.applied_commit
            if not is_same_commit or any(newer.get(model) != states.get(model) for model in payloads):
                raise
            states.clear()
            states.update(newer)
    raise LostRaceError(f"{PUSHES} writers were faster at the journal of {ground.name}")


def _carry_out(
    ground: Ground, choices: list[tuple[Case, Decision]], states: dict[str, ModelState], result: Tick
) -> dict[str, list[Payload]]:
    observed: dict[str, list[Payload]] = {}
    for before, decision in choices:
        case = replace(before, state=states.get(before.model))
        if not _is_ours(case, before, decision):
            continue
        try:
            payloads = _finish(case)
        except TargetConflictError:
            result.lost = True  # somebody changed the target: what to do now is decided anew
            continue
        except ModelopsError as error:
            result.failures.append(Failure(ground.name, case.model, error))
            continue
        if payloads:
            observed[case.model] = payloads
            result.moved.append(case.model)
    return observed


def _is_ours(case: Case, before: Case, decision: Decision) -> bool:
    """Whether the step is ours to carry out: we announced it, or found it left behind and still so."""
    if isinstance(decision, Start | Proceed):
        return case.state != before.state
    return isinstance(decision, Record | Reissue | Finish) and case.state == before.state


def _finish(case: Case) -> list[Payload]:
    """Make the call that was announced, unless it happened already, and say what was seen."""
    state = case.state
    if state is None or state.running is None:
        return []
    run, intent = state.running, state.intent
    if intent is None:
        return _ending(case, run.run) if run.done >= len(run.steps) else []
    if case.observed.stamp != intent.stamp:
        case.target.apply(
            Order(
                model=case.model,
                routes=intent.routes,
                stamp=intent.stamp,
                expected=case.observed.stamp,
                previous=_remembered(case.observed, intent.routes),
            )
        )
    seen = _read_back(case)
    observed = StepObserved(
        model=case.model, run=run.run, index=intent.index, routes=seen.routes, stamp=intent.stamp
    )
    is_last = intent.index + 1 >= len(run.steps)
    return [observed, *(_ending(case, run.run) if is_last else ())]


def _remembered(observed: Observed, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    before, after = stable(observed.routes), stable(routes)
    return observed.routes if before and before != after else observed.previous


def _read_back(case: Case) -> Observed:
    state = case.state
    assert state is not None  # noqa: S101 - only a model with an intent is read back
    seen = case.target.observe(case.model)
    if state.intent is None or seen.stamp != state.intent.stamp:
        raise TargetConflictError(f"the target of {case.model} was changed by somebody else meanwhile")
    if seen.routes != state.intent.routes:
        raise TargetError(f"the target of {case.model} does not serve what it was asked to")
    health = case.target.health(case.model)
    if not health.is_good:
        raise TargetError(f"the target cannot serve {case.model}: {'; '.join(health.problems)}")
    return seen


def _ending(case: Case, run: str) -> list[Payload]:
    ended = RunEnded(model=case.model, run=run, result="succeeded")
    retired = case.state and case.state.run and not case.state.run.after
    return [ended, Retired(model=case.model, run=run)] if retired else [ended]
