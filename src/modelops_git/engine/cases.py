"""What a tick looks at: each model with what is wanted, known and seen of it, and the decision about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from modelops_git.core.journal.state import ModelState
from modelops_git.core.rollouts.decide import decide
from modelops_git.core.rollouts.decisions import Measure, Record
from modelops_git.core.rollouts.situation import Moment, Situation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from modelops_git.core.assessing.verdicts import Assessment
    from modelops_git.core.errors import ModelopsError
    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import Run
    from modelops_git.core.rollouts.decisions import Decision, Start
    from modelops_git.core.rollouts.desired import Desired
    from modelops_git.core.routes import Observed, Route
    from modelops_git.edges.git.journal import Tip
    from modelops_git.edges.targets.base import Target


@dataclass(frozen=True, slots=True)
class Case:
    """One model in the environment, as a tick finds it."""

    desired: Desired
    state: ModelState | None
    observed: Observed
    target: Target

    @property
    def model(self) -> str:
        """The model's name."""
        return self.desired.model


@dataclass(frozen=True, slots=True)
class Failure:
    """What kept a model from getting on."""

    environment: str
    model: str
    error: ModelopsError


class Journal(Protocol):
    """What a tick reads."""

    def refresh(self) -> Tip:
        """The newest tip."""

    def states(self, tip: Tip) -> dict[str, ModelState]:
        """What is known at `tip` of every model, by name."""


class Waiting(Protocol):
    """What people asked for while the journal was out of reach."""

    def unknown_to(self, states: dict[str, ModelState]) -> list[Payload]:
        """What is not in the journal that `states` come from."""

    def clear(self, states: dict[str, ModelState]) -> None:
        """Take away what is."""


class Scene(Protocol):
    """The environment that a tick acts in."""

    @property
    def name(self) -> str:
        """The environment's name."""

    @property
    def lease(self) -> timedelta:
        """How long an intent is left to whoever announced it."""

    @property
    def journal(self) -> Journal:
        """The environment's journal."""

    @property
    def outbox(self) -> Waiting:
        """What waits for the journal."""

    @property
    def now(self) -> Callable[[], datetime]:
        """Asked for the time."""

    def target(self, model: str) -> Target:
        """Where the model is live."""

    def append(self, tip: Tip, models: dict[str, ModelState], payloads: list[Payload]) -> Tip:
        """Put payloads behind `tip`, and what they lead to into `models`."""


def _as_decided(situation: Situation, decision: Decision) -> Decision:
    del situation
    return decision


def _keep_none(_case: Case, _routes: tuple[Route, ...]) -> None:
    """The target has no use for manifests."""


def _permit_all(_case: Case) -> None:
    """Nobody is asked."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a tick is to do.

    Attributes:
        models: Those whose manifests passed their checks, and those that are to be retired.
        desired: What is wanted of a model; its state is given, for what waits elsewhere depends on it.
        in_order: Refuses a commit that does not follow the one that was applied last.
        prepare: Verifies and hands over what is to start; gives the entries that begin the run.
        measure: Asks the analyses of a run.
        confirm: Reads again what a rollback has brought back unread; gives what is to be journaled of it.
        notice: Sees whether something is to be done about a drift where nothing else is to be done.
        keep: Hands over the manifests of routes before the target is asked to serve them.
        permit: Refuses to go on, or to mend, while the rules were changed past the rules.
    """

    models: tuple[str, ...]
    desired: Callable[[str, ModelState | None], Desired]
    in_order: Callable[[str | None], None]
    prepare: Callable[[Case, Start], list[Payload]]
    measure: Callable[[Case, Run], Assessment]
    confirm: Callable[[Case, Run], list[Payload]]
    notice: Callable[[Situation, Decision], Decision] = _as_decided
    keep: Callable[[Case, tuple[Route, ...]], None] = _keep_none
    permit: Callable[[Case], None] = _permit_all


def noticed(scene: Scene, case: Case, decision: Decision, work: Work) -> Decision:
    """The decision, or what is to be done about a drift instead."""
    state = case.state or ModelState(model=case.model)
    moment = Moment(scene.now(), scene.lease)
    return work.notice(Situation(case.desired, state, case.observed, {}, moment), decision)


def decided(scene: Scene, case: Case, measure: Callable[[Case, Run], Assessment] | None) -> Decision:
    """What comes next for a case, now; its runs are measured as far as that depends on it.

    Args:
        scene: The environment.
        case: The model.
        measure: Asks the analyses of a run; None where they shall not be asked.
    """
    measured: dict[str, Assessment] = {}
    while True:
        moment = Moment(scene.now(), scene.lease)
        decision = _decision(case, measured, moment)
        if not isinstance(decision, Measure) or measure is None:
            return decision
        measured[decision.run.run] = measure(case, decision.run)


def _decision(case: Case, measured: dict[str, Assessment], moment: Moment) -> Decision:
    """The decision; a step is taken for done only with what the target's health says of it."""
    decision = decide(case.desired, case.state, case.observed, measured, moment)
    if not isinstance(decision, Record):
        return decision
    problems = case.target.health(case.model).problems
    seen = replace(case.observed, problems=problems)
    return decide(case.desired, case.state, seen, measured, moment)
