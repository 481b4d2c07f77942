"""What should be live: the intent of one rollout manifest, or of its absence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.journal.entry import Step
from modelops_git.core.routes import Route, generation_of, stable
from modelops_git.core.versions import parse

if TYPE_CHECKING:
    from modelops_git.core.journal.entry import Action
    from modelops_git.core.journal.state import ModelState


@dataclass(frozen=True, slots=True)
class Desired:
    """What the default branch wants for one model in one environment.

    Attributes:
        environment: The environment's name.
        model: The model's name.
        routes: What shall serve in the end; empty where the model shall not be live.
        strategy: The type of the strategy that leads there.
        commit: The commit that wants it.
    """

    environment: str
    model: str
    routes: tuple[Route, ...]
    strategy: str
    commit: str

    @property
    def generation(self) -> str:
        """The digest that names this wish."""
        return generation_of(self.model, self.environment, self.routes, self.strategy)


def action_towards(desired: Desired, state: ModelState | None) -> Action:
    """What kind of change leads from what is live to what is desired, in the vocabulary of a plan.

    A rollback goes to a version that completed here before and is older than the live one.
    """
    live = stable(state.routes) if state else None
    wanted = stable(desired.routes)
    if wanted is None:
        return "retire"
    if live is None:
        return "create"
    if wanted.digest == live.digest:
        return "update"
    known = state is not None and any(one.route.digest == wanted.digest for one in state.completed)
    return "rollback" if known and parse(wanted.version) < parse(live.version) else "promote"


def steps_towards(desired: Desired, action: Action) -> tuple[Step, ...]:
    """The steps of the strategy `immediate`: one, to the end."""
    return (Step(action=action, routes=desired.routes),)
