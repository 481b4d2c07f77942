"""Holds in the fold: what one is against, and whether it still says anything when the journal hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.journal.state import REMEMBERED
from modelops_git.core.routes import stable

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.journal.entry import HoldSet
    from modelops_git.core.journal.state import ModelState, Run
    from modelops_git.core.routes import Hold, Route


def is_overtaken(state: ModelState, payload: HoldSet) -> bool:
    """Whether the target was changed again before the journal heard of the hold: each change counts on."""
    if state.stamp is None or (state.intent and state.intent.stamp == payload.stamp):
        return False
    return payload.stamp.sequence < state.stamp.sequence


def held_against(state: ModelState, payload: HoldSet) -> Hold:
    """The hold, against what the run wanted that it interrupted: whoever set it may not have known that.

    It is against an experiment only where nothing but that one ends.
    """
    run, hold = state.run_named(payload.hold.run or ""), payload.hold
    if run is None:
        return hold
    before, after = stable(state.routes), stable(payload.routes)
    stays = before is not None and after is not None and before.digest == after.digest
    is_trial = run == state.trying and state.running is None and stays
    wanted = run if is_trial else state.run
    return hold.model_copy(update={"generation": wanted.generation}) if wanted else hold


def with_hold(state: ModelState, hold: Hold) -> dict[str, Any]:
    """The change that puts `hold` in front of those that were set before it against something else.

    It is also against the rollout that it interrupts, unless that leads to what it serves: whoever set it may
    have known nothing of that rollout.
    """
    known = (*state.older_holds, *((state.hold,) if state.hold else ()))
    run = state.running
    if run and run.generation != hold.generation and not _leads_to(run, hold.serve):
        known = (*(one for one in known if one.generation != hold.generation), hold)
        hold = hold.model_copy(update={"generation": run.generation})
    older = tuple(one for one in known if one.generation != hold.generation)
    return {"hold": hold, "older_holds": older[-REMEMBERED:]}


def _leads_to(run: Run, served: Route | None) -> bool:
    wanted = stable(run.after)
    return (wanted and wanted.digest) == (served and served.digest)


def holds_where(state: ModelState, stays: Callable[[Hold], bool]) -> dict[str, Any]:
    """The change that ends all holds but those that stay."""
    hold = state.hold if state.hold and stays(state.hold) else None
    return {"hold": hold, "older_holds": tuple(one for one in state.older_holds if stays(one))}


def is_served(trial: Run, routes: tuple[Route, ...]) -> bool:
    """Whether `routes` serve all that an experiment tries."""
    tried = {route.digest for route in trial.after if route.role in ("candidate", "mirror")}
    return tried <= {route.digest for route in routes}
