"""What served when, and the runs that brought it: read from the entries of one model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from modelops_git.core.journal import entry as entries
from modelops_git.core.journal import runs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from modelops_git.core.journal.entry import Entry
    from modelops_git.core.journal.people import Approval
    from modelops_git.core.routes import Hold, Route

OBSERVED = (runs.StepObserved, entries.Adopted, entries.DriftHealed)


@dataclass(frozen=True, slots=True)
class Episode:
    """One run, or one hold, as a line of a history.

    Attributes:
        model: The model.
        action: What was done, in the vocabulary of a plan; `hold` for a hold.
        run: The run's or the hold's name.
        started_at: When it began.
        ended_at: When it ended; None while it goes on. A hold is over in the moment that it is set.
        result: How it ended.
        before: What served.
        after: What was to serve.
        by: Whose change it was.
        commit: The commit that wanted it; empty for a hold.
        reason: In somebody's words, where there are any.
        approvals: Who approved.
        pull_request: Where it was reviewed.
        ended_hold: The name of the hold that it ended, by bringing something else than what was held off.
    """

    model: str
    action: str
    run: str
    started_at: datetime
    ended_at: datetime | None
    result: str
    before: tuple[Route, ...]
    after: tuple[Route, ...]
    by: str
    commit: str = ""
    reason: str = ""
    approvals: tuple[Approval, ...] = ()
    pull_request: str = ""
    ended_hold: str = ""

    @property
    def only_ends_hold(self) -> bool:
        """Whether what the hold served is what was merged since: nothing else changed."""
        return bool(self.ended_hold) and self.before == self.after


@dataclass(frozen=True, slots=True)
class Period:
    """A time in which the same routes served.

    Attributes:
        since: Its begin.
        until: Its end, which is no longer part of it; None while it goes on.
        routes: What served. Where `is_certain` is false, each of them may have.
        is_certain: False between the announcement of a step and its observation.
        episode: The run or hold that brought it; None for what was adopted.
    """

    since: datetime
    until: datetime | None
    routes: tuple[Route, ...]
    is_certain: bool
    episode: Episode | None


def episodes(history: Iterable[Entry]) -> list[Episode]:
    """The runs and holds of a history, oldest first."""
    known = list(history)
    found: list[Episode] = []
    for entry in known:
        payload = entry.payload
        if isinstance(payload, runs.RunStarted):
            found.append(_started(entry, payload))
        elif isinstance(payload, entries.HoldSet):
            found = [*_aborted(found, entry, payload), _held(entry, payload, found)]
        elif isinstance(payload, runs.RunEnded):
            found = [_ended(one, entry, payload) for one in found]
    ended = _ended_holds(known)
    return [replace(one, ended_hold=ended.get(one.run, "")) for one in found]


def _ended_holds(history: Iterable[Entry]) -> dict[str, str]:
    """Which run ended which hold, by their names: the rules are those of the fold."""
    holds: dict[str, Hold] = {}
    generations: dict[str, str] = {}
    ended: dict[str, str] = {}
    for entry in history:
        payload = entry.payload
        if isinstance(payload, entries.HoldSet):
            holds[payload.model] = payload.hold
        elif isinstance(payload, entries.HoldCleared | entries.RetryGranted):
            holds.pop(payload.model, None)
        elif isinstance(payload, runs.RunStarted):
            generations[payload.run] = payload.generation
        elif isinstance(payload, runs.RunEnded) and payload.result == "succeeded":
            hold = holds.get(payload.model)
            if hold and generations.get(payload.run) != hold.generation:
                ended[payload.run] = holds.pop(payload.model).id
    return ended


def _started(entry: Entry, payload: runs.RunStarted) -> Episode:
    return Episode(
        model=payload.model,
        action=payload.action,
        run=payload.run,
        started_at=entry.at,
        ended_at=None,
        result="running",
        before=payload.before,
        after=payload.after,
        by=payload.author,
        commit=payload.desired_commit,
        approvals=payload.approvals,
        pull_request=payload.pull_request or "",
    )


def _ended(episode: Episode, entry: Entry, payload: runs.RunEnded) -> Episode:
    if episode.run != payload.run:
        return episode
    return replace(episode, ended_at=entry.at, result=payload.result, reason=payload.reason or "")


def _aborted(found: list[Episode], entry: Entry, payload: entries.HoldSet) -> list[Episode]:
    return [
        replace(one, ended_at=entry.at, result="aborted", reason=payload.hold.reason)
        if one.ended_at is None and one.model == payload.model
        else one
        for one in found
    ]


def _held(entry: Entry, payload: entries.HoldSet, found: list[Episode]) -> Episode:
    last = next((one for one in reversed(found) if one.model == payload.model), None)
    return Episode(
        model=payload.model,
        action="hold",
        run=payload.hold.id,
        started_at=payload.hold.at,
        ended_at=entry.at,
        result="set",
        before=last.after if last else (),
        after=payload.routes,
        by=payload.hold.by,
        reason=payload.hold.reason,
    )


def periods(history: Iterable[Entry]) -> list[Period]:
    """What served, from the entries of one model, oldest first and without a gap."""
    known = list(history)
    by_run = {episode.run: episode for episode in episodes(known)}
    found: list[Period] = []
    for entry in known:
        begun = _begun(entry, found[-1].routes if found else (), by_run)
        if begun is None:
            continue
        if found:
            begun = replace(begun, since=max(begun.since, found[-1].since))
            found[-1] = replace(found[-1], until=begun.since)
        found.append(begun)
    return found


def _begun(entry: Entry, before: tuple[Route, ...], by_run: dict[str, Episode]) -> Period | None:
    """The period that begins with an entry, if one does."""
    payload = entry.payload
    if isinstance(payload, runs.StepIntent):
        either = tuple(dict.fromkeys((*before, *payload.routes)))
        return Period(entry.at, None, either, is_certain=False, episode=by_run.get(payload.run))
    if isinstance(payload, entries.HoldSet):
        held = by_run.get(payload.hold.id)
        return Period(payload.hold.at, None, payload.routes, is_certain=True, episode=held)
    if isinstance(payload, OBSERVED):
        episode = by_run.get(getattr(payload, "run", ""))
        return Period(entry.at, None, payload.routes, is_certain=True, episode=episode)
    return None


def serving_at(served: list[Period], at: datetime) -> Period | None:
    """The period that `at` lies in; None before the first."""
    return next((p for p in reversed(served) if p.since <= at and (p.until is None or at < p.until)), None)
