"""What a plan says of the tests in it: how many requests they need, and how long those take to come.

A forecast is made of what is measured now, so no digest of a plan depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.clock import parse_duration
from modelops_git.core.queries import WORD
from modelops_git.core.routes import ALL, Route, stable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.assessing.points import Measured
    from modelops_git.core.manifests.analysis import AnalysisMetric
    from modelops_git.core.planning.plan import PlannedAction

SINCE = frozenset({"since_step", "began"})
"""The words by which a query counts from the step's begin, and so over a time that is known."""

_LONGEST = 1e10
"""Seconds that are told at most, some 300 years."""
_JUDGED = ("candidate", "mirror")
_NO_BEGIN = "its queries do not say since when they count, as `${since_step}` would"


class Part(NamedTuple):
    """A part of a rollout in which two versions are compared.

    Attributes:
        step: The number of the step, from 1; None for all steps together.
        new: The version that is judged.
        live: The version that it is compared with.
        weight: The percentage of the requests that the new version gets; of several steps, on average.
        rest: The percentage that the live version gets.
        lasts: How many seconds it lasts at least; None where that is for somebody to say.
        analysis: The analyses that judge it.
    """

    step: int | None
    new: Route
    live: Route
    weight: float
    rest: float
    lasts: int | None
    analysis: tuple[str, ...]


class Traffic(NamedTuple):
    """What was measured of the live version before the rollout.

    Attributes:
        measured: Its counts.
        seconds: The time that they are of; None where nobody can say.
        weight: The percentage of all requests that it got.
    """

    measured: Measured
    seconds: float | None
    weight: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one test needs in one part of a rollout.

    Attributes:
        environment: The environment.
        model: The model.
        part: The part of the rollout.
        analysis: The name of the analysis.
        metric: The metric that is tested.
        live: The value of the live version; None where it is not known.
        changed: What it would be after the change that should be seen.
        requests: How many requests to the new version show that change in half of all rollouts.
        requests_mostly: The same for nine of ten.
        comparisons: For a metric that compares values: how many comparisons there must be.
        per_minute: How many requests a minute there are now, to all versions.
        seconds: How long `requests`, or the comparisons, take to come.
        unknown: Why it cannot be said how many requests it takes, as a sentence without its full stop.
        unknown_traffic: The same for how long they take to come.
    """

    environment: str
    model: str
    part: Part
    analysis: str
    metric: AnalysisMetric
    live: float | None = None
    changed: float | None = None
    requests: int | None = None
    requests_mostly: int | None = None
    comparisons: int | None = None
    per_minute: float | None = None
    seconds: int | None = None
    unknown: str = ""
    unknown_traffic: str = ""

    @property
    def is_too_short(self) -> bool:
        """Whether the part may be over before the change is seen."""
        return self.seconds is not None and self.part.lasts is not None and self.seconds > self.part.lasts


def parts(action: PlannedAction) -> tuple[Part, ...]:
    """The parts of a planned rollout in which two versions share the requests and are judged."""
    routes = (route for step in action.steps for route in step.routes if route.role in _JUDGED)
    return tuple(
        part for digest in dict.fromkeys(route.digest for route in routes) for part in _of(action, digest)
    )


def _of(action: PlannedAction, digest: str) -> Iterator[Part]:
    """The parts in which one version is judged: all steps together, where something judges them, and each."""
    found = list(_steps(action, digest))
    if action.analysis and found:
        yield _together(found)._replace(analysis=action.analysis)
    yield from (one for one in found if one.analysis)


def counts_from_the_begin(metric: AnalysisMetric) -> bool:
    """Whether the queries of a metric say from when they count, so that there is a time to divide by."""
    queries = [metric.ratio.over] if metric.ratio else []
    queries += [metric.histogram.buckets] if metric.histogram else []
    return bool(queries) and all(SINCE.intersection(WORD.findall(query)) for query in queries)


def forecast(known: Forecast, traffic: Traffic) -> Forecast:
    """What a test of counts needs, by what was measured of the live version."""
    from modelops_git.core.assessing import power

    measured, part, test = traffic.measured, known.part, known.metric.test
    if test is None or (lack := _lack(known.metric, measured)):
        return replace(known, unknown=lack if test else "there is no test")
    beside = part.rest / part.weight
    if known.metric.histogram:
        needed = power.for_quantile(measured.buckets or (), known.metric.histogram.quantile, test, beside)
    else:
        needed = power.for_rate(measured.value or 0.0, test, beside)
    live = measured.value
    known = replace(known, live=live, changed=None if live is None else power.changed(live, test))
    if needed is None:
        return replace(known, unknown=_never(known.metric))
    known = replace(known, requests=round(needed.half), requests_mostly=round(needed.most))
    return _timed(known, traffic)


def of_comparisons(known: Forecast) -> Forecast:
    """What a test of values needs: so many comparisons, however many requests they are of."""
    from modelops_git.core.assessing import signs
    from modelops_git.core.assessing.schedule import EVERY

    metric = known.metric
    comparisons = signs.fewest(metric.test.alpha) if metric.test else 0
    interval = parse_duration(metric.interval) if metric.interval else EVERY
    return replace(known, comparisons=comparisons, seconds=round(comparisons * interval.total_seconds()))


def _steps(action: PlannedAction, digest: str) -> Iterator[Part]:
    for number, step in enumerate(action.steps, 1):
        live = stable(step.routes)
        new = next((one for one in step.routes if one.role in _JUDGED and one.digest == digest), None)
        if live and new and new.weight and live.weight:
            lasts = None if step.until_resumed else step.lasts
            yield Part(number, new, live, new.weight, live.weight, lasts, step.analysis)


def _together(found: list[Part]) -> Part:
    """All steps as one, each as long as it is."""
    known = [one.lasts for one in found if one.lasts is not None]
    if len(known) < len(found) or not sum(known):
        return found[0]._replace(step=None, lasts=None if len(known) < len(found) else 0)
    weight, rest = (
        sum(share * lasts for share, lasts in zip(shares, known, strict=True)) / sum(known)
        for shares in ([one.weight for one in found], [one.rest for one in found])
    )
    return found[0]._replace(step=None, weight=weight, rest=rest, lasts=sum(known))


def _lack(metric: AnalysisMetric, measured: Measured) -> str:
    """Why nothing follows from what was measured; empty where something does."""
    if metric.histogram and measured.buckets and measured.over:
        return ""
    problem = measured.problem or (measured.counts_problem if metric.ratio else "")
    return f"the live version {problem}" if problem else ""


def _never(metric: AnalysisMetric) -> str:
    if metric.histogram:
        return "no bound of a bucket is between what is allowed and the change that should be seen"
    return "the change that should be seen is none, or is allowed"


def _timed(known: Forecast, traffic: Traffic) -> Forecast:
    over = traffic.measured.over
    if not traffic.seconds or not over or not traffic.weight:
        return replace(known, unknown_traffic=_NO_BEGIN)
    per_second = over / traffic.seconds * ALL / traffic.weight
    if per_second * _LONGEST < 1:
        return replace(known, unknown_traffic="there is next to none")
    seconds = min((known.requests or 0) / (per_second * known.part.weight / ALL), _LONGEST)
    return replace(known, per_minute=per_second * 60, seconds=round(seconds))
