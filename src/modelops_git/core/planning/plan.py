"""A plan: what would be done, as data.

The plan's digest speaks of what would happen and of nothing else: no time, no commit. Two plans with the same
digest do the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from modelops_git.core.digests import of_json
from modelops_git.core.journal.entry import CommitId, Step
from modelops_git.core.records import Record
from modelops_git.core.rollouts.decide import Settled, Start, Wait
from modelops_git.core.routes import Digest, Route

if TYPE_CHECKING:
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.decide import Decision
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
        generation_before: The digest of what was wanted last; None before the first run.
        generation_after: The digest of what is wanted now.
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
    generation_before: Digest | None = None
    generation_after: Digest
    bytes: int = Field(default=0, ge=0)

    @property
    def digest(self) -> str:
        """The digest of what would happen."""
        effective = self.model_dump(mode="json", exclude={"reason", "bytes"}, exclude_none=True)
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
    """The entry of a plan for one decision; `size` is the bytes of what is desired."""
    starts = decision if isinstance(decision, Start) else None
    return PlannedAction(
        environment=desired.environment,
        model=desired.model,
        action=starts.action if starts else "no_op",
        reason=_reason(decision, state),
        before=state.routes if state else (),
        after=desired.routes if starts else (state.routes if state else ()),
        strategy=desired.strategy,
        steps=starts.steps if starts else (),
        generation_before=state.run.generation if state and state.run else None,
        generation_after=desired.generation,
        bytes=size if starts else 0,
    )


def _reason(decision: Decision, state: ModelState | None) -> str:
    if isinstance(decision, Start):
        return "ends the hold" if state and state.hold else ""
    if isinstance(decision, Settled | Wait):
        return decision.reason
    return "a run is under way and comes to its end first"
