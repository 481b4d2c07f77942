"""Measurements judged by a test against the stable version, which may be looked at as often as one likes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.assessing import signs
from modelops_git.core.assessing.looks import Look, Outcome, lacking, too_few, with_error, without_data
from modelops_git.core.assessing.points import ratio
from modelops_git.core.assessing.rates import bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.core.assessing.points import Measured, Point
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
    found = _by_rates(metric, points, test) if metric.ratio else _by_signs(metric, points, test)
    return list(found)


def insufficient(metric: AnalysisMetric, looks: Sequence[Look], test: Test) -> str:
    """Why a test that shows nothing means nothing, as a sentence without its full stop; empty where it does.

    A version that could not have failed has not succeeded: not even if every request since had failed, or
    every comparison had gone against it.
    """
    compared = [look for look in looks if look.has_data and look.outcome.is_judged]
    if not compared:
        return "nothing could be compared"
    newest = compared[-1].point
    if few := too_few(metric, newest, needs_stable=True):
        return few
    if not metric.ratio:
        told, wanted = sum(_counted(compared, test)), signs.fewest(test.alpha)
        return "" if told >= wanted else f"there are {told} comparisons, and the test needs {wanted}"
    over = newest.candidate.over or 0.0
    worst = ratio(over if test.worse_when == "higher" else 0.0, over)
    return "" if _is_worse(worst, newest.stable, test) else "there are too few requests for the test"


def allowed(test: Test) -> float:
    """What the stable version's value is multiplied by before the new one is held against it."""
    if test.worse_when == "higher":
        return 1 + _share(test.allowed_increase)
    return max(1 - _share(test.allowed_decrease), 0.0)


def _share(percent: str) -> float:
    return float(percent.removesuffix("%")) / 100


def _by_rates(metric: AnalysisMetric, points: Sequence[Point], test: Test) -> Iterator[Look]:
    most = 0.0
    for point in points[-NEWEST:]:
        problem = _problem(metric, point, counts=True)
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
        yield _rate_look(point, test)


def _rate_look(point: Point, test: Test) -> Look:
    said = f"the new version has {_said(point.candidate)}, the stable one {_said(point.stable)}"
    if _is_worse(point.candidate, point.stable, test):
        what = "higher" if test.worse_when == "higher" else "lower"
        return Look(
            point, Outcome.PROVEN, f"{said}: {what} than allowed, beyond doubt (alpha {test.alpha:g})"
        )
    return Look(point, Outcome.SUCCEEDED, f"{said}: not shown to be worse")


def _said(measured: Measured) -> str:
    return f"{measured.value or 0.0:.4g} ({measured.of:,.0f} of {measured.over:,.0f})"


def _is_worse(candidate: Measured, stable: Measured, test: Test) -> bool:
    """Whether the confidence sequences of the two rates are apart; each may be wrong in half of the cases."""
    distance = (candidate.value or 0.0) - allowed(test) * (stable.value or 0.0)
    if distance == 0 or (distance > 0) != (test.worse_when == "higher"):
        return False  # the bounds are further out than the rates themselves
    new = bounds(candidate.of or 0.0, candidate.over or 0.0, test.alpha / 2)
    old = bounds(stable.of or 0.0, stable.over or 0.0, test.alpha / 2)
    if test.worse_when == "higher":
        return new.lower > allowed(test) * old.upper
    return new.upper < allowed(test) * old.lower


def _by_signs(metric: AnalysisMetric, points: Sequence[Point], test: Test) -> Iterator[Look]:
    counts = Counts()
    for point in points:
        problem = _problem(metric, point, counts=False)
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
    new, old = point.candidate.value or 0.0, point.stable.value or 0.0
    limit = old + abs(old) * (allowed(test) - 1)
    if new == limit:
        return counts
    is_worse = new > limit if test.worse_when == "higher" else new < limit
    return Counts(counts.worse + is_worse, counts.better + (not is_worse))


def _problem(metric: AnalysisMetric, point: Point, *, counts: bool) -> Look | None:
    """Why a measurement cannot be compared, where it cannot."""
    if point.error:
        return with_error(point, point.error)
    sides = (("new", point.candidate), ("stable", point.stable))
    without_limit = metric.model_copy(update={"min_samples": 0})
    if lack := lacking(without_limit, point, needs_stable=True):
        return without_data(metric, point, lack)
    for name, measured in sides:
        if counts and measured.counts_problem:
            return with_error(point, f"the {name} version {measured.counts_problem}")
    return None
