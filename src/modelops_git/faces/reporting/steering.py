"""What the verbs for whoever is on call did, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.faces.reporting.deployments import (
    hold_json,
    route_json,
    routes_json,
    time_json,
    time_text,
    version_text,
)
from modelops_git.faces.reporting.lines import Span, Style, clipped

if TYPE_CHECKING:
    from modelops_git.engine.holding import Held
    from modelops_git.engine.reverting import Revert
    from modelops_git.engine.steering import Steered
    from modelops_git.engine.telling import Told
    from modelops_git.faces.reporting.lines import Line

ROOM = 400
"""How much of a reason is shown."""


def held_data(held: Held, model: str, revert: Revert) -> dict[str, Any]:
    """The traffic that went back, for programs."""
    return {
        "environment": revert.environment,
        "model": model,
        "before": route_json(held.way.left),
        "after": route_json(held.after),
        "routes_before": routes_json(held.before),
        "routes": routes_json(held.way.routes),
        "hold": hold_json(held.hold),
        **_told_json(held.told),
        "branch": revert.branch or None,
        "pull_request": revert.url or None,
        "note": revert.text,
    }


def held_lines(held: Held, model: str, revert: Revert) -> list[Line]:
    """The traffic that went back, for people: what serves now, what is written down, what comes next."""
    environment = revert.environment
    again = f"modelops retry {model} --env {environment}"
    return [
        (Span("done", Style.GOOD), f": {environment} serves {model} {_now(held)}"),
        *_held_told(held.told),
        f"next: {revert.text}",
        f"undo: {again}, and the next apply tries it again",
    ]


def _now(held: Held) -> str:
    live = held.after.version if held.after else "no more"
    since = f"since {time_text(held.hold.at)}"
    left = held.way.left.version if held.way.left else "nothing"
    if held.way.what:
        ended = f"{held.way.what} of {left} is over"
        return f"{live} with all traffic {since}; {ended}" if held.after else f"{live}, {since}; {ended}"
    return f"{live} now, instead of {left}, and holds it"


def _held_told(told: Told) -> list[Line]:
    if not told.problem:
        return []
    lines: list[Line] = [(Span("note", Style.WARN), f": the journal could not be written: {told.problem}")]
    if told.waits_in is not None:
        lines.append(f"  its entry waits in {told.waits_in}; the next apply from this clone takes it")
    return [*lines, "  the target bears the hold as well: any apply will honour it and journal it"]


def steered_data(steered: Steered, environment: str, model: str) -> dict[str, Any]:
    """What was said to a rollout, for programs."""
    return {
        "environment": environment,
        "model": model,
        "run": steered.run.run if steered.run else None,
        "routes": routes_json(steered.routes),
        "text": steered.text,
        "until": time_json(steered.until),
        "kept_back": steered.kept_back or None,
        **_told_json(steered.told),
    }


def steered_lines(steered: Steered, environment: str, model: str) -> list[Line]:
    """What was said to a rollout, for people; whoever calls adds what comes next."""
    routes = version_text(steered.routes)
    lines: list[Line] = [
        (Span("done", Style.GOOD), f": {model} in {environment} {steered.text}; last seen there: {routes}")
    ]
    if steered.kept_back:
        lines.append(f"  it was kept back: {clipped(steered.kept_back, ROOM)}")
    told = steered.told
    if told.problem:
        lines.append((Span("warning", Style.WARN), f": nobody else can see this yet: {told.problem}"))
        where = told.waits_in or "no file, for the outbox cannot be written either: say it again"
        lines.append(f"  it waits in {where}; the next apply from this clone, and no other, takes it")
    return lines


def _told_json(told: Told) -> dict[str, Any]:
    return {
        "journaled": not told.problem,
        "outbox": str(told.waits_in) if told.waits_in else None,
        "problem": told.problem or None,
    }
