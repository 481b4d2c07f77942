"""The fold: from entries to what is known. Pure and total; the only way in which state comes to be.

- An entry about a model changes the state of that model only, and that of the environment.
- What the target serves is what was last *observed* there; an intent alone changes nothing but itself.
- A version has completed when a run that led to it succeeded; one that was rolled back from is marked.
- A hold ends when it is cleared, when a retry is granted, or when a run of another generation succeeds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.journal import entry as entries
from modelops_git.core.journal.state import (
    REMEMBERED,
    Completed,
    Deferral,
    EnvironmentState,
    Intent,
    ModelState,
    Run,
)
from modelops_git.core.routes import Route, Stamp, stable

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.journal.entry import Entry


def fold_environment(state: EnvironmentState | None, entry: Entry) -> EnvironmentState:
    """What is known of the environment after `entry`.

    Raises:
        ValueError: The first entry is no Genesis, or a later one is.
    """
    payload = entry.payload
    if isinstance(payload, entries.Genesis):
        if state is not None:
            raise ValueError("a journal begins only once")
        return _first(payload, entry)
    if state is None:
        raise ValueError("the first entry of a journal is a Genesis")
    commit = payload.desired_commit if isinstance(payload, entries.RunStarted) else state.applied_commit
    return state.model_copy(
        update={"sequence": entry.sequence, "last": entry.digest, "at": entry.at, "applied_commit": commit}
    )


def _first(payload: entries.Genesis, entry: Entry) -> EnvironmentState:
    return EnvironmentState(
        registry=payload.registry,
        environment=payload.environment,
        sequence=entry.sequence,
        last=entry.digest,
        at=entry.at,
    )


def fold_model(state: ModelState | None, entry: Entry) -> ModelState:
    """What is known of the model that `entry` is about, after it."""
    before = state or ModelState(model=entry.model)
    folder = _FOLDERS.get(type(entry.payload))
    return before if folder is None else folder(before, entry, entry.payload)


def _with(state: ModelState, changes: dict[str, Any]) -> ModelState:
    return state.model_copy(update=changes)


def _adopted(state: ModelState, entry: Entry, payload: entries.Adopted) -> ModelState:
    return _with(state, {"routes": payload.routes, "since": entry.at, "by": entry.actor.name})


def _run_started(state: ModelState, entry: Entry, payload: entries.RunStarted) -> ModelState:
    run = Run(
        run=payload.run,
        action=payload.action,
        generation=payload.generation,
        desired_commit=payload.desired_commit,
        author=payload.author,
        before=payload.before,
        after=payload.after,
        steps=payload.steps,
        started_at=entry.at,
    )
    return _with(state, {"run": run, "deferred": None, "retry": None})


def _step_intent(state: ModelState, entry: Entry, payload: entries.StepIntent) -> ModelState:
    intent = Intent(
        stamp=Stamp(run=payload.run, sequence=entry.sequence),
        at=entry.at,
        index=payload.index,
        action=payload.action,
        routes=payload.routes,
    )
    return _with(state, {"intent": intent})


def _step_observed(state: ModelState, entry: Entry, payload: entries.StepObserved) -> ModelState:
    run = state.run
    if run and run.run == payload.run:
        run = run.model_copy(update={"done": payload.index + 1})
    changes: dict[str, Any] = {"routes": payload.routes, "stamp": payload.stamp, "intent": None, "run": run}
    if stable(payload.routes) != stable(state.routes):
        changes |= {"since": entry.at, "by": run.author if run else entry.actor.name}
    return _with(state, changes)


def _run_ended(state: ModelState, entry: Entry, payload: entries.RunEnded) -> ModelState:
    run = state.run
    if run is None or run.run != payload.run:
        return state
    ended = run.model_copy(update={"ended_at": entry.at, "result": payload.result})
    changes: dict[str, Any] = {"run": ended, "intent": None}
    if payload.result == "succeeded":
        changes["completed"] = _completed(state, ended, entry)
        if state.hold and state.hold.generation != run.generation:
            changes["hold"] = None
    return _with(state, changes)


def _completed(state: ModelState, run: Run, entry: Entry) -> tuple[Completed, ...]:
    live = stable(run.after)
    if live is None:
        return state.completed
    left = stable(run.before) if run.action == "rollback" else None
    others = tuple(_marked(one, left) for one in state.completed if one.route.digest != live.digest)
    newest = Completed(route=live, run=run.run, at=entry.at, commit=run.desired_commit)
    return (*others, newest)[-REMEMBERED:]


def _marked(one: Completed, left: Route | None) -> Completed:
    if left is None or one.route.digest != left.digest:
        return one
    return one.model_copy(update={"rolled_back": True})


def _hold_set(state: ModelState, entry: Entry, payload: entries.HoldSet) -> ModelState:
    left = stable(state.routes)
    run = state.run
    if run and run.ended_at is None:
        run = run.model_copy(update={"ended_at": entry.at, "result": "aborted"})
    return _with(
        state,
        {
            "routes": payload.routes,
            "stamp": payload.stamp,
            "since": payload.hold.at,
            "by": payload.hold.by,
            "run": run,
            "intent": None,
            "hold": payload.hold,
            "holds": (*state.holds, payload.hold.id)[-REMEMBERED:],
            "completed": tuple(_marked(one, left) for one in state.completed),
        },
    )


def _hold_cleared(state: ModelState, entry: Entry, payload: entries.HoldCleared) -> ModelState:
    del entry
    return _with(state, {"hold": None}) if state.hold and state.hold.id == payload.hold else state


def _retry_granted(state: ModelState, entry: Entry, payload: entries.RetryGranted) -> ModelState:
    del entry
    return _with(state, {"hold": None, "retry": payload.generation})


def _deferred(state: ModelState, entry: Entry, payload: entries.Deferred) -> ModelState:
    del entry
    waiting = Deferral(generation=payload.generation, reason=payload.reason, until=payload.until)
    return _with(state, {"deferred": waiting})


def _drift_healed(state: ModelState, entry: Entry, payload: entries.DriftHealed) -> ModelState:
    del entry
    return _with(state, {"routes": payload.routes, "stamp": payload.stamp})


def _retired(state: ModelState, entry: Entry, payload: entries.Retired) -> ModelState:
    del payload
    return _with(state, {"routes": (), "since": entry.at})


_FOLDERS: dict[type, Callable[[ModelState, Entry, Any], ModelState]] = {
    entries.Adopted: _adopted,
    entries.RunStarted: _run_started,
    entries.StepIntent: _step_intent,
    entries.StepObserved: _step_observed,
    entries.RunEnded: _run_ended,
    entries.HoldSet: _hold_set,
    entries.HoldCleared: _hold_cleared,
    entries.RetryGranted: _retry_granted,
    entries.Deferred: _deferred,
    entries.DriftHealed: _drift_healed,
    entries.Retired: _retired,
}
"""The entries that change what is known of a model; the others are only remembered."""
