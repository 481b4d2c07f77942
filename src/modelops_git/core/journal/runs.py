"""The entries of a run: what it will do, each step as it is announced and seen, and how it ended."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from modelops_git.core.journal.people import Approval, PastRules
from modelops_git.core.records import Instant, Record
from modelops_git.core.routes import Digest, Hold, Route, Stamp

Result = Literal["succeeded", "aborted", "rolled_back", "failed", "superseded"]
Action = Literal["create", "update", "promote", "shift", "abort", "rollback", "retire"]
StrategyType = Literal["immediate", "canary", "blue_green", "split", "mirror"]
Decided = Literal["successful", "failed", "inconclusive", "error"]
DriftClass = Literal["artifact", "source", "routes", "config", "missing", "orphan", "held"]
CommitId = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})\z")]


class Step(Record):
    """One step of a run: what the target is asked to serve, in absolute terms, and what it then waits for.

    Attributes:
        action: What it does.
        routes: What shall serve.
        lasts: How many seconds it lasts at least; None where the next step follows at once.
        until_resumed: Whether somebody must say that the run may go on.
        analysis: The analyses that must succeed before the next step.
    """

    action: Action
    routes: tuple[Route, ...]
    lasts: int | None = Field(default=None, ge=0)
    until_resumed: bool = False
    analysis: tuple[str, ...] = ()


class RunStarted(Record):
    """A run begins: everything that it will do is frozen here.

    Attributes:
        run: Names the run.
        generation: The digest of what is wanted.
        desired_commit: The commit of the default branch that wants it.
        before: What the target served.
        after: What it shall serve in the end.
        steps: How it gets there.
        steps_hash: The digest of `steps`.
        plan_digest: The digest of the planned action.
        author: Who wrote the change of the rollout manifest.
        strategy: The type of the strategy, or of the experiment.
        analysis: The analyses that judge all of the run, from its first step on.
        deadline: After how many seconds of open time a run that has not ended is aborted.
        until: When an experiment ends.
        approvals: Who approved.
        pull_request: Where it was reviewed, as people write it.
        glass: With what somebody went past the rules about people; None where nobody did.
    """

    type: Literal["RunStarted"] = "RunStarted"
    model: str
    run: str
    action: Action
    generation: Digest
    desired_commit: CommitId
    before: tuple[Route, ...]
    after: tuple[Route, ...]
    steps: tuple[Step, ...]
    steps_hash: Digest
    plan_digest: Digest
    author: str
    strategy: StrategyType = "immediate"
    analysis: tuple[str, ...] = ()
    deadline: int | None = Field(default=None, ge=0)
    until: Instant | None = None
    approvals: tuple[Approval, ...] = ()
    pull_request: str | None = None
    glass: PastRules | None = None


class StepIntent(Record):
    """The target is about to be asked for these routes; until observed, a lease on the model.

    Attributes:
        run: The run that it belongs to.
        index: The number of the step, from 0; of one that ends the run early, that of the step not taken.
        routes: What shall serve.
        ends: How the run ends with this step, where it is none of its steps.
        reason: Why it ends.
        hold: The hold that the target shall bear.
    """

    type: Literal["StepIntent"] = "StepIntent"
    model: str
    run: str
    index: int
    action: Action
    routes: tuple[Route, ...]
    ends: Result | None = None
    reason: str | None = None
    hold: Hold | None = None


class StepObserved(Record):
    """The target was seen to serve these routes, under this stamp."""

    type: Literal["StepObserved"] = "StepObserved"
    model: str
    run: str
    index: int
    routes: tuple[Route, ...]
    stamp: Stamp


class Measured(Record):
    """Measurements, with the verdict that they decided."""

    type: Literal["Measured"] = "Measured"
    model: str
    run: str
    analysis: str
    metric: str
    candidate: float | None = None
    stable: float | None = None
    samples: float | None = None
    verdict: Decided
    reason: str | None = None


class Paused(Record):
    """A run stands still until somebody resumes it or the time is over.

    Attributes:
        id: Names the request, so that it is journaled once.
        until: When it is over; None where somebody must resume.
        then: What happens at that time.
    """

    type: Literal["Paused"] = "Paused"
    id: str
    model: str
    run: str
    reason: str
    until: Instant | None = None
    then: Literal["resume", "abort"] | None = None


class Resumed(Record):
    """A paused run goes on; where nobody paused it, the step that waits for somebody is over.

    Attributes:
        id: Names the request, so that it is journaled once.
        accepts: Whether the step is over although its analyses have not succeeded.
    """

    type: Literal["Resumed"] = "Resumed"
    id: str
    model: str
    run: str
    reason: str | None = None
    accepts: bool = False


class RunEnded(Record):
    """A run is over."""

    type: Literal["RunEnded"] = "RunEnded"
    model: str
    run: str
    result: Result
    reason: str | None = None
