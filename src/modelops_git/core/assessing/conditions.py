"""Measurements judged by the conditions of a metric."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from modelops_git.core.assessing.looks import Look, Outcome, lacking, with_error, without_data
from modelops_git.core.policies.faults import ExpressionError
from modelops_git.core.policies.measured import Condition, condition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.analysis import AnalysisMetric


def judged(metric: AnalysisMetric, points: Sequence[Point]) -> list[Look]:
    """What comes of each measurement.

    Raises:
        ExpressionError: A condition means nothing.
        MissingLibraryError: The language of conditions is not installed.
    """
    failure = condition(metric.failure_condition) if metric.failure_condition else None
    success = condition(metric.success_condition) if metric.success_condition else None
    return [_judged(metric, point, failure, success) for point in points]


def _judged(
    metric: AnalysisMetric, point: Point, failure: Condition | None, success: Condition | None
) -> Look:
    if point.error:
        return with_error(point, point.error)
    needs = {name for one in (failure, success) if one for name in one.needs}
    if lack := lacking(metric, point, needs_stable="stable" in needs):
        return without_data(metric, point, lack)
    if "samples" in needs and point.requests is None:
        return without_data(metric, point, "nobody knows how many requests there were")
    values = tuple((name, value) for name, value in _values(point).items() if name in needs)
    try:
        outcome, reason = _outcome(values, failure, success)
    except ExpressionError as error:
        return with_error(point, error.message)
    return Look(point, outcome, reason)


def _values(point: Point) -> dict[str, float]:
    found = {"candidate": point.candidate.value, "stable": point.stable.value, "samples": point.requests}
    return {name: float(value) for name, value in found.items() if value is not None}


@lru_cache(maxsize=50_000)
def _outcome(
    named: tuple[tuple[str, float], ...], failure: Condition | None, success: Condition | None
) -> tuple[Outcome, str]:
    """What comes of values, and why. Every tick asks it again for all measurements of a step."""
    outcome, reason = _compared(dict(named), failure, success)
    return outcome, f"{reason} ({', '.join(f'{name} is {value:.6g}' for name, value in named)})"


def _compared(
    values: dict[str, float], failure: Condition | None, success: Condition | None
) -> tuple[Outcome, str]:
    if failure and failure.holds(values):
        return Outcome.FAILED, f"`{_line(failure)}` holds"
    if success and success.holds(values):
        return Outcome.SUCCEEDED, f"`{_line(success)}` holds"
    if failure and success:
        return Outcome.INCONCLUSIVE, f"neither `{_line(failure)}` nor `{_line(success)}` holds"
    if failure:
        return Outcome.SUCCEEDED, f"`{_line(failure)}` does not hold"
    if success:
        return Outcome.FAILED, f"`{_line(success)}` does not hold"
    return Outcome.INCONCLUSIVE, "nothing says what it must be"


def _line(asked: Condition) -> str:
    return " ".join(asked.expression.text.split())
