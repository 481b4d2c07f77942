"""What the merge of a change would do, as far as it can be known before.

Where journals and targets are is said by the base of the change and never by its head: nothing is asked at an
address that nobody has merged.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import ModelopsError
from modelops_git.core.places import home_of
from modelops_git.core.planning.plan import Plan
from modelops_git.core.routes import Observed, stable
from modelops_git.engine.cases import Failure
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import in_order
from modelops_git.engine.plan import Planned, action_for, held_back
from modelops_git.engine.review import Known, review
from modelops_git.engine.wanting import Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.planning.plan import PlannedAction
    from modelops_git.core.routes import Route
    from modelops_git.engine.binding import Span
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent

_KINDS = ("Rollout", "Experiment")


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the merge of a change would do.

    Attributes:
        planned: The plan, and what stands in its way.
        barred: What would be done if nothing stood in its way.
        live: What each journal says is live: (environment, model) -> its route; absent where nothing is.
        unknown: Environments of which it is not known what is live, and why.
        fresh: Environments that the change itself brings.
    """

    planned: Planned
    barred: tuple[PlannedAction, ...] = ()
    live: Mapping[tuple[str, str], Route] = field(default_factory=dict)
    unknown: Mapping[str, ModelopsError] = field(default_factory=dict)
    fresh: tuple[str, ...] = ()


def touched(span: Span) -> tuple[tuple[str, str], ...]:
    """Every (environment, model) whose wanted state a change alters, in the order of promotion."""
    rows = {(row[0], row[1].removesuffix(" experiment")) for row in span.rows}
    homes = map(home_of, (one.path for one in span.inside))
    rows |= {(home.name, home.model) for home in homes if home and home.kind in _KINDS}
    rank = {name: number for number, name in enumerate(_order(span))}
    return tuple(sorted(rows, key=lambda row: (rank.get(row[0], len(rank)), row)))


def foresee(span: Span, rows: Iterable[tuple[str, str]], *, asks: bool) -> Foreseen:
    """Plan what a change touches.

    Args:
        span: The change.
        rows: The (environment, model) to plan.
        asks: Whether targets and stores are asked; else what the journals say counts.
    """
    models: dict[str, list[str]] = {}
    for environment, model in rows:
        models.setdefault(environment, []).append(model)
    if span.after is None:
        return Foreseen(Planned(Plan(registry="", commit="0" * 40, actions=()), (), ()))
    known = {one.name for one in span.before.registry.environments} if span.before else set()
    parts, unknown = [], {}
    for environment, asked in models.items():
        if span.before is None or environment not in known:
            continue
        ground = stand(span.repository, span.before.registry, environment)
        try:
            parts.append(_part(ground, span.after, asked, asks=asks))
        except ModelopsError as error:
            unknown[environment] = error
    fresh = tuple(name for name in models if name not in known)
    return _joined(span.after, parts, unknown, fresh)


def _order(span: Span) -> tuple[str, ...]:
    """The environments of both sides, the base's first, for a change may not move them."""
    sides = [one.registry for one in (span.before, span.after) if one]
    return tuple(dict.fromkeys(name for registry in sides for name in in_order(registry)))


class _Part(NamedTuple):
    planned: Planned
    barred: tuple[PlannedAction, ...]
    live: dict[tuple[str, str], Route]


def _part(ground: Ground, intent: Intent, models: list[str], *, asks: bool) -> _Part:
    """The plan of one environment.

    Raises:
        JournalError: Its journal cannot be read.
    """
    tip = ground.journal.refresh()
    applied = tip.environment.applied_commit
    states = ground.journal.states(tip, models)
    if not asks:
        ground = replace(ground, seen=_journaled(states))
    reviewed = review(ground, intent, Known(states, applied, tuple(models)))
    wanted = Wanted(ground, intent)
    each = {model: _action(ground, wanted, model, states.get(model)) for model in models}
    failures = [*reviewed.failures, *(each[model].failure for model in reviewed.models)]
    held = (finding for model in reviewed.models for finding in each[model].held)
    planned = Planned(
        _plan(intent, [action for model in reviewed.models if (action := each[model].action)]),
        (*reviewed.findings, *held),
        tuple(failure for failure in failures if failure),
        applied={ground.name: applied},
    )
    barred = [one.action for model, one in each.items() if model not in reviewed.models]
    return _Part(planned, tuple(filter(None, barred)), _live(ground.name, states))


def _journaled(states: Mapping[str, ModelState]) -> Callable[[str], Observed]:
    """What the journal saw of a target last."""

    def seen(model: str) -> Observed:
        state = states.get(model)
        return Observed(state.routes, state.stamp) if state else Observed()

    return seen


class _Foreseen(NamedTuple):
    """One model's part of the plan; no action where it cannot be planned."""

    action: PlannedAction | None
    held: tuple[Finding, ...] = ()
    failure: Failure | None = None


def _action(ground: Ground, wanted: Wanted, model: str, state: ModelState | None) -> _Foreseen:
    try:
        desired = wanted(model, state)
        held = held_back(wanted.intent, desired, state, base=wanted.intent)
        return _Foreseen(action_for(ground, wanted, state, desired), held)
    except ModelopsError as error:
        return _Foreseen(None, failure=Failure(ground.name, model, error))


def _plan(intent: Intent, actions: list[PlannedAction]) -> Plan:
    return Plan(registry=intent.registry.name, commit=intent.commit, actions=tuple(actions))


def _live(environment: str, states: Mapping[str, ModelState]) -> dict[tuple[str, str], Route]:
    found = {model: stable(state.routes) for model, state in states.items()}
    return {(environment, model): route for model, route in found.items() if route}


def _joined(
    intent: Intent, parts: list[_Part], unknown: dict[str, ModelopsError], fresh: tuple[str, ...]
) -> Foreseen:
    each = [part.planned for part in parts]
    planned = Planned(
        _plan(intent, [action for one in each for action in one.plan.actions]),
        tuple(finding for one in each for finding in one.findings),
        tuple(failure for one in each for failure in one.failures),
        applied={name: commit for one in each for name, commit in one.applied.items()},
    )
    barred = tuple(action for part in parts for action in part.barred)
    live = {at: one for part in parts for at, one in part.live.items()}
    return Foreseen(planned, barred, live, unknown, fresh)
