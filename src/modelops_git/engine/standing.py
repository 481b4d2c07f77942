"""How a model stands in an environment, in words: what is under way, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.clock import format_time
from modelops_git.core.rollouts.decisions import Defer, Measure, Stay

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.rollouts.decisions import Decision


@dataclass(frozen=True, slots=True)
class Standing:
    """What keeps a model from what is wanted, for now.

    Attributes:
        environment: The environment.
        model: The model.
        text: What is under way, and what it waits for.
        until: When it is worth looking again; None where no clock can say.
        is_under_way: Whether a rollout has begun and has not ended.
    """

    environment: str
    model: str
    text: str
    until: datetime | None = None
    is_under_way: bool = False


def standing(
    environment: str, model: str, state: ModelState | None, decision: Decision | None
) -> Standing | None:
    """How a model stands after `decision` about it; None where nothing is under way and nothing waits."""
    run = (state.running or state.trying) if state else None
    reason, until = _waits(decision)
    if run is None and not reason:
        return None
    again = f"; next look at {format_time(until.replace(microsecond=0))}" if until else ""
    shown = reason.removesuffix(".") + again if reason else ""
    if run is None:
        return Standing(environment, model, f"waits: {shown}", until)
    if run.until is not None:
        return Standing(environment, model, f"a {run.strategy} until {format_time(run.until)}", run.until)
    where = f"{run.strategy}, step {run.done} of {len(run.steps)}"
    text = f"{where}: {shown}" if shown else where
    return Standing(environment, model, text, until, is_under_way=True)


def _waits(decision: Decision | None) -> tuple[str, datetime | None]:
    match decision:
        case Stay(reason=reason, until=until) | Defer(reason=reason, until=until):
            return reason, until
        case Measure():
            return "its analyses decide", None
        case _:
            return "", None
