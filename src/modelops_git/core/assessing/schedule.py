"""When a metric is measured: instants that follow from when its step began.

Nothing but the manifest and the step says when they are. So programs that share no memory agree on them, and
a provider that keeps the past can answer for those that nobody was there for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.clock import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from modelops_git.core.assessing.verdicts import Window
    from modelops_git.core.manifests.analysis import AnalysisMetric

EVERY = timedelta(minutes=1)
"""Between two measurements where no `interval` is given: of a test, of a `count`, of what is tried again."""
SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=3650)
MOST_AT_ONCE = 500
"""How many instants are asked for at once; of more, the newest."""


class Schedule(NamedTuple):
    """When a metric is measured.

    Attributes:
        first: The first instant; None while the step has no end and that is when it is.
        interval: The time from one to the next.
        wanted: How many measurements are judged; None for as many as the step lasts.
        ends: When the step's time is over. A metric that is measured as long as the step lasts, and for which
            that is before the first instant, is measured then.
    """

    first: datetime | None
    interval: timedelta
    wanted: int | None
    ends: datetime | None

    def has(self, instant: datetime) -> bool:
        """Whether what is measured for `instant` counts: nothing does that is from before the first one."""
        begins = [one for one in (self.first, self._extra) if one is not None]
        return self.first is not None and instant >= min(begins)

    def instant_at(self, now: datetime) -> datetime | None:
        """The newest instant that has come; None before the first."""
        found = [one for one in (self._regular_at(now), self._extra) if one is not None and one <= now]
        return max(found, default=None)

    def next_after(self, now: datetime) -> datetime | None:
        """The next instant; None where nobody can say."""
        if self.first is None:
            return None
        last = self._regular_at(now)
        coming = self.first if last is None else last + self.interval
        return min(one for one in (coming, self._extra or coming) if one > now)

    def due(self, now: datetime, taken: Iterable[datetime]) -> tuple[datetime, ...]:
        """The instants that have come since the newest in `taken`, oldest first; at most `MOST_AT_ONCE`."""
        newest = self.instant_at(now)
        after = max(taken, default=None)
        found: list[datetime] = []
        while newest is not None and (after is None or newest > after) and len(found) < MOST_AT_ONCE:
            found.append(newest)
            newest = self.instant_at(newest - timedelta(microseconds=1))
        return tuple(reversed(found))

    @property
    def last(self) -> datetime | None:
        """The last instant within the step's time; None while that has no end."""
        if self.ends is None:
            return None
        return self._regular_at(self.ends) or self.ends

    @property
    def _extra(self) -> datetime | None:
        is_short = self.first is not None and self.ends is not None and self.ends < self.first
        return self.ends if self.wanted is None and is_short else None

    def _regular_at(self, now: datetime) -> datetime | None:
        if self.first is None or now < self.first:
            return None
        return self.first + (now - self.first) // self.interval * self.interval


def schedule_of(metric: AnalysisMetric, window: Window) -> Schedule:
    """When `metric` is measured in a step.

    With `interval`, `count` or `test`: again and again from the step's begin, the first time after one
    interval. With none of them: once, when the step's time is over, and again while nothing comes of that.
    """
    interval = min(max(parse_duration(metric.interval), SHORTEST), LONGEST) if metric.interval else EVERY
    if metric.interval is None and metric.count is None and metric.test is None:
        return Schedule(window.ends, interval, 1, window.ends)
    return Schedule(window.began + interval, interval, metric.count, window.ends)
