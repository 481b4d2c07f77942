"""The way back out of what is under way: what served before it, and what must not come again.

It is found at night, perhaps with a journal that is old, broken or gone. So it is read off the run that this
clone knows, where the target's stamp says that it is the one; else off the roles that the target shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.routes import ALL, Route, mirrors, stable

if TYPE_CHECKING:
    from modelops_git.core.journal.state import ModelState, Run
    from modelops_git.core.routes import Hold, Observed


class Retreat(NamedTuple):
    """How to leave what is under way.

    Attributes:
        routes: What shall serve; nothing at all where nothing did.
        left: The version that loses its traffic; None where it was to be nothing.
        what: What is under way, in words: `the canary`.
        run: The run, where it is known.
        is_experiment: Whether only an experiment ends, and nothing of what is wanted.
    """

    routes: tuple[Route, ...]
    left: Route | None
    what: str
    run: Run | None = None
    is_experiment: bool = False


def retreat(state: ModelState | None, observed: Observed) -> Retreat | None:
    """The way out of what is under way; None where nothing is, as far as can be told."""
    run = _known(state, observed)
    return _shown(observed) if run is None else _out_of(run, observed)


def retreat_seen(state: ModelState | None, observed: Observed) -> Retreat | None:
    """The same, where the target itself shows that two versions stand side by side, and both may answer."""
    sides = [route for route in observed.routes if route.role not in ("stable", "mirror")]
    return retreat(state, observed) if sides else None


def hold_of(state: ModelState | None, observed: Observed, wanted: str = "") -> Hold | None:
    """The hold that counts: the one that the target bears, as long as the journal has not heard of it.

    Else the latest that the journal knows, or the one before it that is against the generation `wanted`.
    """
    known = state.heard if state else ()
    if observed.hold and observed.hold.id not in known:
        return observed.hold
    return (state.hold_against(wanted) or state.hold) if state else None


def whole_again(route: Route) -> Route:
    """The route with all of the traffic."""
    return route.model_copy(update={"role": "stable", "weight": ALL})


def _known(state: ModelState | None, observed: Observed) -> Run | None:
    """The run under way, where what this clone knows is not older than what the target serves."""
    if state is None:
        return None
    stamps = (state.stamp, state.intent.stamp if state.intent else None)
    runs = [run for run in (state.running, state.trying) if run]
    if observed.stamp in stamps:
        return next(iter(runs), None)
    named = observed.stamp.run if observed.stamp else ""
    return next((run for run in runs if run.run == named), None)


def _out_of(run: Run, observed: Observed) -> Retreat:
    if run.strategy == "mirror":
        tried = next((route for route in run.after if route.role == "mirror"), None)
        routes = tuple(route for route in observed.routes if route.role != "mirror")
        return Retreat(routes, tried, "the mirror experiment", run, is_experiment=True)
    if run.strategy == "split":
        tried = next((route for route in run.after if route.role == "candidate"), None)
        routes = _with_mirrors(stable(observed.routes), observed)
        return Retreat(routes, tried, "the split experiment", run, is_experiment=True)
    kind = {"canary": "canary", "blue_green": "blue-green rollout"}.get(run.strategy, run.action)
    routes = (*run.before_without_mirrors, *mirrors(observed.routes))
    return Retreat(routes, stable(run.after), f"the {kind}", run)


def _shown(observed: Observed) -> Retreat | None:
    by_role = {route.role: route for route in observed.routes}
    live, former = stable(observed.routes), by_role.get("previous")
    if former is not None:
        return Retreat(_with_mirrors(former, observed), live, "the blue-green rollout")
    for role in ("candidate", "preview"):
        if role in by_role:
            return Retreat(_with_mirrors(live, observed), by_role[role], f"the {role}")
    if "mirror" in by_role:
        rest = tuple(route for route in observed.routes if route.role != "mirror")
        return Retreat(rest, by_role["mirror"], "the mirror experiment", is_experiment=True)
    return None


def _with_mirrors(route: Route | None, observed: Observed) -> tuple[Route, ...]:
    return (*((whole_again(route),) if route else ()), *mirrors(observed.routes))
