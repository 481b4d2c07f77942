"""What served and what completed: the parts of the fold that count how long a version had all traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.journal.state import REMEMBERED, Completed
from modelops_git.core.routes import stable, whole

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from modelops_git.core.journal.state import ModelState, Run
    from modelops_git.core.routes import Route


def serving(state: ModelState, routes: tuple[Route, ...], at: datetime) -> dict[str, Any]:
    """What changes in a state where `routes` serve from `at` on: they, and how long a version had it all."""
    before, after = whole(state.routes), whole(routes)
    same = before is not None and after is not None and before.digest == after.digest
    if same and state.whole_since is not None:
        return {"routes": routes}
    changes: dict[str, Any] = {"routes": routes, "whole_since": at if after else None}
    if before is not None and state.whole_since is not None:
        lasted = int((at - state.whole_since).total_seconds())
        changes["completed"] = tuple(_soaked(one, before, lasted) for one in state.completed)
    return changes


def _soaked(one: Completed, left: Route, seconds: int) -> Completed:
    if one.route.digest != left.digest or one.soaked >= seconds:
        return one
    return one.model_copy(update={"soaked": seconds})


def completed(state: ModelState, run: Run, at: datetime) -> tuple[Completed, ...]:
    """The versions that completed, when `run` has succeeded at `at`."""
    live = stable(run.after)
    if live is None:
        return state.completed
    left = stable(run.before) if run.action == "rollback" else None
    others = tuple(_marked(one, left) for one in state.completed if one.route.digest != live.digest)
    known = [one.soaked for one in state.completed if one.route.digest == live.digest]
    newest = Completed(
        route=live, run=run.run, at=at, commit=run.desired_commit, soaked=max(known, default=0)
    )
    return (*others, newest)[-REMEMBERED:]


def marked(
    known: tuple[Completed, ...], left: Route | None, routes: tuple[Route, ...]
) -> tuple[Completed, ...]:
    """The same, with `left` marked as rolled back from, unless it still serves by `routes`."""
    now = stable(routes)
    gone = None if left is None or (now and now.digest == left.digest) else left
    return tuple(_marked(one, gone) for one in known)


def _marked(one: Completed, left: Route | None) -> Completed:
    if left is None or one.route.digest != left.digest:
        return one
    return one.model_copy(update={"rolled_back": True})


def soaked(state: ModelState, digest: str, now: datetime) -> timedelta:
    """The longest time without a break that the version of `digest` has had all traffic."""
    from datetime import timedelta

    lasted = [timedelta(seconds=one.soaked) for one in state.completed if one.route.digest == digest]
    live = whole(state.routes)
    if live is not None and live.digest == digest and state.whole_since is not None:
        lasted.append(now - state.whole_since)
    return max(lasted, default=timedelta())
