"""What served when, and the runs that brought it: read from the entries of one model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from modelops_git.core.journal import entry as entries
from modelops_git.core.journal import runs
from modelops_git.core.journal.fold import fold_model

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from modelops_git.core.journal.entry import Entry
    from modelops_git.core.journal.people import Approval
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.routes import Route

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
        glass: The reason and the ticket with which somebody went past the rules; empty where nobody did.
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
    glass: str = ""

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
        either: Where it is not certain, the two sets of routes of which one served.
        came_by: For each of the routes, what brought its version to where it then served without a break:
            during a rollout that is an older run for the version that is being replaced.
    """

    since: datetime
    until: datetime | None
    routes: tuple[Route, ...]
    is_certain: bool
    episode: Episode | None
    either: tuple[tuple[Route, ...], ...] = ()
    came_by: tuple[Episode | None, ...] = ()


def episodes(history: Iterable[Entry]) -> list[Episode]:
    """The runs and holds of a history, oldest first; takes time in proportion to its length."""
    told = _Told()
    for entry in history:
        told.hear(entry)
    return told.episodes


class _Told:
    """The runs and holds heard of so far; what ends them, the fold knows."""

    def __init__(self) -> None:
        self.episodes: list[Episode] = []
        self._places: dict[str, int] = {}
        self._states: dict[str, ModelState] = {}
        self._last: dict[str, Episode] = {}

    def hear(self, entry: Entry) -> None:
        """Take in the next entry."""
        payload = entry.payload
        if isinstance(payload, runs.RunStarted):
            self._add(_started(entry, payload))
        if entry.model:
            before = self._states.get(entry.model)
            after = self._states[entry.model] = fold_model(before, entry)
            self._end(before, after)
        if isinstance(payload, entries.HoldSet):
            self._add(_held(entry, payload, self._last.get(payload.model)))

    def _add(self, episode: Episode) -> None:
        self._last[episode.model] = episode
        self._places[episode.run] = len(self.episodes)
        self.episodes.append(episode)

    def _end(self, before: ModelState | None, after: ModelState) -> None:
        """Write down which runs have ended between two states, and which hold with one of them."""
        known = (before.run, before.experiment) if before else ()
        for run in (after.run, after.experiment):
            if run is None or run.ended_at is None or run in known or run.run not in self._places:
                continue
            place = self._places[run.run]
            lifted = before.hold.id if before and before.hold and not after.hold else ""
            self.episodes[place] = replace(
                self.episodes[place],
                ended_at=run.ended_at,
                result=run.result or "",
                reason=run.reason or "",
                ended_hold=lifted,
            )


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
        glass=payload.glass.text if payload.glass else "",
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
        found.append(replace(begun, came_by=_came_by(begun, found[-1] if found else None)))
    return found


def _came_by(begun: Period, before: Period | None) -> tuple[Episode | None, ...]:
    """What brought each of the routes: a version that was there before was brought by what brought it then.

    A mirror answers nothing, so that a version which is mirrored and then promoted was brought twice.
    """
    known = zip(before.routes, before.came_by, strict=True) if before else ()
    brought = {(route.digest, route.role == "mirror"): episode for route, episode in known}
    keys = ((route.digest, route.role == "mirror") for route in begun.routes)
    return tuple(brought.get(key, begun.episode) for key in keys)


def _begun(entry: Entry, before: tuple[Route, ...], by_run: dict[str, Episode]) -> Period | None:
    """The period that begins with an entry, if one does."""
    payload = entry.payload
    if isinstance(payload, runs.StepIntent):
        routes = tuple(dict.fromkeys((*before, *payload.routes)))
        episode = by_run.get(payload.run)
        return Period(
            entry.at, None, routes, is_certain=False, episode=episode, either=(before, payload.routes)
        )
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
