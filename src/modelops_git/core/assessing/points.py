"""What was measured, and which of it can be compared."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

LARGEST = 1e100
"""Values beyond it, whatever their sign, are no data: their products would be infinite."""


class Measured(NamedTuple):
    """What was measured of one version.

    Attributes:
        value: The measured value; None where there is none.
        of: Of a ratio, what is counted.
        over: Of a ratio, all there is; of a histogram, all requests.
        buckets: Of a histogram, how many requests there were up to each upper bound; the last is infinite.
    """

    value: float | None = None
    of: float | None = None
    over: float | None = None
    buckets: tuple[tuple[float, float], ...] | None = None

    @property
    def problem(self) -> str:
        """Why the value cannot be compared: the end of a sentence about the version; empty where it can."""
        if self.over == 0:
            return "had no requests"
        if self.over is not None and not isfinite(self.over):
            return "has a count that is no finite number"
        if self.value is None:
            return "has its quantile above the highest bound" if self.buckets else "has no value"
        if not isfinite(self.value):
            return "has a value that is no finite number"
        return "has a value too large to be compared" if abs(self.value) > LARGEST else ""

    @property
    def counts_problem(self) -> str:
        """Why the counts are none of successes and failures; empty where they are."""
        of, over = self.of, self.over
        if of is None or over is None:
            return "has no counts"
        if not (isfinite(of) and isfinite(over)) or over > LARGEST:
            return "has counts that are no finite numbers"
        return "" if 0 <= of <= over else f"counts {of:g} of {over:g}, which is no share"


def ratio(of: float | None, over: float | None) -> Measured:
    """What is measured by one count over another; without a value where the second is 0."""
    value = of / over if of is not None and over else None
    return Measured(value, of, over)


class Point(NamedTuple):
    """One measurement.

    Attributes:
        at: The instant that it is for.
        candidate: Of the new version.
        stable: Of the version that is live.
        samples: The requests to the new version that the value comes from; None where that is not known.
        error: Why nothing could be measured, in one sentence; empty where it could.
    """

    at: datetime
    candidate: Measured = Measured()
    stable: Measured = Measured()
    samples: int | None = None
    error: str = ""

    @property
    def requests(self) -> float | None:
        """The requests to the new version: as they were counted, else what a ratio is over."""
        return self.candidate.over if self.samples is None else self.samples
