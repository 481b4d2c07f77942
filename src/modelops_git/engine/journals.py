"""Begin a journal. Nothing else does: a journal that is absent is an error, never an empty history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.journal.chain import extend
from modelops_git.core.journal.entry import Genesis

if TYPE_CHECKING:
    from modelops_git.edges.git.journal import Tip
    from modelops_git.engine.ground import Ground


def create(ground: Ground) -> Tip:
    """Write the first entry of the environment's journal, and push it.

    Raises:
        JournalError: There is one already, or the remote cannot be reached or refuses it.
    """
    genesis = Genesis(registry=ground.registry.name, environment=ground.name)
    return ground.journal.create(extend(None, {}, [genesis], ground.writer()))
