"""What a provider of metrics is, and what it is asked.

A provider is asked for the instants that are due. One that keeps the past answers for each of them; one that
knows only the present answers for the newest, since what it says now is not what was then. It lives as long
as one round of questions, and may keep what it read meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.clock import format_time
from modelops_git.core.errors import MetricsError
from modelops_git.core.queries import WORD, WORDS, tells_apart

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from datetime import datetime

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.analysis import AnalysisMetric


class Side(NamedTuple):
    """A version that is measured.

    Attributes:
        role: `candidate` or `stable`.
        version: Its semantic version.
        digest: The digest of its manifest.
    """

    role: str
    version: str
    digest: str


class Question(NamedTuple):
    """What is asked about one metric.

    Attributes:
        metric: Its manifest.
        model: The model's name.
        environment: The environment's name.
        candidate: The new version.
        stable: The version that is live; None where there is none.
        instants: The instants that are due, oldest first; at least one.
        began: When the step began.
        since: The newest instant that was answered before; `began` where none was.
    """

    metric: AnalysisMetric
    model: str
    environment: str
    candidate: Side
    stable: Side | None
    instants: tuple[datetime, ...]
    began: datetime
    since: datetime

    @property
    def compared(self) -> Side | None:
        """The stable version, where the metric's queries tell versions apart.

        A query that does not would be the same number twice, and two equal numbers would compare well.
        """
        return self.stable if all(tells_apart(text) for text in measuring_queries(self.metric)) else None

    def written(self, query: str, side: Side, at: datetime, escaped: Callable[[str], str] = str) -> str:
        """A query about one version at one instant, with its words `${…}` replaced.

        Args:
            query: As the manifest has it.
            side: The version.
            at: The instant.
            escaped: How a value is written in the language of the query.

        Raises:
            MetricsError: It has a word that is not known.
        """
        since = f"{max(int((at - self.began).total_seconds()), 1)}s"
        of_side, place = (side.digest, side.version, side.role), (self.model, self.environment)
        stand_for = (*of_side, *place, since, format_time(self.began), format_time(at))
        values = dict(zip(WORDS, stand_for, strict=True))

        def value(found: re.Match[str]) -> str:
            if found[1] not in values:
                known = ", ".join(f"${{{word}}}" for word in WORDS)
                raise MetricsError(f"the query has the unknown word {found[0]}", hint=f"Known are {known}.")
            return escaped(values[found[1]])

        return WORD.sub(value, query)


def measuring_queries(metric: AnalysisMetric) -> tuple[str, ...]:
    """The queries that bring what is compared."""
    if metric.ratio is not None:
        return metric.ratio.of, metric.ratio.over
    return (metric.histogram.buckets if metric.histogram is not None else metric.query or "",)


class MetricProvider(Protocol):
    """Where measurements come from."""

    def measure(self, question: Question) -> tuple[Point, ...]:
        """A point for each instant that it can answer for, at least for the newest one.

        What has no data is a point without a value. A value that makes no sense is a point with an error.

        Raises:
            MetricsError: It cannot be asked, or its answer makes no sense.
        """
