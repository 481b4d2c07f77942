"""The change that makes git follow: until then main asks for what was aborted or rolled back.

It is prepared on a branch of its own, and the work tree is left alone: at that hour nobody wants to be asked
about files that are not committed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from modelops_git.core.clock import format_time
from modelops_git.core.errors import GitError, ModelopsError, RefusedError
from modelops_git.core.journal.entry import HoldSet
from modelops_git.core.journal.runs import StepIntent
from modelops_git.core.places import Home
from modelops_git.core.references import find_version
from modelops_git.core.routes import stable
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.proposing import Proposal, alike, free_name, propose
from modelops_git.edges.git.reading import commit_snapshot
from modelops_git.engine.announcing import BY_MACHINE
from modelops_git.engine.intent import desired_of
from modelops_git.engine.pointing import Message, point
from modelops_git.engine.rollback import message_for

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.journal.entry import Payload
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
        url: The pull request, where it is open.
        unproposed: Why no pull request could be opened; empty where none is to be.
    """

    environment: str
    model: str
    branch: str
    problem: str = ""
    url: str = ""
    unproposed: str = ""

    @property
    def text(self) -> str:
        """What to do with it, for people."""
        if self.problem:
            return f"no revert was prepared: {self.problem}"
        if self.url:
            return f"the revert is proposed, and only needs its merge: {self.url}"
        if self.unproposed:
            return f"the revert is on branch {self.branch}; have it merged. {self.unproposed}"
        return f"the revert is on branch {self.branch}: push it and have it merged"


class Undo(NamedTuple):
    """What a revert asks for, of one model in one environment.

    Attributes:
        model: The model.
        serve: The version that serves instead; None where none does.
        reason: For the commit's message.
        is_experiment: Whether an experiment is to go, and nothing else.
        hold: The hold that it is about, where the machine has set it.
        against: The generation that must not come again; empty where it is not looked at.
    """

    model: str
    serve: Route | None
    reason: str
    is_experiment: bool = False
    hold: Hold | None = None
    against: str = ""


class Wanted(NamedTuple):
    """What a revert changes, and what it is called.

    Attributes:
        path: The file.
        text: Its content; None where it is to go.
        message: The branch's name, and what the commit says.
    """

    path: str
    text: bytes | None
    message: Message


def prepare_revert(ground: Ground, intent: Intent, undo: Undo) -> Revert:
    """The branch that holds the revert; the same one where it was prepared before."""
    try:
        wanted = wanted_of(ground, intent, undo)
        known = alike(ground.repository, wanted.message.branch)
        found = (one for one in known if holds(ground.repository, intent, f"refs/heads/{one}", wanted))
        branch = next(found, "") or make(ground, intent, undo, wanted)
    except (ModelopsError, GitError) as error:
        return Revert(ground.name, undo.model, "", error.message)
    return Revert(ground.name, undo.model, branch)


def make(ground: Ground, intent: Intent, undo: Undo, wanted: Wanted, taken: Iterable[str] = ()) -> str:
    """Make the branch, of a name that is free here and not `taken`; its name.

    Raises:
        GitError: git failed, or does not know who commits.
    """
    branch = free_name(ground.repository, wanted.message.branch, taken)
    proposal = Proposal(branch, intent.commit, {wanted.path: wanted.text})
    subject, body = wanted.message.subject, told(ground, undo, wanted.message).body
    propose(ground.repository, proposal, f"{subject}\n\n{body}\n")
    return branch


def told(ground: Ground, undo: Undo, message: Message) -> Message:
    """The message, with where the journal records what it follows."""
    return replace(message, body="\n\n".join(filter(None, [message.body, _record(ground, undo)])))


def _record(ground: Ground, undo: Undo) -> str:
    """Where the journal records it; asked for what the machine did only, since it may take a while."""
    hold = undo.hold
    if hold is None:
        return ""
    at = format_time(hold.at.replace(microsecond=0))
    said = f"The machine aborted it at {at}, and holds it since. Journal: `{ground.journal.place.branch}`"
    try:
        past = ground.journal.history(ground.journal.tip(), undo.model)
        found = next((one for one in past if _sets(one.entry.payload, hold.id)), None)
    except ModelopsError:
        found = None  # the revert is more urgent than its footnote, which then names the hold alone
    if found is None:
        return f"{said}, hold `{hold.id}`."
    return f"{said}, entry {found.entry.sequence} in commit `{found.commit}`."


def _sets(payload: Payload, hold: str) -> bool:
    found = payload.hold if isinstance(payload, HoldSet | StepIntent) else None
    return found is not None and found.id == hold


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
    undone = (undo_of(ground, intent, state) for state in named)
    return [prepare_revert(ground, intent, undo) for undo in undone if undo]


def undo_of(ground: Ground, intent: Intent, state: ModelState) -> Undo | None:
    """What is to be reverted of a model; None where the machine holds nothing against what main wants."""
    hold = _held_by_machine(ground, intent, state)
    return Undo(state.model, hold.serve, hold.reason, hold=hold) if hold else None


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


def wanted_of(ground: Ground, intent: Intent, undo: Undo) -> Wanted:
    """What a revert changes.

    Raises:
        RefusedError: There is nothing to change.
        UsageError: The version to go back to is not in the registry.
    """
    _refuse_other_wish(ground, intent, undo)
    if undo.is_experiment or _only_tries(ground, intent, undo):
        return _removed(ground, intent, undo, "Experiment")
    if undo.serve is None:
        return _removed(ground, intent, undo, "Rollout")
    version = find_version(intent.catalog, undo.model, undo.serve.version)
    pointed = point(intent.catalog, version, ground.name)
    message = message_for(ground.name, undo.model, pointed, undo.reason)
    return Wanted(pointed.path, pointed.text.encode(), message)


def _refuse_other_wish(ground: Ground, intent: Intent, undo: Undo) -> None:
    """Refuse to undo what main wants by now, where that is something else than what was ended.

    Raises:
        RefusedError: It is.
    """
    if not undo.against or undo.is_experiment:
        return
    try:
        wanted = desired_of(intent, ground.name, undo.model)
    except ModelopsError:
        return  # what main wants cannot be read, which is reported where it is reviewed
    if wanted.generation == undo.against:
        return
    live = stable(wanted.routes)
    version = f"{undo.model} {live.version}" if live else f"nothing of {undo.model}"
    raise RefusedError(f"main wants {version} by now{'' if live == undo.serve else ', which comes next'}")


def _only_tries(ground: Ground, intent: Intent, undo: Undo) -> bool:
    """Whether main asks for what serves, and an experiment beside it: what was ended was that one."""
    rollout = intent.catalog.rollout(undo.model, ground.name)
    is_wanted = (
        rollout is not None and undo.serve is not None and rollout.manifest.version == undo.serve.version
    )
    path = Home("Experiment", undo.model, ground.name).path
    return is_wanted and intent.catalog.snapshot.entry(path) is not None


def _removed(ground: Ground, intent: Intent, undo: Undo, kind: Literal["Rollout", "Experiment"]) -> Wanted:
    path, what = Home(kind, undo.model, ground.name).path, kind.lower()
    if intent.catalog.snapshot.entry(path) is None:
        raise RefusedError(f"there is no {path}; there is nothing to change")
    message = Message(
        branch=f"remove/{undo.model}-{what}-in-{ground.name}",
        subject=f"Remove the {what} of {undo.model} in {ground.name}",
        body=f"It was aborted.\n\n{undo.reason}",
    )
    return Wanted(path, None, message)


def holds(repository: Repository, intent: Intent, ref: str, wanted: Wanted) -> bool:
    """Whether a branch brings this very change to what main has, and is not merged already."""
    commit = find_commit(repository, ref)
    if commit is None or repository.git.succeeds("merge-base", "--is-ancestor", ref, intent.commit):
        return False
    if _at(repository, commit.id, wanted.path) != wanted.text:
        return False
    # One that was squashed into main once has the same content, and was made for another state of main.
    before = find_commit(repository, commit.parents[0]) if commit.parents else None
    return before is None or _at(repository, before.id, wanted.path) == _at(
        repository, intent.commit, wanted.path
    )


def _at(repository: Repository, commit: str, path: str) -> bytes | None:
    there = commit_snapshot(repository, commit)
    return there.read(path) if there.entry(path) else None
