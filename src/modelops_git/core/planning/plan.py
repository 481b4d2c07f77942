"""A plan: what would be done, as data.

The plan's digest speaks of what would happen and of nothing else: no time, no commit. Two plans with the same
digest do the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from modelops_git.core.digests import of_json
from modelops_git.core.journal.runs import CommitId, Step
from modelops_git.core.records import Record
from modelops_git.core.rollouts.decisions import Defer, End, Settled, Start, Stay, Wait
from modelops_git.core.rollouts.desired import action_towards
from modelops_git.core.rollouts.steps import course_towards
from modelops_git.core.routes import Digest, Route

if TYPE_CHECKING:
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.rollouts.desired import Desired

PlanAction = Literal["create", "update", "promote", "shift", "abort", "rollback", "retire", "no_op"]


class PlannedAction(Record):
    """What would be done for one model in one environment.

    Attributes:
        action: `no_op` where nothing would be.
        reason: Why nothing would be done, or what would be finished first; or that a hold would end.
        before: What serves.
        after: What would serve in the end.
        steps: How it would get there.
        analysis: The analyses that would judge all of it.
        deadline: After how many seconds of open time it would be aborted.
        generation_before: The digest of what was wanted last; None before the first run.
        generation_after: The digest of what is wanted now.
        requests: How many requests the analyses need at least to judge it.
        bytes: How many bytes would be read to verify what would serve.
    """

    environment: str
    model: str
    action: PlanAction
    reason: str = ""
    before: tuple[Route, ...] = ()
    after: tuple[Route, ...] = ()
    strategy: str = "immediate"
    steps: tuple[Step, ...] = ()
    analysis: tuple[str, ...] = ()
    deadline: int | None = None
    generation_before: Digest | None = None
    generation_after: Digest
    requests: int = Field(default=0, ge=0)
    bytes: int = Field(default=0, ge=0)

    @property
    def digest(self) -> str:
        """The digest of what would happen."""
        effective = self.model_dump(mode="json", exclude={"reason", "requests", "bytes"}, exclude_none=True)
        return of_json(effective)


class Plan(Record):
    """What would be done for a commit of the registry."""

    format_version: Literal[1] = 1
    registry: str
    commit: CommitId
    actions: tuple[PlannedAction, ...]

    @property
    def changes(self) -> tuple[PlannedAction, ...]:
        """The actions that change something."""
        return tuple(action for action in self.actions if action.action != "no_op")

    @property
    def digest(self) -> str:
        """The digest of all that would happen; `no_op` is nothing."""
        return of_json(sorted(action.digest for action in self.changes))


def planned(desired: Desired, state: ModelState | None, decision: Decision, size: int) -> PlannedAction:
    """The entry of a plan for one decision; `size` is the bytes of what is desired.

    What is put off is planned all the same, with what it waits for: a plan does not depend on the time.
    """
    begun = _begun(desired, state, decision)
    routes = state.routes if state else ()
    return PlannedAction(
        environment=desired.environment,
        model=desired.model,
        action=begun.action if begun else "no_op",
        reason=_reason(decision, state),
        before=routes,
        after=begun.after if begun else routes,
        strategy=begun.course.strategy if begun else desired.strategy.type,
        steps=begun.course.steps if begun else (),
        analysis=begun.course.analysis if begun else (),
        deadline=begun.course.deadline if begun else None,
        generation_before=state.run.generation if state and state.run else None,
        generation_after=begun.generation if begun else desired.generation,
        bytes=size if begun else 0,
    )


def _begun(desired: Desired, state: ModelState | None, decision: Decision) -> Start | None:
    """The run that begins, now or once nothing is in its way; None where none does."""
    if isinstance(decision, Start):
        return decision
    is_put_off = isinstance(decision, Defer) and not decision.refused
    running = state.running if state else None
    waits = isinstance(decision, Stay) and running is None and _is_other(desired, state)
    takes_over = isinstance(decision, End) and decision.result == "superseded" and _is_other(desired, state)
    if not (is_put_off or waits or takes_over):
        return None
    action = action_towards(desired, state)
    return Start(action, course_towards(desired, action, state), desired.generation, desired.routes)


def _is_other(desired: Desired, state: ModelState | None) -> bool:
    run = state.run if state else None
    return run is None or run.generation != desired.generation


def _reason(decision: Decision, state: ModelState | None) -> str:
    match decision:
        case Start():
            return "ends the hold" if state and state.hold else ""
        case Settled(reason=reason) | Wait(reason=reason):
            return reason
        case Defer(reason=reason) | Stay(reason=reason):
            return f"waits: {reason}"
        case End(reason=reason, run=run):
            return f"ends the {run.strategy} rollout that is under way: {reason}"
        case _:
            return "a run is under way and comes to its end first"
