"""Git follows what was aborted: the revert is pushed, and a pull request of it is opened.

Traffic is back long before: nothing here keeps it, and where the remote or the forge fails, that is told and
tried again later. It is done once for each hold:

- This clone notes for which holds a pull request is open, and asks nobody about these again.
- In another clone, as each run of CI makes one, a branch of the remote that holds the very change is taken
  for ours. If it is new and no pull request of it is open, one is opened, since who pushed it may have died;
  later somebody has closed it, which is respected.
- Where something failed, this clone waits some minutes before it asks again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from modelops_git.core.errors import ModelopsError
from modelops_git.edges.git.publishing import fetch_branch, published
from modelops_git.edges.remembered import Remembered
from modelops_git.engine.proposing import desk_at
from modelops_git.engine.reverting import (
    Revert,
    holds,
    make,
    prepare_revert,
    reverts,
    told,
    undo_of,
    wanted_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from modelops_git.core.journal.state import ModelState
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.proposing import Desk
    from modelops_git.engine.reverting import Undo, Wanted

AGAIN = timedelta(minutes=5)
"""How long nobody is asked again after a failure."""
YOUNG = timedelta(minutes=15)
"""How long a branch without a pull request is taken for one that is yet to get it."""
_FORMAT = "1"
_OPEN, _FAILED = "open", "failed"


def follow_up(
    ground: Ground, intent: Intent, states: Mapping[str, ModelState], moved: Collection[str]
) -> list[Revert]:
    """The reverts after a round: prepared, and where the registry has a forge, proposed.

    Args:
        ground: The environment.
        intent: What main wants.
        states: How each model stands after the round.
        moved: The models of which something was done.

    Raises:
        JournalError: What this clone knows of the journal cannot be read.
    """
    if intent.registry.forge is None or ground.environment.rollback.on_abort != "pull_request":
        return reverts(ground, intent, moved) if moved else []
    undone = [undo for _, state in sorted(states.items()) if (undo := undo_of(ground, intent, state))]
    return list(_Following(ground, intent).each(undone, moved)) if undone else []


def propose_revert(ground: Ground, intent: Intent, undo: Undo) -> Revert:
    """One revert, prepared and proposed; whatever fails is told, and no exception."""
    revert = prepare_revert(ground, intent, undo)
    if revert.problem:
        return revert
    try:
        desk = desk_at(ground.repository, intent.registry)
        return _offered(desk, ground, intent, undo)
    except ModelopsError as error:
        return replace(revert, unproposed=f"No pull request: {error.message.rstrip('.')}.")


def _offered(desk: Desk, ground: Ground, intent: Intent, undo: Undo) -> Revert:
    """The revert with its pull request.

    Raises:
        GitError: The remote cannot be reached, or refuses the branch.
        ForgeError: The forge cannot be asked, or refuses.
    """
    wanted = wanted_of(ground, intent, undo)
    branch = wanted.message.branch
    theirs = published(ground.repository, desk.remote, branch)
    for name in theirs:
        ref = fetch_branch(ground.repository, desk.remote, name)
        if holds(ground.repository, intent, ref, wanted):
            return _adopted(desk, ground, undo, wanted, name)
    if branch in theirs:
        branch = make(ground, intent, undo, wanted, theirs)
    pull = desk.offer(branch, told(ground, undo, wanted.message))
    return Revert(ground.name, undo.model, branch, url=pull.url)


def _adopted(desk: Desk, ground: Ground, undo: Undo, wanted: Wanted, branch: str) -> Revert:
    """The revert that is at the remote already, by this clone or another."""
    pull = desk.forge.find_open(branch)
    if pull is None and _is_young(ground, f"refs/remotes/{desk.remote}/{branch}"):
        pull = desk.propose(branch, told(ground, undo, wanted.message))
    revert = Revert(ground.name, undo.model, branch)
    if pull is None:
        return replace(revert, unproposed="Its pull request was closed, and is left so.")
    return replace(revert, url=pull.url)


def _is_young(ground: Ground, ref: str) -> bool:
    seconds = ground.repository.git.text("log", "-1", "--no-show-signature", "--format=%ct", ref, "--")
    return ground.now() - datetime.fromtimestamp(int(seconds), UTC) < YOUNG


class _Following:
    """The reverts of one environment, with what this clone noted of them."""

    def __init__(self, ground: Ground, intent: Intent) -> None:
        self._ground, self._intent = ground, intent
        path = ground.repository.common_dir / "modelops" / "proposed" / ground.name
        self._notes = Remembered(path, _FORMAT)

    def each(self, undone: Iterable[Undo], moved: Collection[str]) -> Iterator[Revert]:
        """What is to be told of each."""
        for undo in undone:
            url = self._noted(undo)
            if url:
                if undo.model in moved:
                    yield self._prepared(undo, url=url)
            elif undo.model in moved or not self._rests():
                yield self._followed(undo)
        self._notes.save()

    def _followed(self, undo: Undo) -> Revert:
        if self._rests():
            return self._prepared(undo, unproposed="No pull request: that failed a moment ago.")
        revert = propose_revert(self._ground, self._intent, undo)
        if revert.url:
            self._notes.learn(_key(undo), f"{_OPEN} {revert.url}")
        elif not revert.problem:
            self._notes.learn(_FAILED, self._ground.now().isoformat())
        return revert

    def _prepared(self, undo: Undo, *, url: str = "", unproposed: str = "") -> Revert:
        revert = prepare_revert(self._ground, self._intent, undo)
        return revert if revert.problem else replace(revert, url=url, unproposed=unproposed)

    def _noted(self, undo: Undo) -> str:
        """Where the pull request is; empty where none is known to be open."""
        word, _, url = (self._notes.get(_key(undo)) or "").partition(" ")
        return url if word == _OPEN else ""

    def _rests(self) -> bool:
        """Whether something failed so short a time ago that nobody is asked again."""
        try:
            failed = datetime.fromisoformat(self._notes.get(_FAILED) or "")
        except ValueError:
            return False
        return timedelta(0) <= self._ground.now() - failed < AGAIN


def _key(undo: Undo) -> str:
    return f"{undo.model}/{undo.hold.id if undo.hold else ''}"
