"""Measurements of a step to a verdict.

The order of what is asked is that of the verdicts: what failed is told before what could not be measured, and
that before what decides nothing. Success is what is left at the end, and only where something was measured,
the newest measurement is one, and the metric could have failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.assessing import comparing, conditions
from modelops_git.core.assessing.looks import Look, Outcome
from modelops_git.core.assessing.points import Measured
from modelops_git.core.assessing.schedule import Schedule, schedule_of
from modelops_git.core.assessing.verdicts import Assessment, Result, Verdict, Window, strongest
from modelops_git.core.manifests.base import MAX_INTEGER
from modelops_git.core.policies.faults import ExpressionError
from modelops_git.core.policies.language import MissingLibraryError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.analysis import AnalysisMetric


class _Said(NamedTuple):
    """A verdict, why, and the measurement that it is about."""

    verdict: Verdict
    reason: str
    look: Look | None = None


class _Case(NamedTuple):
    """One metric, its measurements so far, and the time."""

    metric: AnalysisMetric
    looks: Sequence[Look]
    window: Window
    now: datetime

    @property
    def newest(self) -> Look | None:
        """The newest measurement."""
        return self.looks[-1] if self.looks else None

    def having(self, *outcomes: Outcome) -> list[Look]:
        """The measurements that such came of."""
        return [look for look in self.looks if look.outcome in outcomes]


def combined(results: Iterable[Result]) -> Assessment:
    """The verdict on a step by the results of its metrics."""
    several = tuple(results)
    times = [one.look_again for one in several if one.look_again]
    verdict = strongest(one.verdict for one in several)
    is_over = verdict in (Verdict.FAILED, Verdict.SUCCESSFUL)
    return Assessment(verdict, several, None if is_over else min(times, default=None))


def assess_metric(metric: AnalysisMetric, points: Sequence[Point], window: Window, now: datetime) -> Result:
    """The verdict on one metric; the result names no analysis."""
    schedule = schedule_of(metric, window)
    ordered = {one.at: one for one in sorted(points, key=lambda one: one.at)}
    taken = [one for at, one in ordered.items() if at <= now and schedule.has(at)]
    try:
        found = (
            comparing.judged(metric, taken, metric.test) if metric.test else conditions.judged(metric, taken)
        )
    except (ExpressionError, MissingLibraryError) as error:
        said = _Said(Verdict.ERROR, f"its condition cannot be evaluated: {error}")
        return _result(metric, said, None)
    case = _Case(metric, _counted(found, schedule.wanted), window, now)
    said = _decisive(case) or (_ended(case) if _is_done(case, schedule) else _unfinished(case))
    is_counted = said.verdict is Verdict.SUCCESSFUL and schedule.wanted is not None
    over = is_counted or said.verdict is Verdict.FAILED
    return _result(metric, said, None if over else _next(schedule, now))


def _next(schedule: Schedule, now: datetime) -> datetime | None:
    """When there is more to say: at the next instant, and when the step's time is over."""
    times = [one for one in (schedule.next_after(now), schedule.ends) if one is not None and one > now]
    return min(times, default=None)


def _counted(looks: Iterable[Look], count: int | None) -> list[Look]:
    """The measurements up to the one that completes the count."""
    kept: list[Look] = []
    left = count
    for look in looks:
        if left == 0:
            break
        kept.append(look)
        left = left - look.outcome.is_judged if left is not None else None
    return kept


def _decisive(case: _Case) -> _Said | None:
    """What measurements so far have decided, whatever is to come."""
    metric = case.metric
    if proven := case.having(Outcome.PROVEN):
        return _Said(Verdict.FAILED, proven[0].reason, proven[0])
    failed = case.having(Outcome.FAILED)
    if len(failed) > metric.failure_limit:
        reason = f"{failed[-1].reason}{_tally(len(failed), metric.failure_limit, 'failed')}"
        return _Said(Verdict.FAILED, reason, failed[-1])
    errors = _errors_in_a_row(case.looks)
    if errors > metric.consecutive_error_limit:
        reason = f"{case.looks[-1].reason}, {errors} times in a row"
        return _Said(Verdict.ERROR, reason)
    unclear = case.having(Outcome.INCONCLUSIVE)
    if len(unclear) > metric.inconclusive_limit:
        reason = f"{unclear[-1].reason}{_tally(len(unclear), metric.inconclusive_limit, 'decided nothing')}"
        return _Said(Verdict.INCONCLUSIVE, reason, unclear[-1])
    return None


def _tally(found: int, limit: int, what: str) -> str:
    return f"; {found} measurements {what}, and {limit} may" if found > 1 or limit else ""


def _errors_in_a_row(looks: Sequence[Look]) -> int:
    """How many errors there are since the last measurement that was none."""
    count = 0
    for look in reversed(looks):
        if look.outcome is not Outcome.ERROR:
            break
        count += 1
    return count


def _is_done(case: _Case, schedule: Schedule) -> bool:
    """Whether all that is to be measured has been."""
    if schedule.wanted is not None:
        return sum(look.outcome.is_judged for look in case.looks) >= schedule.wanted
    newest, last = case.newest, schedule.last
    if newest is None or last is None or not case.window.is_over(case.now):
        return False
    return newest.point.at >= last and newest.outcome.is_judged


def _unfinished(case: _Case) -> _Said:
    """The verdict while there is more to measure."""
    newest = case.newest
    if not case.window.is_over(case.now):
        judged = sum(look.outcome.is_judged for look in case.looks)
        wanted = f" of {case.metric.count}" if case.metric.count else ""
        why = f"; {newest.reason}" if newest and not newest.outcome.is_judged else ""
        return _Said(Verdict.PENDING, f"{judged}{wanted} measurements so far{why}", newest)
    if newest is None:
        return _Said(Verdict.INCONCLUSIVE, "nothing was measured")
    if newest.outcome is Outcome.WAITING:
        return _Said(Verdict.INCONCLUSIVE, f"there is no data: {newest.reason}", newest)
    return _Said(Verdict.PENDING, f"it is measured beyond the step's time: {newest.reason}", newest)


def _ended(case: _Case) -> _Said:
    """The verdict when all is measured and nothing decisive was found."""
    metric, good = case.metric, case.having(Outcome.SUCCEEDED)
    judged = [look for look in case.looks if look.outcome.is_judged]
    if not good:
        return _Said(Verdict.INCONCLUSIVE, f"no measurement succeeded: {judged[-1].reason}", judged[-1])
    if metric.test and (lack := comparing.insufficient(metric, case.looks, metric.test)):
        return _Said(Verdict.INCONCLUSIVE, lack, good[-1])
    if metric.count is None and metric.interval and len(judged) <= metric.failure_limit:
        lack = f"there were {len(judged)} measurements, of which {metric.failure_limit} may fail"
        return _Said(Verdict.INCONCLUSIVE, f"it could not have failed: {lack}", good[-1])
    return _Said(Verdict.SUCCESSFUL, good[-1].reason, good[-1])


def _result(metric: AnalysisMetric, said: _Said, look_again: datetime | None) -> Result:
    point = said.look.point if said.look and said.look.has_data else None
    reason = f"{metric.name}: {said.reason}"
    if point is None:
        return Result("", metric.name, said.verdict, reason, Measured(), Measured(), None, look_again)
    requests = point.requests
    samples = None if requests is None else min(max(int(requests), 0), MAX_INTEGER)
    return Result("", metric.name, said.verdict, reason, point.candidate, point.stable, samples, look_again)
