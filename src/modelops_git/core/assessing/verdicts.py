"""Verdicts, and what they are given with."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from modelops_git.core.assessing.points import Measured


class Verdict(StrEnum):
    """What measurements amount to, the strongest first.

    Only `failed` says that the new version is worse. `pending` says that measuring is not over yet, and is
    never journaled.
    """

    FAILED = "failed"
    ERROR = "error"
    INCONCLUSIVE = "inconclusive"
    PENDING = "pending"
    SUCCESSFUL = "successful"


_ORDER = tuple(Verdict)


def strongest(verdicts: Iterable[Verdict]) -> Verdict:
    """The strongest of several; `successful` where there are none, for then nothing was asked."""
    return min(verdicts, key=_ORDER.index, default=Verdict.SUCCESSFUL)


class Window(NamedTuple):
    """The time that a step is measured in.

    Attributes:
        began: When its routes were observed.
        ends: When its time is over; None while nobody can say, as until somebody resumes.
    """

    began: datetime
    ends: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.ends is not None and now >= self.ends


class Result(NamedTuple):
    """What came of one metric.

    Attributes:
        analysis: The analysis that it belongs to.
        metric: Its name.
        verdict: What its measurements amount to.
        reason: Why, in one sentence for people, without its full stop.
        candidate: The newest value that could be compared, of the new version.
        stable: The same of the version that is live.
        samples: The requests to the new version that it comes from.
        look_again: When there will be more to measure, as long as the step lasts; None where nothing more
            will change the verdict.
    """

    analysis: str
    metric: str
    verdict: Verdict
    reason: str
    candidate: Measured
    stable: Measured
    samples: int | None = None
    look_again: datetime | None = None


class Assessment(NamedTuple):
    """What came of all analyses of a step.

    Attributes:
        verdict: The strongest of all.
        results: One for each metric, in the order of the manifests.
        look_again: When there will be more to measure; None where nothing more would change the verdict, or
            it waits for somebody.
    """

    verdict: Verdict
    results: tuple[Result, ...] = ()
    look_again: datetime | None = None

    @property
    def deciding(self) -> tuple[Result, ...]:
        """The results whose verdict is that of all: those to tell people of."""
        return tuple(one for one in self.results if one.verdict is self.verdict)
