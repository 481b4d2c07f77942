"""What a reader of a format is given beside the bytes: the name, what is left to spend, a way into parts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from modelops_git.core.formats.inspection import Inspection, UnscannableError
from modelops_git.core.formats.reading import Budget

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.formats.reading import View

DEEPEST: Final = 4
"""How many containers may lie in one another."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a file or a part of one.

    Attributes:
        name: Its name, or path.
        judge: How a part is judged.
        budget: What may still be spent on the whole file.
        depth: How many containers it lies in.
    """

    name: str
    judge: Callable[[Look, View], Inspection]
    budget: Budget = field(default_factory=Budget)
    depth: int = 0

    def into(self, name: str, view: View) -> Inspection:
        """What a part is.

        Raises:
            UnscannableError: Containers lie in one another too deep, or there are too many parts.
        """
        if self.depth >= DEEPEST:
            raise UnscannableError(f"it has more than {DEEPEST} containers in one another")
        self.budget.open_part()
        return self.judge(replace(self, name=name, depth=self.depth + 1), view)
