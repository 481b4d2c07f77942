"""How rollouts come about: a list of the steps, how long they take, and a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.clock import format_duration
from modelops_git.core.markdown import html_code, label, prose
from modelops_git.core.routes import stable
from modelops_git.faces.reporting.courses import share_text, step_text
from modelops_git.faces.reporting.forecasts import forecast_lines
from modelops_git.faces.reporting.lines import render
from modelops_git.faces.reporting.markdown.layout import Part, Section
from modelops_git.faces.reporting.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from modelops_git.core.journal.runs import Step
    from modelops_git.core.planning.forecast import Forecast
    from modelops_git.core.planning.plan import PlannedAction
    from modelops_git.core.routes import Route
    from modelops_git.engine.reviewing.models import ReviewedModel

MOST_STEPS = 24
MOST_NAMED = 3
MOST_FORECASTS = 12
WIDE = 4
"""More boxes than that are drawn below each other."""


class Course(NamedTuple):
    """Rollouts that take the same steps.

    Attributes:
        models: What is rolled out so.
        action: The action of the first of them.
    """

    models: tuple[ReviewedModel, ...]
    action: PlannedAction

    def name(self, route: Route) -> str:
        """What a version is called: by its number where all steps are of one rollout."""
        if len(self.models) == 1:
            return route.version
        return "the new version" if route in self._new else "the live version"

    @property
    def _new(self) -> frozenset[Route]:
        after = {route.digest for route in self.action.after}
        routes = (route for step in self.action.steps for route in step.routes)
        return frozenset(route for route in routes if route.digest in after)


def course_sections(models: Sequence[ReviewedModel], forecasts: Sequence[Forecast]) -> Iterator[Section]:
    """One fold for each distinct course; open where there is only one."""
    courses = _courses(models)
    for course in courses:
        yield Section(tuple(_parts(course, forecasts)), _title(course), is_open=len(courses) == 1)


def _courses(models: Iterable[ReviewedModel]) -> list[Course]:
    found: dict[object, list[ReviewedModel]] = {}
    for one in models:
        if one.action is not None and one.action.steps:
            found.setdefault(_shape(one, one.action), []).append(one)
    return [Course(tuple(group), group[0].action) for group in found.values() if group[0].action]


def _shape(model: ReviewedModel, action: PlannedAction) -> object:
    """What two rollouts have in common that take the same steps."""
    after = {route.digest for route in action.after}
    steps = tuple(
        (one.lasts, one.until_resumed, one.analysis, _mix(one.routes, after)) for one in action.steps
    )
    return action.strategy, steps, action.analysis, action.deadline, bool(action.before), model.is_controlled


def _mix(routes: Iterable[Route], after: set[str]) -> tuple[object, ...]:
    return tuple((route.role, route.weight, route.digest in after) for route in routes)


def _title(course: Course) -> str:
    named = [f"{html_code(one.model)} in {html_code(one.environment)}" for one in course.models[:MOST_NAMED]]
    rest = len(course.models) - len(named)
    more = f" and {counted(rest, 'more model')}" if rest else ""
    return f"How it is rolled out: {', '.join(named)}{more}"


def _parts(course: Course, forecasts: Sequence[Forecast]) -> Iterator[Part]:
    yield Part("\n".join(_steps(course)), 4, "step list")
    yield Part(_times(course), 4, "step list")
    yield Part(_chart(course), 6, "chart")
    places = {(one.environment, one.model) for one in course.models}
    lines = forecast_lines(one for one in forecasts if (one.environment, one.model) in places)
    said = [f"- {prose(render(line, colour=False))}" for line in lines[:MOST_FORECASTS]]
    if said:
        yield Part("\n".join(["What the tests need, at the current traffic:", "", *said]), 5, "forecast")


def _steps(course: Course) -> Iterator[str]:
    for number, step in enumerate(course.action.steps[:MOST_STEPS], 1):
        yield f"{number}. {prose(step_text(step, course.name))}"
    rest = len(course.action.steps) - MOST_STEPS
    if rest > 0:
        yield f"\nand {counted(rest, 'more step')}"


def _times(course: Course) -> str:
    action = course.action
    least = sum(step.lasts or 0 for step in action.steps)
    soonest = f"at least {format_duration(least)}" if least else "no time of its own"
    if any(step.until_resumed for step in action.steps):
        soonest += ", and as long as somebody takes to resume it"
    latest = f"; at worst {format_duration(action.deadline or 0)} of open time, then it is aborted"
    judged = f" Judged all along by {_names(action.analysis)}." if action.analysis else ""
    requests = f" Its tests need at least {action.requests:,} requests." if action.requests else ""
    return (
        f"**Time to promote:** {soonest}{latest if action.deadline else ''}.{judged}{requests}  \n"
        f"**Time to roll back:** one step at any time: {_back(course.models[0])}."
    )


def _back(model: ReviewedModel) -> str:
    machine = (
        "within a tick of the controller, which takes seconds, where a test fails"
        if model.is_controlled
        else "in the next scheduled run, which takes minutes, where a test fails"
    )
    by_hand = "at once by `modelops abort` or `modelops rollback --now`"
    judged = model.action is not None and (
        model.action.analysis or any(step.analysis for step in model.action.steps)
    )
    return f"{machine}; {by_hand}" if judged else by_hand


def _names(names: Iterable[str]) -> str:
    return ", ".join(prose(name) for name in names)


def _chart(course: Course) -> str:
    """The steps as a Mermaid flowchart, with the way back."""
    steps = course.action.steps[:MOST_STEPS]
    nodes = [f'    now(["{_serves(course, course.action.before)}"])']
    links, previous, why = [], "now", ""
    for number, step in enumerate(steps, 1):
        is_last = number == len(course.action.steps)
        box = '(["{}"])' if is_last else '["{}"]'
        said = _serves(course, course.action.after) if is_last else _step(number, step, course.name)
        nodes.append(f"    s{number}{box.format(said)}")
        links.append(f'    {previous} -->|"{why}"| s{number}' if why else f"    {previous} --> s{number}")
        previous, why = f"s{number}", _condition(step)
    backs = [f"    s{number} -.-> now" for number in range(1, len(steps))]
    if backs:
        backs[0] = backs[0].replace("-.->", '-.->|"abort: one step back"|')
    direction = "LR" if len(steps) < WIDE else "TD"
    return "\n".join(["```mermaid", f"flowchart {direction}", *nodes, *links, *backs, "```"])


def _step(number: int, step: Step, name: Callable[[Route], str]) -> str:
    lasts = f"<br/>for {format_duration(step.lasts)}" if step.lasts else ""
    return f"{number}. {label(share_text(step, name))}{lasts}"


def _condition(step: Step) -> str:
    """What must come before the next step, beside time."""
    said = [f"{label(', '.join(step.analysis))} succeeds"] if step.analysis else []
    said += ["somebody resumes it"] if step.until_resumed else []
    return ", ".join(said)


def _serves(course: Course, routes: tuple[Route, ...]) -> str:
    live = stable(routes)
    others = [route for route in routes if route is not live]
    if live is None:
        return "nothing serves"
    beside = f" beside {label(', '.join(map(course.name, others)))}" if others else ""
    return f"{label(course.name(live))} serves{beside}"
