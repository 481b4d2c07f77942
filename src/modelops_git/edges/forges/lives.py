"""Which pushes belong to a pull request: branches of the same name may come before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class Life(NamedTuple):
    """The life of a pull request.

    Attributes:
        commits: What it proposes.
        opened: When it was opened.
        ended: When it was merged or closed; None while it is open.
    """

    commits: frozenset[str]
    opened: datetime | None
    ended: datetime | None

    def is_over(self, at: datetime | None) -> bool:
        """Whether it had ended by a time."""
        return bool(self.ended and at and at > self.ended)

    def has(self, after: str, at: datetime | None) -> bool:
        """Whether a push at a time, after which a branch was at a commit, was one of its own."""
        return after in self.commits or bool(self.opened and at and at >= self.opened)
