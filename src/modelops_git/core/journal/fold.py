"""The fold: from entries to what is known. Pure and total; the only way in which state comes to be.

- An entry about a model changes the state of that model only, and that of the environment.
- What the target serves is what was last *observed* there; an intent alone changes nothing but itself.
- A version has completed when a run that led to it succeeded; one that was rolled back from is marked.
- Rollouts and experiments are kept apart: an experiment never counts as what was wanted.
- A version soaks while it has all of the traffic without a break; the longest such time is remembered.
- A hold ends when it is cleared, when a retry of what it is against is granted, or when a run of another
  generation succeeds; another hold ends none. One that was overtaken at the target before the journal heard
  of it changes nothing.
- A drift lasts until it is healed, or until a step has happened. A mending is an intent of no run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.journal import entry as entries
from modelops_git.core.journal import runs
from modelops_git.core.journal.holding import held_against, holds_where, is_overtaken, is_served, with_hold
from modelops_git.core.journal.news import Known, fold_news
from modelops_git.core.journal.serving import completed, marked, serving
from modelops_git.core.journal.state import (
    REMEMBERED,
    Deferral,
    Drift,
    EnvironmentState,
    Intent,
    ModelState,
    Pause,
    Run,
)
from modelops_git.core.routes import Hold, Stamp, stable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from modelops_git.core.journal.entry import Entry


EXPERIMENTS = ("split", "mirror")
NOTHING = Known()


def fold_environment(
    state: EnvironmentState | None, entry: Entry, known: Known = NOTHING
) -> EnvironmentState:
    """What is known of the environment after `entry`.

    Args:
        state: What was known of it before; None before the first entry.
        entry: The entry.
        known: What was known of its model before, and is since.

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
    commit = payload.desired_commit if isinstance(payload, runs.RunStarted) else state.applied_commit
    moved = {"sequence": entry.sequence, "last": entry.digest, "at": entry.at, "applied_commit": commit}
    return state.model_copy(update=moved | fold_news(state, entry, known))


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
    taken = {"stamp": payload.stamp, "since": entry.at, "by": entry.actor.name, "drift": None}
    deployed = {"deployed": bool(payload.routes)}
    return _with(state, serving(state, payload.routes, entry.at) | taken | deployed)


def _run_started(state: ModelState, entry: Entry, payload: runs.RunStarted) -> ModelState:
    run = Run(
        run=payload.run,
        action=payload.action,
        generation=payload.generation,
        desired_commit=payload.desired_commit,
        author=payload.author,
        before=payload.before,
        after=payload.after,
        steps=payload.steps,
        strategy=payload.strategy,
        analysis=payload.analysis,
        deadline=payload.deadline,
        until=payload.until,
        glass=payload.glass,
        started_at=entry.at,
    )
    if payload.strategy in EXPERIMENTS:
        return _with(state, {"experiment": run} | _tried_again(state, run))
    trial = state.experiment and state.experiment.generation
    left = tuple(one for one in state.retries if one == trial)
    return _with(state, {"run": run, "deferred": None, "retries": left})


def _tried_again(state: ModelState, trial: Run) -> dict[str, Any]:
    """What an experiment that begins has done with: its own retry, and the hold against the one before it."""
    former = state.experiment.generation if state.experiment else ""
    left = tuple(one for one in state.retries if one != trial.generation)
    return holds_where(state, lambda hold: hold.generation != former) | {"retries": left}


def _step_intent(state: ModelState, entry: Entry, payload: runs.StepIntent) -> ModelState:
    intent = Intent(
        run=payload.run,
        stamp=Stamp(run=payload.run, sequence=entry.sequence),
        at=entry.at,
        index=payload.index,
        action=payload.action,
        routes=payload.routes,
        ends=payload.ends,
        reason=payload.reason,
        hold=payload.hold,
    )
    return _with(state, {"intent": intent})


def _step_observed(state: ModelState, entry: Entry, payload: runs.StepObserved) -> ModelState:
    changes: dict[str, Any] = {"stamp": payload.stamp, "intent": None, "drift": None}
    run = state.run_named(payload.run)
    is_step = state.intent is None or state.intent.ends is None
    if run is not None and is_step:
        stepped = {"done": payload.index + 1, "step_at": entry.at}
        changes |= _placed(state, run.model_copy(update=stepped))
    before, after = stable(state.routes), stable(payload.routes)
    if (before and before.digest) != (after and after.digest):
        changes |= {"since": entry.at, "by": run.author if run else entry.actor.name}
    return _with(state, serving(state, payload.routes, entry.at) | changes)


def _placed(state: ModelState, run: Run) -> dict[str, Any]:
    """The change that puts `run` back where it is kept: with rollouts, or with experiments."""
    is_experiment = state.experiment is not None and state.experiment.run == run.run
    return {"experiment" if is_experiment else "run": run}


def _run_ended(state: ModelState, entry: Entry, payload: runs.RunEnded) -> ModelState:
    run = state.run_named(payload.run)
    if run is None:
        return state
    ended = _ended(run, entry.at, payload.result, payload.reason)
    changes = _placed(state, ended) | {"intent": None}
    if payload.result == "succeeded" and "run" in changes:
        changes |= {"completed": completed(state, ended, entry.at), "deployed": bool(run.after)}
        changes |= holds_where(state, lambda hold: hold.generation == run.generation)
    return _with(state, changes)


def _ended(run: Run, at: datetime, result: runs.Result, reason: str | None) -> Run:
    return run.model_copy(update={"ended_at": at, "result": result, "reason": reason, "pause": None})


def _hold_set(state: ModelState, entry: Entry, payload: entries.HoldSet) -> ModelState:
    if is_overtaken(state, payload):
        return _with(state, {"heard": _heard(state, payload.hold.id)})
    left = stable(state.routes)
    changes = serving(state, payload.routes, entry.at)
    known = changes.get("completed", state.completed)
    changes |= {
        "stamp": payload.stamp,
        "since": payload.hold.at,
        "by": payload.hold.by,
        "run": _aborted(state.running, entry, payload.hold) or state.run,
        "intent": None,
        "heard": _heard(state, payload.hold.id),
        "completed": marked(known, left, payload.routes),
        "drift": None,
    }
    changes |= with_hold(state, held_against(state, payload))
    trial = state.trying
    if trial is not None and not is_served(trial, payload.routes):
        changes["experiment"] = _aborted(trial, entry, payload.hold)
    return _with(state, changes)


def _aborted(run: Run | None, entry: Entry, hold: Hold) -> Run | None:
    return run and _ended(run, entry.at, "aborted", hold.reason)


def _hold_cleared(state: ModelState, entry: Entry, payload: entries.HoldCleared) -> ModelState:
    del entry
    return _with(state, holds_where(state, lambda hold: hold.id != payload.hold))


def _paused(state: ModelState, entry: Entry, payload: runs.Paused) -> ModelState:
    heard = {"heard": _heard(state, payload.id)}
    run = state.running
    if run is None or run.run != payload.run:
        return _with(state, heard)
    pause = Pause(
        reason=payload.reason,
        by=entry.on_behalf_of or entry.actor.name,
        at=entry.at,
        until=payload.until,
        then=payload.then,
    )
    return _with(state, heard | {"run": run.model_copy(update={"pause": pause})})


def _resumed(state: ModelState, entry: Entry, payload: runs.Resumed) -> ModelState:
    del entry
    heard = {"heard": _heard(state, payload.id)}
    run = state.running
    if run is None or run.run != payload.run:
        return _with(state, heard)
    changes: dict[str, Any] = {"pause": None}
    if run.pause is None:
        changes["resumed"] = run.done
    if payload.accepts:
        changes["accepted"] = run.done
    return _with(state, heard | {"run": run.model_copy(update=changes)})


def _heard(state: ModelState, name: str) -> tuple[str, ...]:
    return (*state.heard, name)[-REMEMBERED:]


def _retry_granted(state: ModelState, entry: Entry, payload: entries.RetryGranted) -> ModelState:
    del entry
    changes = holds_where(state, lambda hold: hold.generation != payload.generation)
    heard = _heard(state, payload.id)
    others = tuple(one for one in state.retries if one != payload.generation)
    granted = (*others, payload.generation)[-REMEMBERED:]
    return _with(state, changes | {"retries": granted, "heard": heard})


def _deferred(state: ModelState, entry: Entry, payload: entries.Deferred) -> ModelState:
    del entry
    waiting = Deferral(
        generation=payload.generation,
        reason=payload.reason,
        until=payload.until,
        refused=payload.refused,
    )
    return _with(state, {"deferred": waiting})


def _drift_observed(state: ModelState, entry: Entry, payload: entries.DriftObserved) -> ModelState:
    known = state.drift
    since = known.since if known and known.drift == payload.drift else entry.at
    return _with(state, {"drift": Drift(drift=payload.drift, detail=payload.detail, since=since)})


def _drift_healed(state: ModelState, entry: Entry, payload: entries.DriftHealed) -> ModelState:
    changes: dict[str, Any] = {"stamp": payload.stamp, "drift": None}
    if state.intent and state.announced is None:
        changes["intent"] = None  # the mending has come about
    return _with(state, serving(state, payload.routes, entry.at) | changes)


def _retired(state: ModelState, entry: Entry, payload: entries.Retired) -> ModelState:
    del payload
    return _with(state, serving(state, (), entry.at) | {"since": entry.at, "deployed": False})


_FOLDERS: dict[type, Callable[[ModelState, Entry, Any], ModelState]] = {
    entries.Adopted: _adopted,
    runs.RunStarted: _run_started,
    runs.StepIntent: _step_intent,
    runs.StepObserved: _step_observed,
    runs.RunEnded: _run_ended,
    entries.HoldSet: _hold_set,
    entries.HoldCleared: _hold_cleared,
    runs.Paused: _paused,
    runs.Resumed: _resumed,
    entries.RetryGranted: _retry_granted,
    entries.Deferred: _deferred,
    entries.DriftObserved: _drift_observed,
    entries.DriftHealed: _drift_healed,
    entries.Retired: _retired,
}
"""The entries that change what is known of a model; the others are only remembered."""
