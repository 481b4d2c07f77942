"""`abort` and `rollback --now`: the traffic goes back first, whatever is down; git follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.artifacts import artifact_prefix
from modelops_git.core.clock import format_time
from modelops_git.core.errors import ModelopsError, RefusedError
from modelops_git.core.references import find_model
from modelops_git.core.rollouts.retreat import retreat, retreat_seen
from modelops_git.core.routes import stable
from modelops_git.engine.fallback import fall_back_to
from modelops_git.engine.holding import Place, Way, hold_there, known_state
from modelops_git.engine.intent import route_to
from modelops_git.engine.keeping import keep_manifests
from modelops_git.engine.stores import Stores, files_of

if TYPE_CHECKING:
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.retreat import Retreat
    from modelops_git.core.routes import Observed, Route
    from modelops_git.edges.stores.base import Store
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.holding import Held, Wish
    from modelops_git.engine.intent import Intent


def rollback_now(ground: Ground, intent: Intent, wish: Wish) -> Held:
    """Put the traffic on the last good version, hold it there, and journal that.

    While two versions stand side by side, that is the one that served before.

    Raises:
        RefusedError: There is nothing to go back to, or somebody went back already.
        LostRaceError: Others kept changing the target.
        TargetError: The target cannot be changed.
    """
    place = Place(ground.target(wish.model), known_state(ground, wish.model))

    def find(observed: Observed) -> Way:
        _refuse_twice(ground, wish, observed)
        serve = fall_back_to(intent, place.state, observed, wish.model, wish.version)
        _bring_missing(ground, intent, place, wish, serve)
        keep_manifests(intent.catalog, place.target, wish.model, (serve,))
        back = retreat_seen(place.state, observed)
        if back and stable(back.routes) == serve:
            return _out_of(back)
        return Way((serve,), _wanted(place.state, observed), stable(observed.routes))

    return hold_there(ground, wish, place, find)


def abort(ground: Ground, intent: Intent, wish: Wish) -> Held:
    """End what is under way: all traffic to what served before it, held there and journaled.

    Nothing is read or verified first. The journal is only asked where nothing seems to be under way.

    Raises:
        RefusedError: Nothing is under way.
        LostRaceError: Others kept changing the target.
        TargetError: The target cannot be changed.
    """
    place = Place(ground.target(wish.model), known_state(ground, wish.model))

    def find(observed: Observed) -> Way:
        nonlocal place
        back = retreat(place.state, observed)
        if back is None:
            place = place._replace(state=_asked_state(ground, wish.model) or place.state)
            back = retreat(place.state, observed)
        if back is None:
            raise _nothing(ground, intent, wish, observed)
        return _out_of(back)

    return hold_there(ground, wish, place, find)


def _out_of(back: Retreat) -> Way:
    against = back.run.generation if back.run else ""
    return Way(back.routes, against, back.left, back.what, is_experiment=back.is_experiment)


def _asked_state(ground: Ground, model: str) -> ModelState | None:
    """What the journal says now; where it does not answer, this clone knows as much as before."""
    try:
        return ground.journal.state(ground.journal.refresh(), model)
    except (ModelopsError, OSError):
        return None


def _nothing(ground: Ground, intent: Intent, wish: Wish, observed: Observed) -> RefusedError:
    hold, live = observed.hold, stable(observed.routes)
    if hold is not None:
        return _already(ground, wish, observed)
    if live is None:
        find_model(intent.catalog, wish.model)
        return RefusedError(f"nothing of {wish.model} is live or under way in {ground.name}")
    return RefusedError(
        f"nothing is under way: {ground.name} serves {wish.model} {live.version}, and nothing beside it",
        hint=f"To leave {live.version}: modelops rollback {wish.model} --env {ground.name} --now",
    )


def _refuse_twice(ground: Ground, wish: Wish, observed: Observed) -> None:
    """Of two people who go back at once, the second must not bring back what the first went away from."""
    if observed.hold is not None and not wish.version:
        raise _already(ground, wish, observed)


def _already(ground: Ground, wish: Wish, observed: Observed) -> RefusedError:
    hold, live = observed.hold, stable(observed.routes)
    assert hold is not None  # noqa: S101 - asked only where there is one
    return RefusedError(
        f"{ground.name} serves {wish.model} {live.version if live else 'nothing'} already, held by {hold.by} "
        f"since {format_time(hold.at.replace(microsecond=0))}: {hold.reason}",
        hint="Nothing was changed. To go to yet another version: "
        f"modelops rollback {wish.model} --env {ground.name} --now --to VERSION",
    )


def _bring_missing(ground: Ground, intent: Intent, place: Place, wish: Wish, serve: Route) -> None:
    """Copy the files of a version to the target, where it wants them and has none."""
    files = files_of(place.target, ground.repository.root)
    if files is not None and not any(files.keys(artifact_prefix(wish.model, serve.version, serve.artifacts))):
        _bring_files(ground, intent, files, wish.model, serve)


def _bring_files(ground: Ground, intent: Intent, files: Store, model: str, route: Route) -> None:
    from modelops_git.engine.deliver import deliver  # with all that reads bytes: rarely needed, and slow

    version = intent.catalog.version(model, route.version)
    if version is None or route_to(version).digest != route.digest:
        raise RefusedError(
            f"the files of {model} {route.version} are not at the target, and its manifest is not here",
            hint="Say another version with --to.",
        )
    findings = deliver(version, Stores(intent.registry, ground.repository.root), files)
    if findings:
        raise RefusedError(f"the bytes of {model} {route.version} are not whole", findings=findings)


def _wanted(state: ModelState | None, observed: Observed) -> str:
    """The digest of what was wanted last, where what this clone knows is as new as the target."""
    run = state.run if state else None
    if run is None or state is None:
        return ""
    is_named = observed.stamp is not None and observed.stamp.run == run.run
    return run.generation if run.ended_at is None or is_named or state.stamp == observed.stamp else ""
