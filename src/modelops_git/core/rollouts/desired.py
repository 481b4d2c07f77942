"""What should be live: what a rollout manifest wants, or its absence, and an experiment beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from modelops_git.core.routes import Route, generation_of, stable
from modelops_git.core.versions import parse

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.journal.runs import Action
    from modelops_git.core.journal.state import Completed, ModelState
    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment that is wanted beside what is live.

    Attributes:
        type: A `split` shares the answers out; a `mirror` returns none of the candidates' answers.
        candidates: The versions that are tried, each with its role and weight.
        until: When it ends.
        analysis: The analyses whose failure ends it.
    """

    type: Literal["split", "mirror"]
    candidates: tuple[Route, ...]
    until: datetime
    analysis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Soak:
    """How long the version that is wanted must still serve elsewhere.

    Attributes:
        where: The environment that it soaks in.
        until: When it will have; None where it has not all of the traffic there now.
    """

    where: str
    until: datetime | None


@dataclass(frozen=True)
class Desired:
    """What the default branch wants for one model in one environment.

    Attributes:
        model: The model's name.
        routes: What shall serve in the end; empty where the model shall not be live.
        strategy: How it gets there.
        commit: The commit that wants it.
        rules: The environment's part of `modelops.yaml`.
        first_deployment: Whether the first deployment skips the strategy.
        soak: What it must wait for elsewhere; None where it need not.
        experiment: What is tried beside it.
    """

    model: str
    routes: tuple[Route, ...]
    strategy: Strategy
    commit: str
    rules: Environment
    first_deployment: Literal["skip", "strategy"] = "skip"
    soak: Soak | None = None
    experiment: Experiment | None = None

    @property
    def environment(self) -> str:
        """The environment's name."""
        return str(self.rules.name)

    @cached_property
    def generation(self) -> str:
        """The digest that names this wish."""
        return generation_of(self.model, self.environment, self.routes, self.strategy.type)

    @property
    def trial(self) -> str:
        """The digest that names the experiment; empty where none is wanted."""
        if self.experiment is None:
            return ""
        wanted = self.experiment
        return generation_of(self.model, self.environment, wanted.candidates, wanted.type)


def action_towards(desired: Desired, state: ModelState | None) -> Action:
    """What kind of change leads from what is live to what is desired, in the vocabulary of a plan.

    A rollback goes to one of the versions that completed here last, is older than the live one, and was not
    rolled back from itself.
    """
    live = stable(state.routes) if state else None
    wanted = stable(desired.routes)
    if wanted is None:
        return "retire"
    if state is None or live is None:
        return "create"
    if wanted.digest == live.digest:
        return "update"
    is_older = parse(wanted.version) < parse(live.version)
    reached = {one.route.digest for one in reachable(state, desired.rules.rollback.revisions)}
    return "rollback" if is_older and wanted.digest in reached else "promote"


def reachable(state: ModelState, revisions: int) -> tuple[Completed, ...]:
    """The versions that a rollback reaches without the steps of a strategy, the latest last."""
    live = stable(state.routes)
    others = [one for one in state.completed if live is None or one.route.digest != live.digest]
    nearest = others[-revisions:] if revisions else ()
    return tuple(one for one in nearest if not one.rolled_back)
