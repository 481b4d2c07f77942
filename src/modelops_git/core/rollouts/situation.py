"""What a decision about a model in an environment rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from modelops_git.core.assessing.verdicts import Assessment
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.desired import Desired
    from modelops_git.core.routes import Observed


@dataclass(frozen=True, slots=True)
class Moment:
    """When a decision is taken, and how long an intent is left to whoever announced it."""

    now: datetime
    lease: timedelta


class Situation(NamedTuple):
    """All that a decision rests on.

    Attributes:
        desired: What is wanted.
        state: What the journal knows.
        observed: What the target serves.
        measured: What the analyses of a run say, by the run's name, as far as they were asked.
        moment: When.
    """

    desired: Desired
    state: ModelState
    observed: Observed
    measured: Mapping[str, Assessment]
    moment: Moment

    @property
    def now(self) -> datetime:
        """The time of the decision."""
        return self.moment.now
