"""A budget of steps: hostile schemas cost a bounded amount of work, without a clock."""

from __future__ import annotations

# A step is up to 3 µs of work, so that this is a second at most.
STEPS = 325_000


class GaveUpError(Exception):
    """A schema is not understood, or too much work; the comparison ends as undecided, for this reason.

    It never leaves this package.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Budget:
    """The steps that are left for one comparison."""

    def __init__(self, left: int = STEPS) -> None:
        self.left = left

    def spend(self, steps: int = 1) -> None:
        """Take `steps` away.

        Raises:
            GaveUpError: None are left.
        """
        self.left -= steps
        if self.left < 0:
            raise GaveUpError(f"the schemas are too complex to compare within {STEPS:,} steps")
