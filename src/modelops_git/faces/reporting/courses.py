"""The steps of a rollout, as a reviewer and whoever is on call read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.clock import format_duration
from modelops_git.core.routes import whole
from modelops_git.faces.reporting.forecasts import forecast_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelops_git.core.journal.runs import Step
    from modelops_git.core.planning.forecast import Forecast
    from modelops_git.core.planning.plan import PlannedAction
    from modelops_git.core.routes import Route
    from modelops_git.faces.reporting.lines import Line

AT_ONCE = "Each takes effect in one step, as soon as its bytes are verified; so does going back."


def course_lines(actions: Sequence[PlannedAction], forecasts: Sequence[Forecast] = ()) -> list[Line]:
    """How what is planned would come about; one sentence where all of it does in one step.

    Args:
        actions: What is planned.
        forecasts: What is known of the tests in it.
    """
    if not actions:
        return []
    judged: dict[tuple[str, str], list[Forecast]] = {}
    for one in forecasts:
        judged.setdefault((one.environment, one.model), []).append(one)
    gradual = [action for action in actions if len(action.steps) > 1 or _place(action) in judged]
    if not gradual:
        return [AT_ONCE]
    return [line for one in gradual for line in (*_course(one), *forecast_lines(judged.get(_place(one), ())))]


def _place(action: PlannedAction) -> tuple[str, str]:
    return action.environment, action.model


def _course(action: PlannedAction) -> list[Line]:
    lines: list[Line] = [f"{action.environment} {action.model}, step by step:"]
    lines += [f"  {number}. {step_text(step)}" for number, step in enumerate(action.steps, 1)]
    judged = f"Judged all along by {', '.join(action.analysis)}. " if action.analysis else ""
    requests = f"Needs at least {action.requests:,} requests. " if action.requests else ""
    return [*lines, f"  {judged}{requests}{_times(action)}"]


def _times(action: PlannedAction) -> str:
    least = sum(step.lasts or 0 for step in action.steps)
    takes = f"Takes at least {format_duration(least)}" if least else "Takes no time of its own"
    limit = f", and is aborted after {format_duration(action.deadline)}" if action.deadline else ""
    return f"{takes}{limit}; going back is one step at any time."


def version_of(route: Route) -> str:
    """The number of a route's version."""
    return route.version


def step_text(step: Step, name: Callable[[Route], str] = version_of) -> str:
    """One step: who gets how much, for how long, what must succeed; `name` says what a version is called."""
    said = share_text(step, name)
    if step.lasts:
        said += f" for {format_duration(step.lasts)}"
    if step.until_resumed:
        said += " until somebody resumes it"
    if step.analysis:
        said += f", judged by {', '.join(step.analysis)}"
    return said


def share_text(step: Step, name: Callable[[Route], str] = version_of) -> str:
    """Who gets how much in a step."""
    new = next((route for route in step.routes if route.role in ("candidate", "preview", "mirror")), None)
    live = whole(step.routes)
    if new is None:
        return f"all to {name(live)}" if live else "nothing"
    if new.role == "preview":
        return f"a preview of {name(new)}"
    if new.role == "mirror":
        return f"{new.weight} % mirrored to {name(new)}"
    return f"{new.weight} % to {name(new)}"
