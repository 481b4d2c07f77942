"""Numbers under conditions: is there one, and which is the simplest?"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.interfaces import intervals
from modelops_git.core.interfaces.answers import EMPTY, Answer
from modelops_git.core.interfaces.holding import is_multiple
from modelops_git.core.interfaces.intervals import Interval
from modelops_git.core.interfaces.jsonvalues import MAX_NUMBER
from modelops_git.core.interfaces.terms import Least, Multiple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.interfaces.searching import Solver
    from modelops_git.core.interfaces.terms import Fact

TRIED = 1_000
REACH = Interval(Fraction(-MAX_NUMBER), Fraction(MAX_NUMBER))


class Numbers(NamedTuple):
    """All numbers under these conditions.

    Attributes:
        span: Between which bounds.
        steps: What they are multiples of.
        others: What they are no multiples of.
        excluded: Numbers that are none of them.
    """

    span: Interval = Interval()
    steps: frozenset[Multiple] = frozenset()
    others: frozenset[Multiple] = frozenset()
    excluded: frozenset[Fraction] = frozenset()

    @property
    def weight(self) -> int:
        """How much one more condition costs, about."""
        return len(self.excluded)

    def under(self, fact: Fact, *, holds: bool) -> Numbers | None:
        """The same under one more condition; None where nothing can meet it."""
        if isinstance(fact, Least):
            bound = Interval(low=fact.limit, open_low=fact.above)
            below = Interval(high=fact.limit, open_high=not fact.above)
            span = intervals.meet(self.span, bound if holds else below)
            return None if span.empty else self._replace(span=span)
        if isinstance(fact, Multiple) and holds:
            return self._replace(steps=self.steps | {fact})
        return self._replace(others=self.others | {fact}) if isinstance(fact, Multiple) else self

    def without(self, values: list[float]) -> Numbers:
        """The same but for these values."""
        return self._replace(excluded=self.excluded | set(map(Fraction, values)))

    def solve(self, solver: Solver) -> Answer:
        """One of them, if there is any."""
        if any(_implies(step, other) for step in self.steps for other in self.others):
            return EMPTY
        exact = [fact.step for fact in self.steps if not fact.decimal]
        step = Fraction(*_least_common(exact)) if exact else None
        if step and any((step / fact.step).denominator == 1 for fact in self.others if not fact.decimal):
            return EMPTY
        span = _within_steps(self.span, step) if step else self.span
        doubt, tried = span.empty, 0
        for number in () if span.empty else islice(self._proposed(span, step), TRIED):
            tried += 1
            solver.budget.spend(1 if tried % 8 == 0 else 0)
            answer = self._takes(number)
            if answer:
                return Answer((number,))
            doubt = doubt or answer is None
        if span.empty or (not doubt and self._all_tried(span, step, tried)):
            return EMPTY
        return Answer(doubt="multipleOf")

    def _takes(self, number: float) -> bool | None:
        if Fraction(number) in self.excluded or not self.span.holds(Fraction(number)):
            return False
        answers = [is_multiple(number, fact) for fact in self.steps]
        answers += [
            None if (found := is_multiple(number, fact)) is None else not found for fact in self.others
        ]
        return False if False in answers else None if None in answers else True

    def _all_tried(self, span: Interval, step: Fraction | None, tried: int) -> bool:
        """Whether the numbers that were tried are all there are."""
        if span.low is None or span.high is None:
            return False
        return span.low == span.high or (step is not None and tried < TRIED)

    def _proposed(self, span: Interval, step: Fraction | None) -> Iterator[float]:
        decimal = max((fact.step for fact in self.steps if fact.decimal), default=None)
        stride = step or decimal or Fraction(1)
        walk = _outwards(_nearest(span, stride), stride, intervals.meet(span, REACH))
        numbers = islice(walk, 2) if step is None else walk
        yield from map(_as_json, numbers)
        if step is None:
            yield from map(_as_json, _between_integers(span))
            yield from (float(fact.step * 3 / 2) for fact in self.others)
            yield from map(_as_json, walk)


def _implies(step: Multiple, other: Multiple) -> bool:
    """Whether every multiple of the one is a multiple of the other; to floats, too."""
    ratio = step.step / other.step
    if step.decimal or other.decimal:
        return ratio.denominator == 1 and ratio.numerator.bit_count() == 1
    return ratio.denominator == 1


def _least_common(steps: list[Fraction]) -> tuple[int, int]:
    return math.lcm(*(step.numerator for step in steps)), math.gcd(*(step.denominator for step in steps))


def _within_steps(span: Interval, step: Fraction) -> Interval:
    """The bounds drawn to the first and the last multiple inside."""
    low = None if span.low is None else span.low / step
    high = None if span.high is None else span.high / step
    tight = Interval(low, high, span.open_low, span.open_high).whole()
    low, high = tight.low, tight.high
    return Interval(None if low is None else low * step, None if high is None else high * step)


def _as_json(number: Fraction) -> float:
    return int(number) if number.denominator == 1 else float(number)


def _nearest(span: Interval, step: Fraction) -> Fraction:
    """The multiple of `step` nearest to 0 that may lie inside."""
    if span.low is not None and span.low > 0:
        return math.ceil(span.low / step) * step
    if span.high is not None and span.high < 0:
        return math.floor(span.high / step) * step
    return Fraction(0)


def _outwards(start: Fraction, step: Fraction, span: Interval) -> Iterator[Fraction]:
    """From `start` up and down in turns, as long as that is inside."""
    yield start
    for distance in count(1):
        up, down = start + distance * step, start - distance * step
        above = span.high is not None and up > span.high
        below = span.low is not None and down < span.low
        if not above:
            yield up
        if not below:
            yield down
        if above and below:
            return


def _between_integers(span: Interval) -> Iterator[Fraction]:
    """Halves first, then what the ends leave."""
    half = Fraction(1, 2)
    yield half
    yield _nearest(span, Fraction(1)) + half
    yield _nearest(span, Fraction(1)) - half
    if span.low is not None and span.high is not None:
        yield (span.low + span.high) / 2
    yield from (end for end in (span.low, span.high) if end is not None)
    if span.low is not None:
        yield Fraction(math.nextafter(float(span.low), math.inf))
    if span.high is not None:
        yield Fraction(math.nextafter(float(span.high), -math.inf))
