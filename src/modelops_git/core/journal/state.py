"""What is known of a model in an environment, and of the environment: the journal's fold, as stored."""

from __future__ import annotations

import hashlib
from typing import Literal

from modelops_git.core.journal.listeners import Listener, News, Review
from modelops_git.core.journal.people import PastRules
from modelops_git.core.journal.runs import Action, CommitId, DriftClass, Result, Step, StrategyType
from modelops_git.core.records import Instant, Record
from modelops_git.core.routes import Digest, Hold, Route, Stamp

FOLD_VERSION = 1
REMEMBERED = 32
"""How many distinct completed versions a state remembers; older ones are in the journal's history."""

ENVIRONMENT_FILE = "state/environment.json"


class Pause(Record):
    """Why a run stands still, and what ends that."""

    reason: str
    by: str
    at: Instant
    until: Instant | None = None
    then: Literal["resume", "abort"] | None = None


class Run(Record):
    """The run that is under way, or the last one that was.

    Attributes:
        done: How many of its steps were observed.
        step_at: When the last of them was.
        pause: Why it stands still, where somebody stopped it.
        resumed: The `done` at which somebody said that the step is over.
        accepted: The `done` at which somebody took the step for good whatever its analyses say.
        deadline: Seconds of open time after which it is aborted.
        until: When an experiment ends.
        glass: With what somebody went past the rules about people for it.
    """

    run: str
    action: Action
    generation: Digest
    desired_commit: CommitId
    author: str
    before: tuple[Route, ...]
    after: tuple[Route, ...]
    steps: tuple[Step, ...]
    strategy: StrategyType = "immediate"
    analysis: tuple[str, ...] = ()
    deadline: int | None = None
    until: Instant | None = None
    done: int = 0
    step_at: Instant | None = None
    pause: Pause | None = None
    resumed: int | None = None
    accepted: int | None = None
    started_at: Instant
    ended_at: Instant | None = None
    result: Result | None = None
    reason: str | None = None
    glass: PastRules | None = None

    @property
    def current(self) -> Step | None:
        """The step that the run is at; None before the first was observed."""
        return self.steps[self.done - 1] if self.done else None

    @property
    def before_without_mirrors(self) -> tuple[Route, ...]:
        """What answered requests before it began: what an abort goes back to."""
        return tuple(route for route in self.before if route.role != "mirror")


class Intent(Record):
    """A step that was announced and not yet seen to have happened."""

    run: str
    stamp: Stamp
    at: Instant
    index: int
    action: Action
    routes: tuple[Route, ...]
    ends: Result | None = None
    reason: str | None = None
    hold: Hold | None = None


class Completed(Record):
    """A version that had all traffic at the end of a run.

    Attributes:
        rolled_back: Whether it was rolled back from since.
        soaked: The longest time, in seconds, that it had all traffic without a break and has no more.
    """

    route: Route
    run: str
    at: Instant
    commit: CommitId
    rolled_back: bool = False
    soaked: int = 0


class Deferral(Record):
    """What waits, and for what."""

    generation: Digest
    reason: str
    until: Instant | None = None
    refused: bool = False


class Drift(Record):
    """How the target was seen to differ from what the journal says, and since when."""

    drift: DriftClass
    detail: str
    since: Instant


class ModelState(Record):
    """What is known of one model in one environment.

    Attributes:
        routes: What the target was last seen to serve.
        stamp: The stamp it was seen under.
        since: Since when.
        by: Whose change brought it.
        whole_since: Since when one version has had all traffic without a break; None while none has.
        deployed: Whether a run succeeded here since the model was last retired.
        run: The run under way, or the last.
        experiment: The experiment under way, or the last.
        intent: The step announced and not yet observed.
        hold: What keeps another version than the wanted one.
        older_holds: Holds before it that nothing has ended yet, the latest last.
        heard: The ids of the latest holds and other requests of people that were journaled.
        completed: Distinct versions that completed, the latest last.
        deferred: What waits.
        retries: Generations that may be tried again, the latest last.
        drift: How the target differs, where that was seen and not mended since.
    """

    fold_version: Literal[1] = 1
    model: str
    routes: tuple[Route, ...] = ()
    stamp: Stamp | None = None
    since: Instant | None = None
    by: str | None = None
    whole_since: Instant | None = None
    deployed: bool = False
    run: Run | None = None
    experiment: Run | None = None
    intent: Intent | None = None
    hold: Hold | None = None
    older_holds: tuple[Hold, ...] = ()
    heard: tuple[str, ...] = ()
    completed: tuple[Completed, ...] = ()
    deferred: Deferral | None = None
    retries: tuple[Digest, ...] = ()
    drift: Drift | None = None

    @property
    def running(self) -> Run | None:
        """The rollout under way; None where none is."""
        return self.run if self.run and self.run.ended_at is None else None

    @property
    def held(self) -> Hold | None:
        """The hold, unless a rollout of something else is under way, which ends the hold if it succeeds."""
        is_left = self.hold and self.running and self.running.generation != self.hold.generation
        return None if is_left else self.hold

    @property
    def trying(self) -> Run | None:
        """The experiment under way; None where none is."""
        return self.experiment if self.experiment and self.experiment.ended_at is None else None

    def run_named(self, name: str) -> Run | None:
        """The rollout or experiment of that name; None where the state knows none."""
        return next((run for run in (self.run, self.experiment) if run and run.run == name), None)

    @property
    def announced(self) -> Run | None:
        """The run that the announced step belongs to; None where none is announced."""
        runs = (self.run, self.experiment)
        return next((one for one in runs if self.intent and one and one.run == self.intent.run), None)

    def hold_against(self, generation: str) -> Hold | None:
        """The hold that keeps `generation` from being rolled out; None where none does."""
        holds = (*self.older_holds, *((self.hold,) if self.hold else ()))
        return next((hold for hold in reversed(holds) if hold.generation == generation), None)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is under way, waits or is kept from what is wanted."""
        open_ends = (self.running, self.trying, self.intent, self.hold, self.deferred, self.retries)
        return not any(open_ends)


class EnvironmentState(Record):
    """What is known of an environment as a whole.

    Attributes:
        sequence: The number of the last entry.
        last: Its digest.
        at: Its time.
        applied_commit: The newest commit of the default branch that work was begun for.
        listeners: Who is told of what happens here; None where nobody is.
        news: What somebody is still to be told of, oldest first.
        reviews: How the changes were reviewed whose runs are under way, while somebody is told of them.
    """

    fold_version: Literal[1] = 1
    registry: str
    environment: str
    sequence: int
    last: Digest
    at: Instant
    applied_commit: CommitId | None = None
    listeners: tuple[Listener, ...] | None = None
    news: tuple[News, ...] | None = None
    reviews: tuple[Review, ...] | None = None


def state_file(model: str) -> str:
    """The path, in a journal's tree, of the state of `model`."""
    name = hashlib.sha256(model.encode()).hexdigest()
    return f"state/{name[:2]}/{name[2:]}.json"
