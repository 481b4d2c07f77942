"""Change what a target serves at once, and hold it there: for three in the morning.

The target first, with what this clone knows: no fetch, no review, no lease is waited for. Whoever was about
to change it is refused, because its stamp is another one now. Then the hold, so that nothing puts the bad
version back: on the target itself, in the outbox, and in the journal once it can be reached.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import LostRaceError, ModelopsError, TargetConflictError
from modelops_git.core.journal.entry import HoldSet
from modelops_git.core.routes import Hold, Route, Stamp, generation_of, stable
from modelops_git.edges.targets.base import Order
from modelops_git.engine.ground import readable
from modelops_git.engine.telling import Told, tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.routes import Observed
    from modelops_git.edges.targets.base import Target
    from modelops_git.engine.ground import Ground

TRIES = 10
"""How often the target is asked again when somebody else changes it at the same moment."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose traffic goes back, where to, and why.

    Attributes:
        model: The model.
        version: The version to go back to; empty for the last good one. An abort takes none.
        reason: For the hold.
    """

    model: str
    version: str
    reason: str


class Way(NamedTuple):
    """Where the traffic goes.

    Attributes:
        routes: What shall serve.
        against: What must not come again, where that is known: the digest of what was wanted.
        left: The version that loses its traffic.
        what: What ends with it, in words; empty where nothing was under way.
        is_experiment: Whether only an experiment ends.
    """

    routes: tuple[Route, ...]
    against: str = ""
    left: Route | None = None
    what: str = ""
    is_experiment: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What was done.

    Attributes:
        before: What served.
        way: Where the traffic went.
        hold: The hold that keeps it there.
        told: Whether the journal knows.
    """

    before: tuple[Route, ...]
    way: Way
    hold: Hold
    told: Told

    @property
    def after(self) -> Route | None:
        """The version that serves now; None where nothing does."""
        return stable(self.way.routes)


def known_state(ground: Ground, model: str) -> ModelState | None:
    """What this clone knows of the model; a journal that is missing or broken stops nobody."""
    try:
        return ground.journal.state(ground.journal.tip(), model)
    except (ModelopsError, OSError):
        return None


class Place(NamedTuple):
    """Where the traffic is changed, and what this clone knows of it."""

    target: Target
    state: ModelState | None


def hold_there(ground: Ground, wish: Wish, place: Place, find: Callable[[Observed], Way]) -> Held:
    """Send the traffic the way that `find` finds for what the target serves, hold it there, and journal that.

    Raises:
        RefusedError: `find` finds none.
        LostRaceError: Others kept changing the target.
        TargetError: It cannot be changed.
    """
    for _ in range(TRIES):
        observed = place.target.observe(wish.model)
        way = find(observed)
        order = _order(ground, wish, place, observed, way)
        try:
            place.target.apply(order)
        except TargetConflictError:
            continue
        hold = order.hold
        assert hold is not None  # noqa: S101 - _order sets it
        payload = HoldSet(model=wish.model, hold=hold, routes=order.routes, stamp=order.stamp)
        return Held(observed.routes, way, hold, tell(ground, [payload]))
    raise LostRaceError(
        f"{wish.model} in {ground.name} was changed by others {TRIES} times in a row",
        hint="Stop the apply that is running, and try again.",
    )


def _order(ground: Ground, wish: Wish, place: Place, observed: Observed, way: Way) -> Order:
    known = [observed.stamp.sequence if observed.stamp else 0]
    if place.state and place.state.stamp:
        known.append(place.state.stamp.sequence)
    hold = _hold(ground, wish, observed, way)
    return Order(
        model=wish.model,
        routes=way.routes,
        stamp=Stamp(run=f"hold-{hold.id[:12]}", sequence=max(known) + 1),
        expected=observed.stamp,
        hold=hold,
        previous=observed.previous,  # what is left now is nothing that anybody should go back to
    )


def _hold(ground: Ground, wish: Wish, observed: Observed, way: Way) -> Hold:
    """The hold, against what must not come again.

    Where this clone does not know that, it names the run that the target's routes come from: whoever journals
    the hold knows what that run wanted.
    """
    former, stamp = observed.hold, observed.stamp
    unknown = generation_of(wish.model, ground.name, observed.routes, "immediate")
    return Hold(
        id=uuid.uuid4().hex,
        generation=former.generation if former else way.against or unknown,
        serve=stable(way.routes),
        reason=readable(wish.reason),
        at=ground.now(),
        by=ground.actor.name,
        run=former.run if former else (stamp.run if stamp else None),
    )
