"""Points from a provider that is asked for one number at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

from modelops_git.core.assessing.points import Measured, Point, ratio
from modelops_git.core.errors import MetricsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from modelops_git.core.manifests.analysis import AnalysisMetric
    from modelops_git.edges.metrics.base import Question, Side

OLDER_SECONDS = 10.0
"""How long a provider is asked for instants that are not the newest, over all questions."""
_ROUNDING = 1e-9
"""How much a part may exceed the whole, relative to it, where both are sums of the same numbers."""


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


def point_of(question: Question, at: datetime, asked: Callable[[str, Side], float | None]) -> Point:
    """The point at an instant.

    Args:
        question: What is asked.
        at: The instant.
        asked: Gives the number that a query, as the manifest has it, says of a version; None for no data.

    Raises: what `asked` does.
    """
    stable = question.compared
    return Point(
        at,
        _measured(question.metric, question.candidate, asked),
        _measured(question.metric, stable, asked) if stable else Measured(),
        _samples(question, asked),
    )


def _measured(metric: AnalysisMetric, side: Side, asked: Callable[[str, Side], float | None]) -> Measured:
    if metric.ratio is None:
        return Measured(asked(metric.query or "", side))
    of, over = asked(metric.ratio.of, side), asked(metric.ratio.over, side)
    is_all = of is not None and over is not None and over < of <= over * (1 + _ROUNDING)
    return ratio(over if is_all else of, over)


def _samples(question: Question, asked: Callable[[str, Side], float | None]) -> int | None:
    query = question.metric.samples_query
    value = None if query is None else asked(query, question.candidate)
    return int(value) if value is not None and isfinite(value) else None
