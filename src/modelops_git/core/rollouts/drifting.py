"""Drift: what a target serves beside what the journal says, and git wants.

- `missing`: it serves nothing, and should.
- `artifact`: it serves another version, or other bytes.
- `routes`: it serves the same versions in other roles or with other weights.
- `config`: it serves the right routes, but they were not written by the engine, or lack the hold.
- `orphan`: it serves a model that nothing wants and the journal does not know as live.
- `held`: it serves what a hold keeps, and git wants something else. That is meant, and never mended.
- `source`: the bytes behind what is served changed or are gone. Only who reads them can tell; see the engine.

What is compared is what the journal saw last, never what git wants: so nothing fights a rollout or a hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.digests import short
from modelops_git.core.rollouts.calendar import closed_at
from modelops_git.core.rollouts.decisions import Mend, Recovered, Report, Settled, Stay
from modelops_git.core.routes import stable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.journal.runs import DriftClass
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.decisions import Decision
    from modelops_git.core.rollouts.desired import Desired
    from modelops_git.core.rollouts.situation import Situation
    from modelops_git.core.routes import Hold, Observed, Route

MENDABLE = ("missing", "artifact", "routes", "config")
"""What applying the journaled routes again puts right."""


class Found(NamedTuple):
    """A drift: its class, and what was seen, in words that are the same as long as it is."""

    drift: DriftClass
    detail: str


def drift_of(desired: Desired, state: ModelState, observed: Observed) -> Found | None:
    """How the target differs; None where it does not, or where a step is just being taken."""
    if state.intent or (observed.hold and observed.hold.id not in state.heard):
        return None
    if observed.routes != state.routes:
        return _routes_differ(desired, state, observed)
    if observed.stamp != state.stamp:
        return Found("config", "its routes are the journaled ones, but somebody else has written them")
    hold = state.hold
    if hold and state.running is None and not _bears(observed, hold):
        return Found("config", "it does not bear the hold that the journal knows")
    against = state.hold_against(desired.generation)
    if against:
        wanted = stable(desired.routes)
        return Found("held", f"{wanted.version if wanted else 'nothing'} is wanted; held: {against.reason}")
    return None


def _bears(observed: Observed, hold: Hold) -> bool:
    return observed.hold is not None and observed.hold.id == hold.id


def _routes_differ(desired: Desired, state: ModelState, observed: Observed) -> Found:
    seen, known = shown(observed.routes), shown(state.routes)
    if not observed.routes:
        return Found("missing", f"it serves nothing; the journal says {known}")
    if not state.routes and not desired.routes:
        return Found("orphan", f"it serves {seen}, which nothing wants")
    if _bytes(observed.routes) != _bytes(state.routes):
        return Found("artifact", f"it serves {seen}; the journal says {known}")
    return Found("routes", f"it serves {seen}; the journal says {known}")


def _bytes(routes: Iterable[Route]) -> set[tuple[str, str]]:
    return {(route.digest, route.artifacts) for route in routes}


def shown(routes: tuple[Route, ...]) -> str:
    """Routes for people: `1.0.0 (3fa7f27fccc2, stable 100 %)`."""
    each = (f"{one.version} ({short(one.digest)}, {one.role} {one.weight} %)" for one in routes)
    return ", ".join(each) or "nothing"


def notice(at: Situation, decision: Decision, *, heals: bool) -> Decision:
    """`decision`, or what is to be done about a drift where nothing else is to be done.

    A drift is journaled once, and again when it has changed; then it is mended, where that is asked for.
    """
    if not isinstance(decision, Settled | Stay):
        return decision
    found, known = drift_of(at.desired, at.state, at.observed), at.state.drift
    if found is None or found.drift == "held":
        is_gone = known is not None and known.drift != "source" and not at.state.intent
        return Recovered(at.observed) if is_gone else decision
    if known is None or (known.drift, known.detail) != found:
        return Report(found.drift, found.detail)
    if heals and found.drift in MENDABLE and may_be_mended(at):
        return Mend(at.state.routes)
    return decision


def may_be_mended(at: Situation) -> bool:
    """Whether a drift may be mended now: never during a run, an experiment, a hold or a freeze."""
    state = at.state
    if state.running or state.trying or state.intent or state.hold or not state.routes:
        return False
    return closed_at(at.desired.rules, at.now) is None
