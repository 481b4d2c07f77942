"""What is known of a model in an environment, and of the environment: the journal's fold, as stored."""

from __future__ import annotations

import hashlib
from typing import Literal

from modelops_git.core.journal.entry import Action, CommitId, Result, Step
from modelops_git.core.records import Instant, Record
from modelops_git.core.routes import Digest, Hold, Route, Stamp

FOLD_VERSION = 1
REMEMBERED = 32
"""How many distinct completed versions a state remembers; older ones are in the journal's history."""

ENVIRONMENT_FILE = "state/environment.json"


class Run(Record):
    """The run that is under way, or the last one that was."""

    run: str
    action: Action
    generation: Digest
    desired_commit: CommitId
    author: str
    before: tuple[Route, ...]
    after: tuple[Route, ...]
    steps: tuple[Step, ...]
    done: int = 0
    started_at: Instant
    ended_at: Instant | None = None
    result: Result | None = None


class Intent(Record):
    """A step that was announced and not yet seen to have happened."""

    stamp: Stamp
    at: Instant
    index: int
    action: Action
    routes: tuple[Route, ...]


class Completed(Record):
    """A version that had all traffic at the end of a run."""

    route: Route
    run: str
    at: Instant
    commit: CommitId
    rolled_back: bool = False


class Deferral(Record):
    """What waits, and for what."""

    generation: Digest
    reason: str
    until: Instant | None = None


class ModelState(Record):
    """What is known of one model in one environment.

    Attributes:
        routes: What the target was last seen to serve.
        stamp: The stamp it was seen under.
        since: Since when.
        by: Whose change brought it.
        run: The run under way, or the last.
        intent: The step announced and not yet observed.
        hold: What keeps another version than the wanted one.
        holds: The ids of the latest holds that were journaled, in force or not.
        completed: Distinct versions that completed, the latest last.
        deferred: What waits.
        retry: A generation that may be tried again.
    """

    fold_version: Literal[1] = 1
    model: str
    routes: tuple[Route, ...] = ()
    stamp: Stamp | None = None
    since: Instant | None = None
    by: str | None = None
    run: Run | None = None
    intent: Intent | None = None
    hold: Hold | None = None
    holds: tuple[str, ...] = ()
    completed: tuple[Completed, ...] = ()
    deferred: Deferral | None = None
    retry: Digest | None = None

    @property
    def running(self) -> Run | None:
        """The run under way; None where none is."""
        return self.run if self.run and self.run.ended_at is None else None


class EnvironmentState(Record):
    """What is known of an environment as a whole.

    Attributes:
        sequence: The number of the last entry.
        last: Its digest.
        at: Its time.
        applied_commit: The newest commit of the default branch that work was begun for.
    """

    fold_version: Literal[1] = 1
    registry: str
    environment: str
    sequence: int
    last: Digest
    at: Instant
    applied_commit: CommitId | None = None


def state_file(model: str) -> str:
    """The path, in a journal's tree, of the state of `model`."""
    name = hashlib.sha256(model.encode()).hexdigest()
    return f"state/{name[:2]}/{name[2:]}.json"
