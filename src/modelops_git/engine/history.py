"""What was: the runs of a model, and which version served at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.journal.timeline import episodes, periods, serving_at

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.journal.timeline import Episode, Period
    from modelops_git.engine.ground import Ground


@dataclass(frozen=True, slots=True)
class Line:
    """An episode, and the environment that it took place in."""

    environment: str
    episode: Episode


def history(ground: Ground, model: str = "") -> list[Line]:
    """The runs and holds of an environment, oldest first; of one model where one is named.

    Raises:
        JournalError: The journal is absent, unreachable or cannot be read.
    """
    tip = ground.journal.refresh()
    past = (one.entry for one in ground.journal.history(tip, model))
    return [Line(ground.name, episode) for episode in episodes(past)]


def served_at(ground: Ground, model: str, at: datetime) -> Period | None:
    """What served for `model` at `at`; None where nothing was live yet.

    Raises:
        JournalError: The journal is absent, unreachable or cannot be read.
    """
    tip = ground.journal.refresh()
    return serving_at(periods(one.entry for one in ground.journal.history(tip, model)), at)
