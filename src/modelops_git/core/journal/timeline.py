"""What served when, and the runs that brought it: read from the entries of one model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from modelops_git.core.journal import entry as entries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from modelops_git.core.journal.entry import Entry
    from modelops_git.core.journal.people import Approval
    from modelops_git.core.routes import Hold, Route

OBSERVED = (entries.StepObserved, entries.Adopted, entries.DriftHealed)


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
    """The runs and holds of a history, oldest first; takes time in proportion to its length."""
    told = _Told()
    for entry in history:
        told.hear(entry)
    return told.episodes


class _Told:
    """The runs and holds heard of so far, and where in their list those are that may still change."""

    def __init__(self) -> None:
        self.episodes: list[Episode] = []
        self._by_run: dict[str, list[int]] = {}
        self._open: dict[str, set[int]] = {}
        self._last: dict[str, Episode] = {}
        self._holds = _Holds()

    def hear(self, entry: Entry) -> None:
        """Take in the next entry."""
        payload = entry.payload
        if isinstance(payload, entries.RunStarted):
            self._open.setdefault(payload.model, set()).add(len(self.episodes))
            self._add(_started(entry, payload))
        elif isinstance(payload, entries.HoldSet):
            self._abort(entry, payload)
            self._add(_held(entry, payload, self._last.get(payload.model)))
        elif isinstance(payload, entries.RunEnded):
            self._end(entry, payload)
        self._holds.hear(payload)

    def _add(self, episode: Episode) -> None:
        self._last[episode.model] = episode
        self._by_run.setdefault(episode.run, []).append(len(self.episodes))
        self.episodes.append(episode)

    def _abort(self, entry: Entry, payload: entries.HoldSet) -> None:
        reason = payload.hold.reason
        for index in self._open.pop(payload.model, ()):
            one = self.episodes[index]
            self.episodes[index] = replace(one, ended_at=entry.at, result="aborted", reason=reason)

    def _end(self, entry: Entry, payload: entries.RunEnded) -> None:
        ended_hold = self._holds.ended_by(payload)
        for index in self._by_run.get(payload.run, ()):
            one = self.episodes[index]
            self._open.get(one.model, set()).discard(index)
            self.episodes[index] = replace(
                one,
                ended_at=entry.at,
                result=payload.result,
                reason=payload.reason or "",
                ended_hold=ended_hold or one.ended_hold,
            )


class _Holds:
    """The holds in force: the rules are those of the fold."""

    def __init__(self) -> None:
        self._holds: dict[str, Hold] = {}
        self._generations: dict[str, str] = {}

    def hear(self, payload: entries.Payload) -> None:
        """Take in what sets and lifts holds."""
        if isinstance(payload, entries.HoldSet):
            self._holds[payload.model] = payload.hold
        elif isinstance(payload, entries.HoldCleared | entries.RetryGranted):
            self._holds.pop(payload.model, None)
        elif isinstance(payload, entries.RunStarted):
            self._generations[payload.run] = payload.generation

    def ended_by(self, payload: entries.RunEnded) -> str:
        """The name of the hold that the end of a run has ended; empty where it ended none."""
        hold = self._holds.get(payload.model)
        is_over = (
            payload.result == "succeeded" and hold and hold.generation != self._generations.get(payload.run)
        )
        return self._holds.pop(payload.model).id if is_over else ""


def _started(entry: Entry, payload: entries.RunStarted) -> Episode:
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


def _held(entry: Entry, payload: entries.HoldSet, last: Episode | None) -> Episode:
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
    if isinstance(payload, entries.StepIntent):
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
