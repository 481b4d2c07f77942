"""Plans that are no longer what was approved, and what then happens: nothing, or all but what has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import LostRaceError, StalePlanError
from modelops_git.core.journal.entry import Deferred
from modelops_git.engine.intent import environment_named
from modelops_git.engine.plan import make_plan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.planning.plan import Plan, PlannedAction
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent

REASON = "what it would do is no longer what was approved"
HINT = "Something was merged, applied or held since it was made: look at `modelops plan` again."
TRIES = 10
"""How often others may be faster at the journal."""


def refuse_other(repository: Repository, intent: Intent, environments: tuple[str, ...], digest: str) -> None:
    """Refuse where the plan is not the one with this digest.

    Raises:
        StalePlanError: It is another.
    """
    plan = make_plan(repository, intent, environments).plan
    if plan.digest != digest:
        raise StalePlanError(f"the plan is now {plan.digest}, not {digest}", hint=HINT)


def stale_actions(
    repository: Repository, intent: Intent, environments: tuple[str, ...], approved: Plan
) -> tuple[PlannedAction, ...]:
    """What would be done now and was not approved like that, in environments that only leave out such.

    What was approved and is done already is not missed.

    Raises:
        StalePlanError: There is such a thing in an environment that wants nothing to be done then.
    """
    known = {action.digest for action in approved.changes}
    plan = make_plan(repository, intent, environments).plan
    stale = tuple(action for action in plan.changes if action.digest not in known)
    for action in stale:
        if environment_named(intent.registry, action.environment).on_stale_plan == "block":
            raise StalePlanError(f"{action.environment} {action.model}: {REASON}", hint=HINT)
    return stale


def put_aside(ground: Ground, stale: Iterable[PlannedAction]) -> None:
    """Journal that what is stale in an environment is not begun before somebody has said so.

    Raises:
        JournalError: The journal cannot be read or written.
        LostRaceError: Others kept writing to it.
    """
    asides = [
        Deferred(model=one.model, generation=one.generation_after, reason=REASON, refused=True)
        for one in stale
        if one.environment == ground.name
    ]
    for _ in range(TRIES if asides else 0):
        tip = ground.journal.refresh()
        states = dict(ground.journal.states(tip))
        try:
            ground.append(tip, states, list(asides))
        except LostRaceError:
            continue
        return
    if asides:
        raise LostRaceError(f"{TRIES} writers were faster at the journal of {ground.name}")
