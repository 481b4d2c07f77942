"""The step that was announced is carried out: the target is asked, what it serves is read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import TargetConflictError, TargetError
from modelops_git.core.journal.entry import DriftHealed, HoldSet, Retired
from modelops_git.core.journal.runs import RunEnded, StepObserved
from modelops_git.core.rollouts.decisions import End, Finish, Mend, Proceed, Record, Reissue, Start
from modelops_git.core.routes import stable
from modelops_git.edges.targets.base import Order

if TYPE_CHECKING:
    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import Intent, ModelState, Run
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.routes import Observed, Route
    from modelops_git.engine.cases import Case, Work


def is_ours(case: Case, before: ModelState | None, decision: Decision) -> bool:
    """Whether the step is ours to carry out: we announced it, or found it left behind and still so."""
    if isinstance(decision, Start | Proceed | End | Mend):
        return case.state != before
    return isinstance(decision, Record | Reissue | Finish) and case.state == before


def carry_out(case: Case, work: Work) -> list[Payload]:
    """Make the call that was announced, unless it happened already, and say what was seen.

    Raises:
        TargetConflictError: Somebody else changed the target.
        TargetError: It cannot be changed, or does not serve what it was asked to.
    """
    state = case.state
    if state is None:
        return []
    intent, run = state.intent, state.announced
    if intent is None:
        running = state.running
        return _ending(case, running) if running and running.done >= len(running.steps) else []
    if case.observed.stamp != intent.stamp:
        work.keep(case, intent.routes)
        case.target.apply(_order(case, intent))
    seen = _read_back(case, intent)
    if intent.hold:
        return [HoldSet(model=case.model, hold=intent.hold, routes=seen.routes, stamp=intent.stamp)]
    if run is None:
        return [DriftHealed(model=case.model, routes=seen.routes, stamp=intent.stamp)]
    return [*_observed(case, intent, run, seen), *_confirmed(case, intent, run, work)]


def _order(case: Case, intent: Intent) -> Order:
    return Order(
        model=case.model,
        routes=intent.routes,
        stamp=intent.stamp,
        expected=case.observed.stamp,
        hold=intent.hold,
        previous=_remembered(case.observed, intent.routes),
    )


def _remembered(observed: Observed, routes: tuple[Route, ...]) -> tuple[Route, ...]:
    before, after = stable(observed.routes), stable(routes)
    is_same = before is None or (after is not None and before.digest == after.digest)
    return observed.previous if is_same else observed.routes


def _read_back(case: Case, intent: Intent) -> Observed:
    seen = case.target.observe(case.model)
    if seen.stamp != intent.stamp:
        raise TargetConflictError(f"the target of {case.model} was changed by somebody else meanwhile")
    if seen.routes != intent.routes:
        raise TargetError(f"the target of {case.model} does not serve what it was asked to")
    if intent.hold is None:
        _refuse_sick(case)
    return seen


def _refuse_sick(case: Case) -> None:
    health = case.target.health(case.model)
    if not health.is_good:
        raise TargetError(f"the target cannot serve {case.model}: {'; '.join(health.problems)}")


def _observed(case: Case, intent: Intent, run: Run, seen: Observed) -> list[Payload]:
    observed = StepObserved(
        model=case.model, run=run.run, index=intent.index, routes=seen.routes, stamp=intent.stamp
    )
    if intent.ends:
        ended = RunEnded(model=case.model, run=run.run, result=intent.ends, reason=intent.reason)
        return [observed, ended]
    is_last = run.until is None and intent.index + 1 >= len(run.steps)
    return [observed, *(_ending(case, run) if is_last else ())]


def _ending(case: Case, run: Run) -> list[Payload]:
    ended = RunEnded(model=case.model, run=run.run, result="succeeded")
    return [ended] if run.after else [ended, Retired(model=case.model, run=run.run)]


def _confirmed(case: Case, intent: Intent, run: Run, work: Work) -> list[Payload]:
    """A rollback goes first, and its bytes are read again afterwards."""
    return work.confirm(case, run) if intent.action == "rollback" else []
