"""A target that nobody asks: what it serves is what the journal saw of it last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import TargetError
from modelops_git.core.routes import Observed
from modelops_git.edges.targets.base import Health

if TYPE_CHECKING:
    from modelops_git.edges.git.journal import JournalBranch
    from modelops_git.edges.targets.base import Capabilities, Order

NOT_READ = "targets are not asked here, so nothing can be changed there"


class Unasked:
    """Stands for a target where its address may not be asked, as for a pull request from a fork.

    Attributes:
        capabilities: What a target of its type can express.
        files: None: no file is handed over.
    """

    files = None

    def __init__(self, journal: JournalBranch, capabilities: Capabilities) -> None:
        self._journal = journal
        self.capabilities = capabilities

    def observe(self, model: str) -> Observed:
        """What the journal, as this clone has it, says that the target serves."""
        state = self._journal.state(self._journal.tip(), model)
        return Observed(state.routes, state.stamp) if state else Observed()

    def apply(self, order: Order) -> None:
        """Refuse.

        Raises:
            TargetError: Always.
        """
        del order
        raise TargetError(NOT_READ)

    def health(self, model: str) -> Health:
        """Nothing is known to be in the way."""
        del model
        return Health()
