"""Points from a provider that is asked for one number at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from math import isfinite, isnan
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.assessing.buckets import bound, histogram
from modelops_git.core.assessing.points import Measured, Point, ratio
from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.jsontext import short

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from modelops_git.core.manifests.analysis import AnalysisMetric, Histogram
    from modelops_git.edges.metrics.base import Question, Side

OLDER_SECONDS = 10.0
"""How long a provider is asked for instants that are not the newest, over all questions."""
_ROUNDING = 1e-9
"""How much a part may exceed the whole, relative to it, where both are sums of the same numbers."""


class Answers(NamedTuple):
    """What a provider says about a version at one instant, to queries as the manifest has them.

    Attributes:
        number: A number; None for no data.
        buckets: Upper bounds, each a number as a text, and how many requests there were up to each, in any
            order; None for no data. Both raise MetricsError.
    """

    number: Callable[[str, Side], float | None]
    buckets: Callable[[str, Side], Sequence[tuple[str, float]] | None]


@dataclass
class Patience:
    """The time that is left for instants before the newest one."""

    left: float = OLDER_SECONDS
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def newest_first(self, question: Question, point_at: Callable[[datetime], Point]) -> tuple[Point, ...]:
        """The points for the instants of a question, oldest first.

        The newest one is always asked for. Of the time that is left a question takes at most half, so that
        the questions after it have some too; instants that it does not suffice for are left out.

        Raises:
            MetricsError: There is no answer for the newest instant.
        """
        found = [point_at(question.instants[-1])]
        began = self.clock()
        for at in reversed(question.instants[:-1]):
            if self.clock() - began >= self.left / 2:
                break
            try:
                found.append(point_at(at))
            except MetricsError as error:
                found.append(failed(at, error))
        self.left = max(self.left - (self.clock() - began), 0.0)
        return tuple(reversed(found))


def failed(at: datetime, error: MetricsError) -> Point:
    """A point that says why there is no measurement."""
    return Point(at, error=" ".join([f"{error.message.rstrip('.')}.", error.hint]).strip())


def point_of(question: Question, at: datetime, answers: Answers) -> Point:
    """The point at an instant.

    Raises:
        MetricsError: There is no answer, or one that makes no sense.
    """
    stable = question.compared
    return Point(
        at,
        _measured(question.metric, question.candidate, answers),
        _measured(question.metric, stable, answers) if stable else Measured(),
        _samples(question, answers),
    )


def _measured(metric: AnalysisMetric, side: Side, answers: Answers) -> Measured:
    if metric.histogram is not None:
        return _histogram(metric.histogram, side, answers)
    if metric.ratio is None:
        return Measured(answers.number(metric.query or "", side))
    of, over = answers.number(metric.ratio.of, side), answers.number(metric.ratio.over, side)
    is_all = of is not None and over is not None and over < of <= over * (1 + _ROUNDING)
    return ratio(over if is_all else of, over)


def _histogram(asked: Histogram, side: Side, answers: Answers) -> Measured:
    counts = answers.buckets(asked.buckets, side)
    if not counts or any(isnan(count) for _, count in counts):
        return Measured()
    try:
        return histogram(((bound(upper), count) for upper, count in counts), asked.quantile)
    except ValueError as error:
        raise MetricsError(f"the histogram of {short(asked.buckets)} {error}") from None


def _samples(question: Question, answers: Answers) -> int | None:
    query = question.metric.samples_query
    value = None if query is None else answers.number(query, question.candidate)
    return int(value) if value is not None and isfinite(value) else None
