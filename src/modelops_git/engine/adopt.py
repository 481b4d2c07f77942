"""Adopt: what a target serves already is taken into the journal as it is, and left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import LostRaceError, RefusedError
from modelops_git.core.journal.entry import Adopted

if TYPE_CHECKING:
    from modelops_git.core.routes import Observed
    from modelops_git.engine.ground import Ground

TRIES = 10
"""How often others may be faster at the journal."""


def adopt(ground: Ground, model: str) -> Observed:
    """Journal what the target serves for `model`; what that is.

    Raises:
        RefusedError: It serves nothing, or the journal knows the model already.
        JournalError: The journal cannot be read or written.
        TargetError: The target cannot be asked.
    """
    observed = ground.target(model).observe(model)
    if not observed.routes:
        raise RefusedError(
            f"the target in {ground.name} serves nothing for {model}: there is nothing to adopt"
        )
    for _ in range(TRIES):
        tip = ground.journal.refresh()
        states = ground.journal.states(tip, [model])
        if states.get(model) is not None:
            raise RefusedError(
                f"the journal of {ground.name} knows {model} already",
                hint="`modelops drift` tells how what is served differs from it, where it does.",
            )
        try:
            ground.append(tip, states, [Adopted(model=model, routes=observed.routes, stamp=observed.stamp)])
        except LostRaceError:
            continue
        return observed
    raise LostRaceError(f"{TRIES} writers were faster at the journal of {ground.name}")
