"""Whether one value fits a form: yes, no, or not known."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.jsonvalues import identity, is_number
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
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.interfaces.budget import Budget


def fits(form: Form, value: Any, budget: Budget, given: Tokens = NONE) -> bool | None:
    """Whether `value` fits `form`, where the conditions in `given` are known to hold; None: not known."""
    unknown = False
    for shape in form:
        answer = keeps(shape, value, budget, given)
        if answer:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def keeps(shape: Shape, value: Any, budget: Budget, given: Tokens = NONE) -> bool | None:
    """Whether `value` fits one shape; see `fits`."""
    budget.spend()
    answer = _keeps_constraints(shape, value, budget)
    return None if answer and not shape.tokens <= given else answer


def _keeps_constraints(shape: Shape, value: Any, budget: Budget) -> bool | None:
    if isinstance(shape, Anything):
        return True
    if isinstance(shape, Values):
        return identity(value) in shape.keys
    if isinstance(shape, Number):
        return is_number(value) and _number_keeps(shape, Fraction(value))
    if isinstance(shape, String):
        return isinstance(value, str) and _within(len(value), shape)
    if isinstance(shape, Array):
        return isinstance(value, list) and _within(len(value), shape) and _items_keep(shape, value, budget)
    return isinstance(value, dict) and _within(len(value), shape) and _members_keep(shape, value, budget)


def _number_keeps(shape: Number, number: Fraction) -> bool | None:
    if not shape.span.holds(number) or (shape.whole and number.denominator != 1):
        return False
    if not all((number / step).denominator == 1 for step in shape.multiples if step.denominator == 1):
        return False
    # A decimal such as 0.1 is not what a float holds, and validators differ there.
    return True if all(step.denominator == 1 for step in shape.multiples) else None


def _within(length: int, shape: String | Array | Object) -> bool:
    return shape.low <= length and (shape.high is None or length <= shape.high)


def _items_keep(shape: Array, value: list[Any], budget: Budget) -> bool | None:
    if shape.unique and len({identity(item) for item in value}) < len(value):
        return False
    return _every(fits(shape.at(index), item, budget) for index, item in enumerate(value))


def _members_keep(shape: Object, value: dict[str, Any], budget: Budget) -> bool | None:
    if not shape.required <= value.keys():
        return False
    return _every(fits(shape.at(name), item, budget) for name, item in value.items())


def _every(answers: Iterable[bool | None]) -> bool | None:
    """Whether all are true: false as soon as one is, unknown where one is."""
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True
