"""The change that makes git follow: until then main asks for what was aborted or rolled back.

It is prepared on a branch of its own, and the work tree is left alone: at that hour nobody wants to be asked
about files that are not committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from modelops_git.core.errors import GitError, ModelopsError, RefusedError
from modelops_git.core.places import Home
from modelops_git.core.references import find_version
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.proposing import Proposal, free_name, propose
from modelops_git.edges.git.reading import commit_snapshot
from modelops_git.engine.announcing import BY_MACHINE
from modelops_git.engine.intent import desired_of
from modelops_git.engine.pointing import Message, point
from modelops_git.engine.rollback import message_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.routes import Hold, Route
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


@dataclass(frozen=True, slots=True)
class Revert:
    """What was prepared for one model.

    Attributes:
        environment: The environment.
        model: The model.
        branch: The branch; empty where none could be made.
        problem: Why none could.
    """

    environment: str
    model: str
    branch: str
    problem: str = ""

    @property
    def text(self) -> str:
        """What to do with it, for people."""
        if self.problem:
            return f"the revert was not prepared: {self.problem}"
        return f"the revert is on branch {self.branch}: push it and have it merged"


class Undo(NamedTuple):
    """What a revert asks for, of one model in one environment.

    Attributes:
        model: The model.
        serve: The version that serves instead; None where none does.
        reason: For the commit's message.
        is_experiment: Whether an experiment is to go, and nothing else.
    """

    model: str
    serve: Route | None
    reason: str
    is_experiment: bool = False


def prepare_revert(ground: Ground, intent: Intent, undo: Undo) -> Revert:
    """The branch that holds the revert; the same one where it was prepared before."""
    try:
        path, text, message = _change(ground, intent, undo)
        branch = message.branch
        if not _is_made(ground.repository, intent, branch, (path, text)):
            branch = free_name(ground.repository, branch)
            proposal = Proposal(branch, intent.commit, {path: text})
            propose(ground.repository, proposal, f"{message.subject}\n\n{message.body}\n")
    except (ModelopsError, GitError) as error:
        return Revert(ground.name, undo.model, "", error.message)
    return Revert(ground.name, undo.model, branch)


def reverts(ground: Ground, intent: Intent, models: Iterable[str] = ()) -> list[Revert]:
    """The reverts of what the machine has aborted, and main still wants; none where the rules want none.

    Args:
        ground: The environment.
        intent: What main wants.
        models: Those that are looked at; all where none is given.

    Raises:
        JournalError: What this clone knows of the journal cannot be read.
    """
    if ground.environment.rollback.on_abort != "pull_request":
        return []
    states = ground.journal.states(ground.journal.tip())
    named = (states[name] for name in models or sorted(states) if name in states)
    holds = ((state.model, _held_by_machine(ground, intent, state)) for state in named)
    return [
        prepare_revert(ground, intent, Undo(model, hold.serve, hold.reason)) for model, hold in holds if hold
    ]


def _held_by_machine(ground: Ground, intent: Intent, state: ModelState) -> Hold | None:
    """The hold, where the machine has set it against what main still wants."""
    hold = state.hold
    if hold is None or hold.by != BY_MACHINE:
        return None
    try:
        wanted = desired_of(intent, ground.name, state.model).generation
    except ModelopsError:
        return None  # what main wants cannot be read, which is reported where it is reviewed
    return hold if wanted == hold.generation else None


def _change(ground: Ground, intent: Intent, undo: Undo) -> tuple[str, bytes | None, Message]:
    if undo.is_experiment or _only_tries(ground, intent, undo):
        return _removed(ground, intent, undo, "Experiment")
    if undo.serve is None:
        return _removed(ground, intent, undo, "Rollout")
    version = find_version(intent.catalog, undo.model, undo.serve.version)
    pointed = point(intent.catalog, version, ground.name)
    message = message_for(ground.name, undo.model, pointed, undo.reason)
    return pointed.path, pointed.text.encode(), message


def _only_tries(ground: Ground, intent: Intent, undo: Undo) -> bool:
    """Whether main asks for what serves, and an experiment beside it: what was ended was that one."""
    rollout = intent.catalog.rollout(undo.model, ground.name)
    is_wanted = (
        rollout is not None and undo.serve is not None and rollout.manifest.version == undo.serve.version
    )
    path = Home("Experiment", undo.model, ground.name).path
    return is_wanted and intent.catalog.snapshot.entry(path) is not None


def _removed(
    ground: Ground, intent: Intent, undo: Undo, kind: Literal["Rollout", "Experiment"]
) -> tuple[str, None, Message]:
    path, what = Home(kind, undo.model, ground.name).path, kind.lower()
    if intent.catalog.snapshot.entry(path) is None:
        raise RefusedError(f"there is no {path}; there is nothing to change")
    message = Message(
        branch=f"remove/{undo.model}-{what}-in-{ground.name}",
        subject=f"Remove the {what} of {undo.model} in {ground.name}",
        body=f"It was aborted.\n\n{undo.reason}",
    )
    return path, None, message


def _is_made(repository: Repository, intent: Intent, branch: str, change: tuple[str, bytes | None]) -> bool:
    """Whether the branch of that name holds this very change, and is not merged already."""
    ref, (path, text) = f"refs/heads/{branch}", change
    if find_commit(repository, ref) is None:
        return False
    if repository.git.succeeds("merge-base", "--is-ancestor", ref, intent.commit):
        return False
    there = commit_snapshot(repository, ref)
    return (there.read(path) if there.entry(path) else None) == text
