"""Who answered a caller, and who made a prediction: from the periods of a journal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from modelops_git.core.serving.choosing import assigned_by, chosen, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelops_git.core.journal.timeline import Episode, Period
    from modelops_git.core.routes import Assign, Route
    from modelops_git.core.serving.prediction_ids import PredictionId

TOLERANCE = timedelta(minutes=5)
"""How far the times of predictions and of the journal may lie apart.

A journal says when a target's routes were changed. A gateway then loads a version that it has not, while it
answers by the one before; and its clock is not that of whoever wrote the journal, which may be off as much.
"""
_ANSWERS = ("stable", "candidate")
_SEES = (*_ANSWERS, "mirror", "preview")


class Met(NamedTuple):
    """Which version a caller met.

    Attributes:
        routes: It; where that is not known, each that it may have been.
        assign: What of a request decided; None where chance did, or where there was nothing to decide.
        is_chance: Whether chance decided among them.
    """

    routes: tuple[Route, ...]
    assign: Assign | None
    is_chance: bool


def met(model: str, period: Period, key: str) -> Met:
    """Which version of `model` answered the caller of `key` in a period."""
    options = period.either or (period.routes,)
    found: dict[str, Route] = {}
    is_chance = False
    for routes in options:
        answering = [route for route in routes if route.role in _ANSWERS and route.weight]
        if len(answering) > 1 and assigned_by(routes) is None:
            is_chance = True
        elif answering:
            one = chosen(routes, place_of(model, routes, key))
            answering = [one] if one else []
        for route in answering:
            found.setdefault(route.digest, route)
    assigned = (assign for routes in options if (assign := assigned_by(routes)))
    return Met(tuple(found.values()), next(assigned, None), is_chance)


class Made(NamedTuple):
    """The version that made a prediction.

    Attributes:
        route: It, with its role and weight.
        period: When it served so.
        came_by: What brought it there; None for what was adopted.
        how: `served` at the time; `replaced` shortly before, while a gateway may still answer by it; `early`
            where the journal says that it came shortly after.
    """

    route: Route
    period: Period
    came_by: Episode | None
    how: Literal["served", "replaced", "early"]


def made_by(said: PredictionId, served: Sequence[Period]) -> Made | None:
    """The version of a model that made a prediction; None where that served neither then nor about then."""
    begun = [period for period in served if period.since <= said.at]
    then = begun[-1:]
    just_before = [one for one in reversed(begun[:-1]) if one.until and said.at - one.until < TOLERANCE]
    just_after = [one for one in served[len(begun) :] if one.since - said.at < TOLERANCE]
    return (
        _first(said, then, "served")
        or _first(said, just_before, "replaced")
        or _first(said, just_after, "early")
    )


def _first(
    said: PredictionId, served: Iterable[Period], how: Literal["served", "replaced", "early"]
) -> Made | None:
    for period in served:
        for route, came_by in zip(period.routes, period.came_by, strict=True):
            if route.role in _SEES and is_of(said, route):
                return Made(route, period, came_by, how)
    return None


def is_of(said: PredictionId, route: Route) -> bool:
    """Whether a route's version is the one that an id names."""
    return route.digest.startswith(f"sha256:{said.digest}")
