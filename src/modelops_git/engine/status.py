"""Status: what is wanted, what is live now, why, and since when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from modelops_git.core.errors import ModelopsError
from modelops_git.core.places import Home
from modelops_git.core.references import find_model
from modelops_git.core.rollouts.retreat import hold_of
from modelops_git.core.routes import stable
from modelops_git.engine.cases import Case, decided
from modelops_git.engine.intent import desired_of, preload
from modelops_git.engine.soaking import Upstream
from modelops_git.engine.standing import standing
from modelops_git.engine.telling import heard

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from modelops_git.core.journal.state import Completed, ModelState
    from modelops_git.core.routes import Hold, Route
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


@dataclass(frozen=True, slots=True)
class Row:
    """One model in one environment.

    Attributes:
        wanted: What the default branch wants; None where it wants nothing, or cannot be read.
        live: What the target serves now; None where it serves nothing.
        routes: All that it serves, with weights, while something is rolled out or tried.
        glass: With what somebody went past the rules for what serves; empty where nobody did.
        state: In a word: `live`, `held`, `pending`, `running`, `drifted`, `off` or `unknown`.
        since: Since when `live` serves.
        by: Whose change brought it.
        hold: Why something else serves than what is wanted.
        note: What a person should know besides.
    """

    environment: str
    model: str
    wanted: Route | None
    live: Route | None
    state: str
    since: datetime | None = None
    by: str = ""
    hold: Hold | None = None
    note: str = ""
    routes: tuple[Route, ...] = ()
    glass: str = ""


def status(
    ground: Ground, intent: Intent, models: tuple[str, ...] = (), *, offline: bool = False
) -> list[Row]:
    """The models of an environment; offline, from what this clone saw last.

    Args:
        ground: The environment.
        intent: What is wanted.
        models: Those that are asked for, whose states alone are read; all where none is named.
        offline: Whether no remote is asked.

    Raises:
        JournalError: The journal is absent, unreachable or broken.
    """
    tip = ground.journal.tip() if offline else ground.journal.refresh()
    states = ground.journal.states(tip, models)
    unheard = {getattr(one, "model", None) for one in ground.outbox.unknown_to(states)}
    states = heard(ground, tip, states)
    known = {model for model in states if not models or model in models}
    names = sorted({*_wanted(ground, intent, models), *known})
    preload(intent, ground.name, {name: _completed(states.get(name)) for name in names})
    upstream = Upstream(ground, offline=offline)
    rows = (_row(ground, intent, states.get(model), model, upstream) for model in names)
    return [replace(row, note=_with_unheard(row.note)) if row.model in unheard else row for row in rows]


def _wanted(ground: Ground, intent: Intent, models: tuple[str, ...]) -> list[str]:
    """Those of `models` (none: of all) that have a rollout manifest here."""
    asked = models or intent.catalog.models()
    return [model for model in asked if intent.catalog.holds(Home("Rollout", model, ground.name).path)]


def refuse_unknown(intent: Intent, models: Iterable[str], rows: Iterable[Row] = ()) -> None:
    """Refuse names that are neither those of models nor of anything that is or was live.

    Raises:
        UsageError: There is such a name.
    """
    known = {row.model for row in rows}
    for model in models:
        if model not in known:
            find_model(intent.catalog, model)


def _with_unheard(note: str) -> str:
    """The note of a model about which something waits in this clone."""
    waits = "what was asked for here is not in the journal yet"
    return f"{note}; {waits}" if note else waits


def _completed(state: ModelState | None) -> tuple[Completed, ...]:
    return state.completed if state else ()


def _row(ground: Ground, intent: Intent, state: ModelState | None, model: str, upstream: Upstream) -> Row:
    try:
        target = ground.target(model)
        observed = target.observe(model)
        desired = desired_of(intent, ground.name, model, _completed(state))
        soak = upstream.soak(model, stable(desired.routes), state)
        known = Case(replace(desired, soak=soak), state, observed, target)
        word, note = _judged(ground, known)
    except ModelopsError as error:
        live = stable(state.routes) if state else None
        return Row(ground.name, model, None, live, "unknown", note=error.message)
    hold = hold_of(state, observed, known.desired.generation)
    is_journaled = hold is None or (state is not None and hold.id in state.heard)
    return Row(
        environment=ground.name,
        model=model,
        wanted=stable(known.desired.routes),
        live=stable(observed.routes),
        state=word,
        since=state.since if state and is_journaled else (hold.at if hold else None),
        by=(state.by or "") if state and is_journaled else (hold.by if hold else ""),
        hold=hold,
        note=note,
        routes=observed.routes,
        glass=state.run.glass.text if state and state.run and state.run.glass else "",
    )


def _judged(ground: Ground, known: Case) -> tuple[str, str]:
    state, wanted, live = known.state, stable(known.desired.routes), stable(known.observed.routes)
    hold = hold_of(state, known.observed, known.desired.generation)
    if hold and hold.generation == known.desired.trial:
        return "live", f"its experiment was ended: {hold.reason}"
    is_left = state is not None and hold == state.hold and state.held is None
    if hold and not is_left:
        version = wanted.version if wanted else "nothing"
        return "held", f"{version} is wanted; held: {hold.reason}"
    stands = standing(ground.name, known.model, state, decided(ground, known, None))
    if state and (state.running or state.trying) and stands:
        return "running", stands.text
    if (state.stamp if state else None) != known.observed.stamp:
        return "drifted", "the target does not serve what the journal last saw there"
    if wanted == live:
        return ("live", "") if live else ("off", "")
    return "pending", stands.text if stands else "not applied yet"
