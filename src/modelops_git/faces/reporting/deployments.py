"""Routes, times and failures, as people and programs read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.clock import format_time
from modelops_git.core.digests import short
from modelops_git.faces.reporting.lines import Span, Style, hint_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from modelops_git.core.routes import Hold, Route
    from modelops_git.engine.cases import Failure
    from modelops_git.engine.reverting import Revert
    from modelops_git.engine.standing import Standing
    from modelops_git.faces.reporting.lines import Line

NONE = "-"


def version_text(routes: Iterable[Route]) -> str:
    """The version that serves, or `-`; with the weights where several do."""
    served = tuple(routes)
    if len(served) == 1 and served[0].role == "stable":
        return served[0].version
    return ", ".join(f"{route.version} ({route.role} {route.weight} %)" for route in served) or NONE


def digest_text(route: Route | None) -> str:
    """The first digits of a route's manifest digest, or `-`."""
    return short(route.digest) if route else NONE


def time_text(instant: datetime | None) -> str:
    """A time to the second, or `-`."""
    return format_time(instant.replace(microsecond=0)) if instant else NONE


def route_json(route: Route | None) -> dict[str, Any] | None:
    """A route for programs."""
    return route.as_json() if route else None


def routes_json(routes: Iterable[Route]) -> list[dict[str, Any]]:
    """Routes for programs."""
    return [route.as_json() for route in routes]


def time_json(instant: datetime | None) -> str | None:
    """A time for programs: RFC 3339 in UTC."""
    return format_time(instant) if instant else None


def hold_json(hold: Hold | None) -> dict[str, Any] | None:
    """A hold for programs."""
    return hold.as_json() if hold else None


def standing_json(one: Standing) -> dict[str, Any]:
    """How a model stands, for programs."""
    return {
        "environment": one.environment,
        "model": one.model,
        "text": one.text,
        "until": time_json(one.until),
    }


def revert_json(one: Revert) -> dict[str, Any]:
    """A change that was prepared so that git follows, for programs."""
    return {
        "environment": one.environment,
        "model": one.model,
        "branch": one.branch or None,
        "problem": one.problem or None,
        "pull_request": one.url or None,
        "unproposed": one.unproposed or None,
    }


def failure_lines(failures: Iterable[Failure]) -> list[Line]:
    """What kept models from getting on, and what to do."""
    lines: list[Line] = []
    for failure in failures:
        where = f"{failure.environment} {failure.model}".strip()
        lines.append((Span("error", Style.BAD), f": {where}: {failure.error.message}"))
        lines += hint_lines(failure.error.hint)
    return lines


def failure_json(failure: Failure) -> dict[str, Any]:
    """A failure for programs."""
    return {
        "environment": failure.environment,
        "model": failure.model,
        "message": failure.error.message,
        "hint": failure.error.hint,
    }
