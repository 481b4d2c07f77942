"""Measurements judged by a test against the stable version, which may be looked at as often as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.assessing import comparing_quantiles, comparing_rates, signs
from modelops_git.core.assessing.limits import limit
from modelops_git.core.assessing.looks import Look, Outcome, too_few, with_error, without_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.analysis import AnalysisMetric, Test

FALLEN = 0.5
"""Counts that are less than this share of earlier ones were not counted from the step's begin."""
NEWEST = 100
"""How many looks at counts are compared. They only grow, so the newest say all; what was found at an earlier
look was found by the tick that took it."""


class Counts(NamedTuple):
    """The comparisons of a sign test: how many went against the new version, and for it."""

    worse: int = 0
    better: int = 0


def judged(metric: AnalysisMetric, points: Sequence[Point], test: Test) -> list[Look]:
    """What comes of each measurement."""
    return list(_by_counts(metric, points, test) if _counts(metric) else _by_signs(metric, points, test))


def insufficient(metric: AnalysisMetric, looks: Sequence[Look], test: Test) -> str:
    """Why a test that shows nothing means nothing, as a sentence without its full stop; empty where it does.

    A version that could not have failed has not succeeded: not even if every request since had failed, or had
    been as slow as can be, or every comparison had gone against it.
    """
    compared = [look for look in looks if look.has_data and look.outcome.is_judged]
    if not compared:
        return "nothing could be compared"
    newest = compared[-1].point
    if few := too_few(metric, newest, needs_stable=True):
        return few
    if metric.histogram:
        quantile = metric.histogram.quantile
        return comparing_quantiles.insufficient(newest.candidate, newest.stable, quantile, test)
    if metric.ratio:
        return comparing_rates.insufficient(newest.candidate, newest.stable, test)
    told, wanted = sum(_counted(compared, test)), signs.fewest(test.alpha)
    return "" if told >= wanted else f"there are {told} comparisons, and the test needs {wanted}"


def _counts(metric: AnalysisMetric) -> bool:
    """Whether what is measured are counts since the step began."""
    return metric.ratio is not None or metric.histogram is not None


def _by_counts(metric: AnalysisMetric, points: Sequence[Point], test: Test) -> Iterator[Look]:
    most = 0.0
    for point in points[-NEWEST:]:
        problem = _problem(metric, point)
        if problem:
            yield problem
            continue
        fewer = min((point.candidate.over or 0.0, point.stable.over or 0.0))
        if fewer < FALLEN * most:
            yield with_error(
                point, f"the counts fell from {most:,.0f} to {fewer:,.0f}: count from the step's begin"
            )
            continue
        most = max(most, fewer)
        yield _look(metric, point, test)


def _look(metric: AnalysisMetric, point: Point, test: Test) -> Look:
    if metric.histogram:
        quantile = metric.histogram.quantile
        found = comparing_quantiles.pair(point.candidate, point.stable, quantile, test.alpha)
        said, is_worse = comparing_quantiles.said(found, quantile), comparing_quantiles.is_worse(found, test)
    else:
        said = comparing_rates.said(point.candidate, point.stable)
        is_worse = comparing_rates.is_worse(point.candidate, point.stable, test)
    if is_worse:
        shown = f"{test.worse_when} than allowed, beyond doubt (alpha {test.alpha:g})"
        return Look(point, Outcome.PROVEN, f"{said}: {shown}")
    return Look(point, Outcome.SUCCEEDED, f"{said}: not shown to be worse")


def _by_signs(metric: AnalysisMetric, points: Sequence[Point], test: Test) -> Iterator[Look]:
    counts = Counts()
    for point in points:
        problem = _problem(metric, point)
        if problem:
            yield problem
            continue
        counts = _with(counts, point, test)
        said = f"{counts.worse} of {sum(counts)} comparisons with the stable version went against the new one"
        if signs.evidence(*counts) >= signs.needed(test.alpha):
            yield Look(point, Outcome.PROVEN, f"{said}: worse beyond doubt (alpha {test.alpha:g})")
        else:
            yield Look(point, Outcome.SUCCEEDED, f"{said}: not shown to be worse")


def _counted(looks: Sequence[Look], test: Test) -> Counts:
    counts = Counts()
    for look in looks:
        counts = _with(counts, look.point, test)
    return counts


def _with(counts: Counts, point: Point, test: Test) -> Counts:
    new, most = point.candidate.value or 0.0, limit(point.stable.value or 0.0, test)
    if new == most:
        return counts
    is_worse = new > most if test.worse_when == "higher" else new < most
    return Counts(counts.worse + is_worse, counts.better + (not is_worse))


def _problem(metric: AnalysisMetric, point: Point) -> Look | None:
    """Why a measurement cannot be compared, where it cannot."""
    if point.error:
        return with_error(point, point.error)
    sides = (("new", point.candidate), ("stable", point.stable))
    for name, measured in sides:
        # A quantile above the highest bound has no value, and can be compared.
        if (lack := measured.problem) and not (measured.buckets and measured.over):
            return without_data(metric, point, f"the {name} version {lack}")
    for name, measured in sides:
        if metric.ratio and measured.counts_problem:
            return with_error(point, f"the {name} version {measured.counts_problem}")
    return None
