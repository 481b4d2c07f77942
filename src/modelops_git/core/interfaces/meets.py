"""Intersection of forms: what fits both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelops_git.core.interfaces import intervals
from modelops_git.core.interfaces.fits import keeps
from modelops_git.core.interfaces.shapes import (
    NONE,
    Anything,
    Array,
    Form,
    Number,
    Object,
    Shape,
    String,
    Tokens,
    Values,
    tidy,
    values_of,
    with_tokens,
)

if TYPE_CHECKING:
    from typing import Any

    from modelops_git.core.interfaces.budget import Budget


def meet(one: Form, other: Form, budget: Budget) -> Form:
    """What fits both forms."""
    pairs = [(a, b) for a in one for b in other]
    return merged([shape for a, b in pairs for shape in _meet_shapes(a, b, budget)])


def merged(shapes: list[Shape]) -> Form:
    """The union of `shapes`, with finite lists of values under the same conditions put together."""
    lists: dict[Tokens, list[Any]] = {}
    others: list[Shape] = []
    for shape in shapes:
        if isinstance(shape, Values):
            lists.setdefault(shape.tokens, []).extend(shape.values)
        else:
            others.append(shape)
    finite = [shape for tokens, values in lists.items() for shape in values_of(values, tokens)]
    return (*finite, *others)


def _meet_shapes(one: Shape, other: Shape, budget: Budget) -> Form:
    budget.spend()
    if isinstance(one, Anything):
        return with_tokens((other,), one.tokens)
    if isinstance(other, Anything) or (isinstance(other, Values) and not isinstance(one, Values)):
        return _meet_shapes(other, one, budget)
    if isinstance(one, Values):
        return _filtered(one, other, budget)
    return _meet_typed(one, other, budget)


def _meet_typed(one: Shape, other: Shape, budget: Budget) -> Form:
    if isinstance(one, Number) and isinstance(other, Number):
        return tidy(_meet_numbers(one, other))
    if isinstance(one, String) and isinstance(other, String):
        low, high = max(one.low, other.low), least(one.high, other.high)
        return tidy(String(low, high, one.tokens | other.tokens))
    if isinstance(one, Array) and isinstance(other, Array):
        return tidy(_meet_arrays(one, other, budget))
    if isinstance(one, Object) and isinstance(other, Object):
        return tidy(_meet_objects(one, other, budget))
    return ()


def least(one: int | None, other: int | None) -> int | None:
    """The tighter of two upper bounds, of which None is none."""
    bounds = [bound for bound in (one, other) if bound is not None]
    return min(bounds) if bounds else None


def _filtered(listed: Values, other: Shape, budget: Budget) -> Form:
    """The values that fit `other`; where that is unknown, `other` itself becomes the condition."""
    known: list[Any] = []
    unknown: list[Any] = []
    plain = replace(other, tokens=NONE)
    for value in listed.values:
        answer = keeps(plain, value, budget)
        if answer is not False:
            (known if answer else unknown).append(value)
    tokens = listed.tokens | other.tokens
    return (*values_of(known, tokens), *values_of(unknown, tokens | {("shape", plain)}))


def _meet_numbers(one: Number, other: Number) -> Number:
    return Number(
        intervals.meet(one.span, other.span),
        one.whole or other.whole,
        one.multiples | other.multiples,
        one.tokens | other.tokens,
    )


def _meet_arrays(one: Array, other: Array, budget: Budget) -> Array:
    length = max(len(one.prefix), len(other.prefix))
    return Array(
        tuple(meet(one.at(index), other.at(index), budget) for index in range(length)),
        meet(one.rest, other.rest, budget),
        max(one.low, other.low),
        least(one.high, other.high),
        one.unique or other.unique,
        one.tokens | other.tokens,
    )


def _meet_objects(one: Object, other: Object, budget: Budget) -> Object:
    names = [*one.properties, *(name for name in other.properties if name not in one.properties)]
    return Object(
        {name: meet(one.at(name), other.at(name), budget) for name in names},
        meet(one.rest, other.rest, budget),
        one.required | other.required,
        max(one.low, other.low),
        least(one.high, other.high),
        one.tokens | other.tokens,
    )
