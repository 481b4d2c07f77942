"""What people ask for goes into the journal: kept in the outbox first, so that nothing is lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import LostRaceError, ModelopsError
from modelops_git.core.journal.chain import extend
from modelops_git.engine.anchoring import note
from modelops_git.engine.outbox import Request

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelops_git.core.journal.state import ModelState
    from modelops_git.edges.git.journal import Tip
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.outbox import Asked

TRIES = 10
"""How often others may be faster at the journal."""


class Told(NamedTuple):
    """Where what was asked for is written down.

    Attributes:
        waits_in: The file of the outbox; None where the journal has it, or the outbox cannot be written.
        problem: Why the journal has it not; empty where it has.
    """

    waits_in: Path | None = None
    problem: str = ""


def tell(ground: Ground, asked: Sequence[Asked], problem: str = "") -> Told:
    """Keep what was asked for, and journal it with all else that waits; nothing is raised.

    Args:
        ground: The environment.
        asked: What to write down; the last is what the result speaks of.
        problem: Why the journal need not be tried.
    """
    path = None
    try:
        for one in asked:
            path = ground.outbox.add(Request(at=ground.now(), payload=one))
    except OSError as error:
        return Told(None, f"nor can its outbox: {error}")
    problem = problem or _journal(ground)
    return Told(path if problem else None, problem)


def heard(
    ground: Ground, tip: Tip, states: dict[str, ModelState], asked: Sequence[Asked] = ()
) -> dict[str, ModelState]:
    """What is known at `tip`, with what waits in the outbox and what is asked for as if it were journaled.

    Raises:
        JournalError: What waits cannot be read.
    """
    waiting = [*ground.outbox.unknown_to(states), *asked]
    if not waiting:
        return states
    links = extend(tip.environment, states, waiting, ground.writer(patient=False))
    return states | {link.model.model: link.model for link in links if link.model}


def _journal(ground: Ground) -> str:
    """Put what waits into the journal; why that was not possible, or nothing."""
    for _ in range(TRIES):
        try:
            tip = ground.journal.refresh()
            states = ground.journal.states(tip)
            unknown = ground.outbox.unknown_to(states)
            links = extend(tip.environment, states, unknown, ground.writer(patient=False))
            if links:
                tip = ground.put(tip, links)
                states.update({link.model.model: link.model for link in links if link.model})
            ground.outbox.clear(states)
            note(
                ground, tip
            )  # where that fails, the next note covers it; `audit verify` tells how far it goes
        except LostRaceError:
            continue
        except ModelopsError as error:
            return error.message
        except OSError as error:
            return str(error)
        return ""
    return "others kept writing to the journal"
