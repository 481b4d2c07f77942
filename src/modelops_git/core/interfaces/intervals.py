"""Intervals of numbers, with open and closed ends: the arithmetic behind bounds and lengths."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers between two ends.

    Attributes:
        low: The lower end; None for no end.
        high: The upper end; None likewise.
        open_low: Whether `low` itself is outside.
        open_high: Whether `high` itself is outside.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False

    @property
    def empty(self) -> bool:
        """Whether no number is inside."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def holds(self, number: Fraction) -> bool:
        """Whether `number` is inside."""
        above = self.low is None or self.low < number or (self.low == number and not self.open_low)
        below = self.high is None or self.high > number or (self.high == number and not self.open_high)
        return above and below

    def whole(self) -> Interval:
        """The closed interval between the first and the last integer inside."""
        low, high = self.low, self.high
        if low is not None:
            low = Fraction(math.floor(low) + 1 if self.open_low else math.ceil(low))
        if high is not None:
            high = Fraction(math.ceil(high) - 1 if self.open_high else math.floor(high))
        return Interval(low, high)


def meet(one: Interval, other: Interval) -> Interval:
    """What lies in both."""
    low, open_low = _higher(one, other)
    high, open_high = _lower(one, other)
    return Interval(low, high, open_low, open_high)


def _higher(one: Interval, other: Interval) -> tuple[Fraction | None, bool]:
    if one.low is None or (other.low is not None and other.low > one.low):
        return other.low, other.open_low
    return one.low, one.open_low or (one.low == other.low and other.open_low)


def _lower(one: Interval, other: Interval) -> tuple[Fraction | None, bool]:
    if one.high is None or (other.high is not None and other.high < one.high):
        return other.high, other.open_high
    return one.high, one.open_high or (one.high == other.high and other.open_high)
