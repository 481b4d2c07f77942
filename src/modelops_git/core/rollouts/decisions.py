"""What may come next for a model in an environment: a closed set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.assessing.verdicts import Assessment
    from modelops_git.core.journal.runs import Action, DriftClass, Result
    from modelops_git.core.journal.state import Intent, Run
    from modelops_git.core.rollouts.steps import Course
    from modelops_git.core.routes import Hold, Observed, Route

DRIFTED = "drifted"
"""Why a model is settled whose target is not as the journal last saw it: that is only reported."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing is to be done, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Honour:
    """The target bears a hold that is to be journaled, with what it then served."""

    hold: Hold
    observed: Observed


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody else's step is under way; look again at `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Stay:
    """What serves stays as it is: for what, and until when; None where no clock can say."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """The analyses of `run` are to be asked before anything can be said."""

    run: Run


@dataclass(frozen=True, slots=True)
class Defer:
    """What is wanted is not begun yet, or not at all where it is refused; that is to be journaled."""

    generation: str
    reason: str
    until: datetime | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """The step of `intent` has happened: record it."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class Reissue:
    """The step of `intent` has not happened: make the same call again."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class Proceed:
    """The run's next step is due: `routes` shall serve; `judged` is what its analyses said."""

    run: Run
    index: int
    routes: tuple[Route, ...]
    judged: Assessment | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The run is to end before its last step: with `routes`, and with a hold where it is aborted."""

    run: Run
    result: Result
    routes: tuple[Route, ...]
    reason: str
    judged: Assessment | None = None

    @property
    def is_abort(self) -> bool:
        """Whether what was wanted is kept from coming back."""
        return self.result == "aborted"


@dataclass(frozen=True, slots=True)
class Finish:
    """Every step of the run has happened."""

    run: Run


@dataclass(frozen=True, slots=True)
class Start:
    """A run is due.

    Attributes:
        action: What it does.
        course: Its steps.
        generation: The digest of what is wanted.
        after: What shall serve in the end.
        until: When it ends, where it is an experiment.
    """

    action: Action
    course: Course
    generation: str
    after: tuple[Route, ...]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The target differs from what the journal says, and that is to be journaled."""

    drift: DriftClass
    detail: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """A drift that was journaled is gone without our doing: what serves now is to be journaled."""

    observed: Observed


@dataclass(frozen=True, slots=True)
class Mend:
    """The target is to serve again what the journal says: `routes`, under a new stamp."""

    routes: tuple[Route, ...]


Decision = (
    Settled
    | Honour
    | Wait
    | Stay
    | Measure
    | Defer
    | Record
    | Reissue
    | Proceed
    | End
    | Finish
    | Start
    | Report
    | Recovered
    | Mend
)
