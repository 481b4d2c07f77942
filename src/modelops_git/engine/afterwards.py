"""What follows once a verb of people is done: whoever is to be told is told, and the anchor notes that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.engine.anchoring import note
from modelops_git.engine.notifying import notify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelops_git.edges.notifying.web import Delivery, Parcel
    from modelops_git.engine.ground import Ground


def tell_of(ground: Ground, announce: Callable[[str], None]) -> None:
    """Tell whoever follows what was just journaled; nothing is raised, what did not work is announced."""
    tip = notify(ground, announce, _hurried)
    problem = note(ground, tip) if tip else ""
    if problem:
        announce(problem)


def _hurried(parcels: Sequence[Parcel], at: int) -> list[Delivery]:
    from modelops_git.edges.notifying.web import HURRIED_SECONDS, deliver

    return deliver(parcels, at, HURRIED_SECONDS)
