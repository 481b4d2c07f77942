"""Which entries change something that people are told of; saying the same again is none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.journal import entry as entries
from modelops_git.core.journal import runs
from modelops_git.core.journal.state import ModelState

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.journal.entry import Entry

Events = tuple[str, ...]


def events_of(entry: Entry, before: ModelState | None, after: ModelState | None) -> Events:
    """What happened with `entry`, in the words of modelops.yaml; nothing where it changed nothing.

    Args:
        entry: The entry.
        before: What was known of its model before.
        after: What is known of it since.
    """
    find = _EVENTS.get(type(entry.payload))
    known = before or ModelState(model=entry.model)
    return find(known, after or known, entry.payload) if find else ()


def _always(event: str) -> Callable[[ModelState, ModelState, Any], Events]:
    return lambda _before, _after, _payload: (event,)


def _paused(before: ModelState, after: ModelState, payload: runs.Paused) -> Events:
    del payload
    was, stands = before.running, after.running
    is_new = stands is not None and stands.pause is not None and (was is None or was.pause is None)
    return ("paused",) if is_new else ()


def _resumed(before: ModelState, after: ModelState, payload: runs.Resumed) -> Events:
    del payload
    return ("resumed",) if before.run != after.run else ()


def _deferred(before: ModelState, after: ModelState, payload: entries.Deferred) -> Events:
    del after
    known = before.deferred
    is_same = known is not None and known.generation == payload.generation
    return () if is_same and known and known.refused == payload.refused else ("deferred",)


def _run_ended(before: ModelState, after: ModelState, payload: runs.RunEnded) -> Events:
    del after
    run = before.run_named(payload.run)
    return ("run-ended",) if run is not None and run.ended_at is None else ()


def _hold_set(before: ModelState, after: ModelState, payload: entries.HoldSet) -> Events:
    is_known = payload.hold.id in before.heard
    is_overtaken = after.model_copy(update={"heard": before.heard}) == before
    if is_known or is_overtaken:
        return ()
    has_ended = before.running and not after.running
    return ("run-ended", "hold-set") if has_ended or (before.trying and not after.trying) else ("hold-set",)


def _hold_cleared(before: ModelState, after: ModelState, payload: entries.HoldCleared) -> Events:
    del payload
    return ("hold-cleared",) if before != after else ()


def _retry_granted(before: ModelState, after: ModelState, payload: entries.RetryGranted) -> Events:
    del after
    return () if payload.id in before.heard else ("retry-granted",)


def _drift_observed(before: ModelState, after: ModelState, payload: entries.DriftObserved) -> Events:
    del after
    return () if before.drift and before.drift.drift == payload.drift else ("drift-observed",)


_EVENTS: dict[type, Callable[[ModelState, ModelState, Any], Events]] = {
    entries.Adopted: _always("adopted"),
    runs.RunStarted: _always("run-started"),
    runs.Paused: _paused,
    runs.Resumed: _resumed,
    entries.Deferred: _deferred,
    runs.RunEnded: _run_ended,
    entries.HoldSet: _hold_set,
    entries.HoldCleared: _hold_cleared,
    entries.RetryGranted: _retry_granted,
    entries.DriftObserved: _drift_observed,
    entries.DriftHealed: _always("drift-healed"),
    entries.Retired: _always("retired"),
    entries.BreakGlass: _always("break-glass"),
}
