"""What is wanted of a model, with what it must wait for in other environments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelops_git.core.routes import stable
from modelops_git.engine.intent import desired_of
from modelops_git.engine.soaking import Upstream

if TYPE_CHECKING:
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.desired import Desired
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


class Wanted:
    """What a commit wants of the models in one environment.

    Attributes:
        intent: The commit, and the registry at it.
    """

    def __init__(self, ground: Ground, intent: Intent) -> None:
        self._environment = ground.name
        self.intent = intent
        self._upstream = Upstream(ground)

    def __call__(self, model: str, state: ModelState | None) -> Desired:
        """What is wanted of `model`, of which the journal knows `state`.

        Raises:
            RefusedError: Its manifests are not valid.
            JournalError: The journal of an environment that it is promoted from cannot be read.
        """
        desired = desired_of(self.intent, self._environment, model)
        soak = self._upstream.soak(model, stable(desired.routes), state)
        return replace(desired, soak=soak) if soak else desired
