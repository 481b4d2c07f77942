"""Simple numbers inside an interval: 0 before 1 before 0.5 before anything longer."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import count, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.interfaces.intervals import Interval
    from modelops_git.core.interfaces.shapes import Number

STEPS = 2_000


def numbers_of(shape: Number) -> Iterator[int | float]:
    """Numbers of `shape`, each once, the simplest first; at most a few thousand."""
    seen = set[int | float]()
    for number in _proposed(shape):
        value = _as_json(number)
        if value not in seen and _fits(shape, value):
            seen.add(value)
            yield value


def _fits(shape: Number, value: float) -> bool:
    number = Fraction(value)
    if not shape.span.holds(number) or (shape.whole and number.denominator != 1):
        return False
    return all((number / step).denominator == 1 for step in shape.multiples)


def _as_json(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else float(number)


def _proposed(shape: Number) -> Iterator[Fraction]:
    span = shape.span
    step = Fraction(math.lcm(*(part.numerator for part in shape.multiples)) if shape.multiples else 1)
    if any(part.denominator != 1 for part in shape.multiples):
        step = max(shape.multiples)
    walk = _outwards(_nearest(span, step), step, span)
    yield from islice(walk, 2)
    if not shape.whole and not shape.multiples:
        yield from _between_integers(span)
    yield from islice(walk, STEPS)


def _nearest(span: Interval, step: Fraction) -> Fraction:
    """The multiple of `step` nearest to 0 that may lie inside."""
    if span.low is not None and span.low > 0:
        return math.ceil(span.low / step) * step
    if span.high is not None and span.high < 0:
        return math.floor(span.high / step) * step
    return Fraction(0)


def _outwards(start: Fraction, step: Fraction, span: Interval) -> Iterator[Fraction]:
    """From `start` up and down in turns, until both ways have left the interval."""
    yield start
    for distance in count(1):
        up, down = start + distance * step, start - distance * step
        if span.high is not None and up > span.high and span.low is not None and down < span.low:
            return
        yield up
        yield down


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
