"""`rollback --now`: for three in the morning, when the forge may be down.

The target first, with what this clone knows: no fetch, no review, no waiting. Then the hold, so that nothing
puts the bad version back: on the target itself, in the outbox, and in the journal once it can be reached. Git
follows: the revert is prepared on a branch.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import artifact_prefix
from modelops_git.core.clock import format_time
from modelops_git.core.errors import LostRaceError, ModelopsError, RefusedError, TargetConflictError
from modelops_git.core.journal.chain import extend
from modelops_git.core.journal.entry import HoldSet
from modelops_git.core.routes import Hold, Route, Stamp, generation_of, stable
from modelops_git.edges.targets.base import Order
from modelops_git.engine.deliver import deliver
from modelops_git.engine.fallback import fall_back_to
from modelops_git.engine.ground import readable
from modelops_git.engine.intent import route_to
from modelops_git.engine.outbox import Outbox, Request
from modelops_git.engine.stores import Stores, files_of

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.routes import Observed
    from modelops_git.edges.stores.base import Store
    from modelops_git.edges.targets.base import Target
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent

TRIES = 10
"""How often the target is asked again when somebody else changes it at the same moment."""


@dataclass(frozen=True, slots=True)
class Held:
    """What `rollback --now` did.

    Attributes:
        before: What served.
        after: What serves now.
        hold: The hold that keeps it.
        waits_in: The outbox's file; None where the journal has the entry, or the outbox cannot be written.
        problem: Why the journal could not be reached; empty where it has the entry.
    """

    before: Route | None
    after: Route
    hold: Hold
    waits_in: Path | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose traffic goes back, where to, and why.

    Attributes:
        model: The model.
        version: The version to go back to; empty for the last good one.
        reason: For the hold.
    """

    model: str
    version: str
    reason: str


def rollback_now(ground: Ground, intent: Intent, wish: Wish) -> Held:
    """Put the traffic back, hold it there, and journal that.

    Raises:
        RefusedError: There is nothing to go back to, or somebody went back already.
        TargetError: The target cannot be changed.
    """
    target = ground.target(wish.model)
    state = _known_state(ground, wish.model)
    payload, before = _change_target(ground, intent, wish, _Here(target, state))
    outbox = Outbox(ground.repository, ground.name)
    path, problem = _keep(ground, outbox, payload)
    after = stable(payload.routes)
    assert after is not None  # noqa: S101 - what is gone back to is a stable route
    return Held(before, after, payload.hold, path if problem else None, problem)


def _keep(ground: Ground, outbox: Outbox, payload: HoldSet) -> tuple[Path | None, str]:
    """Record what was done, in the outbox first; the target has changed already, so nothing may fail now."""
    try:
        path = outbox.add(Request(at=payload.hold.at, payload=payload))
    except OSError as error:
        return None, f"nor can its outbox: {error}"
    return path, _journal(ground, outbox)


@dataclass(frozen=True, slots=True)
class _Here:
    target: Target
    state: ModelState | None


def _known_state(ground: Ground, model: str) -> ModelState | None:
    """What this clone knows of the model; a journal that is missing or broken stops nobody."""
    try:
        return ground.journal.state(ground.journal.tip(), model)
    except (ModelopsError, OSError):
        return None


def _change_target(ground: Ground, intent: Intent, wish: Wish, here: _Here) -> tuple[HoldSet, Route | None]:
    for _ in range(TRIES):
        observed = here.target.observe(wish.model)
        live = stable(observed.routes)
        _refuse_twice(ground, wish, observed)
        serve = _destination(ground, intent, wish, here, observed)
        order = _order(ground, wish, here, observed, serve)
        try:
            here.target.apply(order)
        except TargetConflictError:
            continue
        assert order.hold is not None  # noqa: S101 - _order sets it
        return HoldSet(model=wish.model, hold=order.hold, routes=order.routes, stamp=order.stamp), live
    raise LostRaceError(
        f"{wish.model} in {ground.name} was changed by others {TRIES} times in a row",
        hint="Stop the apply that is running, and try again.",
    )


def _refuse_twice(ground: Ground, wish: Wish, observed: Observed) -> None:
    """Of two people who go back at once, the second must not bring back what the first went away from."""
    hold, live = observed.hold, stable(observed.routes)
    if hold is None or wish.version:
        return
    version = live.version if live else "nothing"
    raise RefusedError(
        f"{ground.name} serves {wish.model} {version} already, held by {hold.by} since "
        f"{format_time(hold.at.replace(microsecond=0))}: {hold.reason}",
        hint="Nothing was changed. To go to yet another version, name it with --to.",
    )


def _destination(ground: Ground, intent: Intent, wish: Wish, here: _Here, observed: Observed) -> Route:
    serve = fall_back_to(intent, here.state, observed, wish.model, wish.version)
    files = files_of(here.target, ground.repository.root)
    if files is not None and not any(files.keys(artifact_prefix(wish.model, serve.version, serve.artifacts))):
        _bring_files(ground, intent, files, wish.model, serve)
    return serve


def _bring_files(ground: Ground, intent: Intent, files: Store, model: str, route: Route) -> None:
    version = intent.catalog.version(model, route.version)
    if version is None or route_to(version).digest != route.digest:
        raise RefusedError(
            f"the files of {model} {route.version} are not at the target, and its manifest is not here",
            hint="Say another version with --to.",
        )
    findings = deliver(version, Stores(intent.registry, ground.repository.root), files)
    if findings:
        raise RefusedError(f"the bytes of {model} {route.version} are not whole", findings=findings)


def _order(ground: Ground, wish: Wish, here: _Here, observed: Observed, serve: Route) -> Order:
    known = [observed.stamp.sequence if observed.stamp else 0]
    if here.state and here.state.stamp:
        known.append(here.state.stamp.sequence)
    name = uuid.uuid4().hex
    hold = Hold(
        id=name,
        generation=_held_against(ground, wish, here, observed),
        serve=serve,
        reason=readable(wish.reason),
        at=ground.now(),
        by=ground.actor.name,
    )
    return Order(
        model=wish.model,
        routes=(serve,),
        stamp=Stamp(run=f"hold-{name[:12]}", sequence=max(known) + 1),
        expected=observed.stamp,
        hold=hold,
        previous=observed.routes,
    )


def _held_against(ground: Ground, wish: Wish, here: _Here, observed: Observed) -> str:
    """The generation that must not come back: what a hold is against already, what is under way, or live.

    What this clone knows of the journal may be old; then what the target serves says it.
    """
    run = here.state.run if here.state else None
    if observed.hold is not None:
        return observed.hold.generation
    if run is not None and (run.ended_at is None or (observed.stamp and observed.stamp.run == run.run)):
        return run.generation
    return generation_of(wish.model, ground.name, observed.routes, "immediate")


def _journal(ground: Ground, outbox: Outbox) -> str:
    """Put what waits into the journal; why that was not possible, or nothing."""
    for _ in range(TRIES):
        try:
            tip = ground.journal.refresh()
            states = ground.journal.states(tip)
            unknown = outbox.unknown_to(states)
            links = extend(tip.environment, states, unknown, ground.writer(patient=False))
            if links:
                ground.journal.append(tip, links)
                states.update({link.model.model: link.model for link in links if link.model})
            outbox.clear(states)
        except LostRaceError:
            continue
        except ModelopsError as error:
            return error.message
        except OSError as error:
            return str(error)
        return ""
    return "others kept writing to the journal"
