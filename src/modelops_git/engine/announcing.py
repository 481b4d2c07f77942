"""From a decision to the entries that announce it."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from modelops_git.core.journal.entry import Deferred, DriftHealed, DriftObserved, HoldSet
from modelops_git.core.journal.runs import Decided, Measured, StepIntent
from modelops_git.core.rollouts.decisions import Defer, End, Honour, Mend, Proceed, Recovered, Report, Start
from modelops_git.core.routes import Hold, stable

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.assessing.verdicts import Assessment, Result
    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import Run
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.routes import Route
    from modelops_git.engine.cases import Case, Work

_DECIDED: dict[str, Decided] = {
    "successful": "successful",
    "failed": "failed",
    "inconclusive": "inconclusive",
    "error": "error",
}
BY_MACHINE = "modelops"
"""Who aborts where nobody does: an analysis, or a deadline."""


def announce(case: Case, decision: Decision, work: Work, now: datetime) -> list[Payload]:
    """What is to be journaled before anything is done; nothing where nothing is to be done.

    Raises:
        ModelopsError: What is to start, or to go on, cannot. The way back is always free.
    """
    if isinstance(decision, Proceed | Mend):
        work.permit(case)
    match decision:
        case Honour(hold=hold, observed=observed):
            stamp = observed.stamp
            assert stamp is not None  # noqa: S101 - a target that bears a hold bears a stamp
            return [HoldSet(model=case.model, hold=hold, routes=observed.routes, stamp=stamp)]
        case Defer() as later:
            return [
                Deferred(
                    model=case.model,
                    generation=later.generation,
                    reason=later.reason,
                    until=later.until,
                    refused=later.refused,
                )
            ]
        case Start() as start:
            return work.prepare(case, start)
        case Proceed() as step:
            return _step(case, step)
        case End() as end:
            return _end(case, end, now)
        case _:
            return _about_drift(case, decision)


def _about_drift(case: Case, decision: Decision) -> list[Payload]:
    match decision:
        case Report(drift=drift, detail=detail):
            return [DriftObserved(model=case.model, drift=drift, detail=detail)]
        case Recovered(observed=seen):
            return [DriftHealed(model=case.model, routes=seen.routes, stamp=seen.stamp)]
        case Mend(routes=routes):
            return [_mending(case, routes)]
        case _:
            return []


def _mending(case: Case, routes: tuple[Route, ...]) -> StepIntent:
    """The intent of a mending: of no run, under a stamp of its own."""
    run = f"heal-{secrets.token_hex(6)}"
    return StepIntent(model=case.model, run=run, index=0, action="update", routes=routes)


def _step(case: Case, step: Proceed) -> list[Payload]:
    due = step.run.steps[step.index]
    intent = StepIntent(
        model=case.model, run=step.run.run, index=step.index, action=due.action, routes=step.routes
    )
    return [*_measured(case, step.run, step.judged), intent]


def _end(case: Case, end: End, now: datetime) -> list[Payload]:
    run = end.run
    intent = StepIntent(
        model=case.model,
        run=run.run,
        index=run.done,
        action="abort" if end.is_abort else "shift",
        routes=end.routes,
        ends=end.result,
        reason=end.reason,
        hold=_hold(end, now) if end.is_abort else None,
    )
    return [*_measured(case, run, end.judged), intent]


def _hold(end: End, now: datetime) -> Hold:
    return Hold(
        id=uuid.uuid4().hex,
        generation=end.run.generation,
        serve=stable(end.routes),
        reason=end.reason,
        at=now,
        by=BY_MACHINE,
        run=end.run.run,
    )


def _measured(case: Case, run: Run, judged: Assessment | None) -> list[Payload]:
    """The measurements, with the verdict that they decided."""
    results = judged.results if judged else ()
    decided = ((one, _DECIDED.get(one.verdict)) for one in results)
    return [_result(case, run, one, verdict) for one, verdict in decided if verdict]


def _result(case: Case, run: Run, one: Result, verdict: Decided) -> Measured:
    return Measured(
        model=case.model,
        run=run.run,
        analysis=one.analysis,
        metric=one.metric,
        candidate=one.candidate.value,
        stable=one.stable.value,
        samples=one.samples,
        verdict=verdict,
        reason=one.reason,
    )
