"""One look at what was measured: what came of it, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.analysis import AnalysisMetric


class Outcome(StrEnum):
    """What came of one measurement.

    `proven`: a test shows that the new version is worse; that is a failure however many are allowed.
    `error`: nothing could be measured. `waiting`: there was no data, and the metric waits for some.
    """

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    PROVEN = "proven"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    WAITING = "waiting"

    @property
    def is_judged(self) -> bool:
        """Whether it counts as a measurement."""
        return self not in (Outcome.ERROR, Outcome.WAITING)


class Look(NamedTuple):
    """A measurement and what came of it.

    Attributes:
        point: What was measured.
        outcome: What came of it.
        reason: Why, as a sentence without its full stop.
        has_data: Whether there was something to compare.
    """

    point: Point
    outcome: Outcome
    reason: str
    has_data: bool = True


_NO_DATA = {"wait": Outcome.WAITING, "inconclusive": Outcome.INCONCLUSIVE, "fail": Outcome.FAILED}


def without_data(metric: AnalysisMetric, point: Point, reason: str) -> Look:
    """What no data means for `metric`."""
    return Look(point, _NO_DATA[metric.on_no_data], reason, has_data=False)


def with_error(point: Point, reason: str) -> Look:
    """A measurement that is none."""
    return Look(point, Outcome.ERROR, reason.rstrip("."), has_data=False)


def lacking(metric: AnalysisMetric, point: Point, *, needs_stable: bool) -> str:
    """What is lacking for a comparison: a sentence without its full stop; empty where nothing is."""
    if problem := point.candidate.problem:
        return f"the new version {problem}"
    if needs_stable and (problem := point.stable.problem):
        return f"the stable version {problem}"
    return too_few(metric, point, needs_stable=needs_stable)


def too_few(metric: AnalysisMetric, point: Point, *, needs_stable: bool) -> str:
    """Whether there are fewer requests than `min_samples`, in words; empty where there are enough.

    Those of the stable version count only where they are known.
    """
    if metric.min_samples == 0:
        return ""
    requests = point.requests
    if requests is None:
        return f"nobody knows whether there were {metric.min_samples:,} requests (min_samples)"
    if not requests >= metric.min_samples:
        return f"there are {requests:,.0f} requests of {metric.min_samples:,} (min_samples)"
    over = point.stable.over
    if needs_stable and over is not None and not over >= metric.min_samples:
        return f"there are {over:,.0f} requests of {metric.min_samples:,} (min_samples) to the stable version"
    return ""
