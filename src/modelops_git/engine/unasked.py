"""A target that nobody asks: what it serves is what the journal saw of it last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import TargetError
from modelops_git.edges.targets.base import Health

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.routes import Observed
    from modelops_git.edges.targets.base import Capabilities, Order

NOT_READ = "targets are not asked here, so nothing can be changed there"


class Unasked:
    """Stands for a target where its address may not be asked, as for a pull request from a fork.

    Attributes:
        capabilities: What a target of its type can express.
        files: None: no file is handed over.
    """

    files = None

    def __init__(self, seen: Callable[[str], Observed], capabilities: Capabilities) -> None:
        self._seen = seen
        self.capabilities = capabilities

    def observe(self, model: str) -> Observed:
        """What is known that it serves."""
        return self._seen(model)

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
