"""Gaps of numbers, texts and finite lists of values."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.explain import describe
from modelops_git.core.interfaces.fits import fits
from modelops_git.core.interfaces.gap import Gap, plain
from modelops_git.core.interfaces.intervals import Interval, between, point, subtract
from modelops_git.core.interfaces.jsonvalues import is_number
from modelops_git.core.interfaces.numbers_within import numbers_of
from modelops_git.core.interfaces.sampling import texts_of
from modelops_git.core.interfaces.shapes import Form, Number, String, Values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelops_git.core.interfaces.budget import Budget

CASES = 8
PARTS = 4


def value_gaps(old: Values, new: Form, budget: Budget) -> Iterator[Gap]:
    """The listed values that are not known to fit."""
    missing = [value for value in old.values if not fits(new, value, budget, old.tokens)]
    if missing:
        yield Gap(plain(tuple(missing[:CASES])), keyword="enum", wants=describe(new))


def number_gaps(old: Number, new: Form, budget: Budget) -> Iterator[Gap]:
    """The parts of the interval that no shape of `new` is known to cover."""
    left: list[Interval] = [old.span]
    for span in chain.from_iterable(_covered_numbers(old, shape) for shape in new):
        budget.spend(len(left))
        left = [_tight(part, old) for whole in left for part in subtract(whole, span)]
        left = [part for part in left if not part.empty]
    if left:
        parts = (islice(numbers_of(replace(old, span=part)), CASES) for part in _telling(left))
        values = _refuting(chain.from_iterable(parts), new, budget)
        yield Gap(plain(values), keyword=_number_keyword(left, old.span), wants=describe(new))


def _tight(part: Interval, old: Number) -> Interval:
    return part.whole() if old.whole else part


def _covered_numbers(old: Number, shape: Any) -> Iterator[Interval]:
    """The intervals in which every number of `old` is known to fit `shape`."""
    if isinstance(shape, Number) and shape.tokens <= old.tokens:
        if (old.whole or not shape.whole) and all(_implied(step, old) for step in shape.multiples):
            yield shape.span
    elif isinstance(shape, Values) and shape.tokens <= old.tokens:
        yield from (point(Fraction(value)) for value in shape.values if is_number(value))


def _implied(step: Fraction, old: Number) -> bool:
    """Whether the numbers of `old` are multiples of `step`: the same step, or by the division of integers."""
    wholes = [own for own in old.multiples if own.denominator == 1]
    return step in old.multiples or any(
        (own / step).denominator == 1 for own in wholes if step.denominator == 1
    )


def _telling(left: list[Interval]) -> list[Interval]:
    """The parts to take values from: those with an end at hand first."""
    return sorted(left, key=lambda part: (part.low is None) + (part.high is None))[:PARTS]


def _number_keyword(left: list[Interval], span: Interval) -> str:
    """The bound that the first part leaves; no keyword where the whole interval is left."""
    if left[0] == span:
        return ""
    return "minimum" if left[0].low == span.low else "maximum"


def _refuting(values: Iterable[Any], new: Form, budget: Budget) -> tuple[Any, ...]:
    """The first few values that are not known to fit `new`."""
    return tuple(islice((value for value in values if not fits(new, value, budget)), CASES))


def string_gaps(old: String, new: Form, budget: Budget) -> Iterator[Gap]:
    """The lengths that no shape of `new` is known to cover."""
    left = [between(old.low, old.high)]
    covering = [shape for shape in new if isinstance(shape, String) and shape.tokens <= old.tokens]
    empty_text = any(isinstance(shape, Values) and fits((shape,), "", budget, old.tokens) for shape in new)
    spans = [between(shape.low, shape.high) for shape in covering] + [between(0, 0)] * empty_text
    for span in spans:
        budget.spend(len(left))
        left = [part.whole() for whole in left for part in subtract(whole, span)]
        left = [part for part in left if not part.empty]
    if left:
        parts = (islice(texts_of(_of_lengths(old, part)), CASES * 4) for part in left[:PARTS])
        values = _refuting(chain.from_iterable(parts), new, budget)
        yield Gap(plain(values), keyword=_string_keyword(new), wants=describe(new))


def _of_lengths(old: String, part: Interval) -> String:
    low = 0 if part.low is None else int(part.low)
    return replace(old, low=low, high=None if part.high is None else int(part.high))


def _string_keyword(new: Form) -> str:
    """What to point at: the condition that is not understood, if there is one."""
    names = [name for shape in new if isinstance(shape, String) for name, _ in sorted(shape.tokens, key=str)]
    return names[0] if names else ""
