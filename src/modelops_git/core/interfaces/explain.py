"""Words for values and forms, short enough for one sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.jsonvalues import identity, larger_than
from modelops_git.core.interfaces.shapes import (
    Anything,
    Array,
    Form,
    Number,
    Object,
    Shape,
    String,
    Values,
    by_type,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from modelops_git.core.interfaces.intervals import Interval

MAX_SHOWN = 60
MAX_VALUES = 8
MAX_EXACT = 10**15  # beyond, an exponent reads better
BOOLEANS = frozenset(map(identity, (False, True)))
SIZED: dict[type, tuple[str, str]] = {
    String: ("a string", "character"),
    Array: ("an array", "item"),
    Object: ("an object", "property"),
}


def show(value: Any) -> str:
    """A value as JSON, or what it is where that would be long."""
    if larger_than(value, MAX_SHOWN):
        return _outline(value)
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= MAX_SHOWN else _outline(value)


def _outline(value: Any) -> str:
    if isinstance(value, list):
        return f"an array of {amount(len(value), 'item')}"
    if isinstance(value, dict):
        return f"an object of {amount(len(value), 'property')}"
    return f"a string of {amount(len(value), 'character')}" if isinstance(value, str) else "a long number"


def amount(number: int, noun: str) -> str:
    """`1 item`, `2 items`, `2 properties`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun.removesuffix('y')}ies" if noun.endswith("y") else f"{number} {noun}s"


def limits(low: int, high: int | None, noun: str) -> str:
    """`exactly 5 items`, `at least 1 item`, `2 to 5 items`."""
    if high is None:
        return f"at least {amount(low, noun)}"
    if low == high:
        return f"exactly {amount(low, noun)}"
    return f"at most {amount(high, noun)}" if low == 0 else f"{low} to {amount(high, noun)}"


def describe(form: Form) -> str:
    """What a form holds, such as `a number of at most 10 or null`."""
    if not form:
        return "nothing"
    if set(form) == set(by_type(Anything(form[0].tokens))):
        return describe((Anything(form[0].tokens),))
    words = list(dict.fromkeys(_describe_shape(shape) for shape in form[:MAX_VALUES]))
    if len(words) > MAX_VALUES // 2 or len(form) > MAX_VALUES:
        return f"one of {len(form)} alternatives"
    return " or ".join(words)


def _describe_shape(shape: Shape) -> str:
    names = [f"`{name}`" for name in sorted({name for name, _ in shape.tokens})]
    extra = f" that meets its {' and '.join(names)}" if names else ""
    if isinstance(shape, Anything):
        return "anything" + extra
    if isinstance(shape, Values):
        return _describe_values(shape) + extra
    if isinstance(shape, Number):
        return _describe_number(shape) + extra
    return _describe_sized(shape) + extra


def _describe_values(shape: Values) -> str:
    if shape.keys == BOOLEANS:
        return "a boolean"
    shown = ", ".join(show(value) for value in shape.values[:MAX_VALUES])
    if len(shape.values) > MAX_VALUES or len(shown) > 2 * MAX_SHOWN:
        return f"one of {len(shape.values)} values"
    return shown if len(shape.values) == 1 else "one of " + shown


def _describe_number(shape: Number) -> str:
    words = ["an integer" if shape.whole else "a number", *_ends(shape.span)]
    steps = [show(_as_json(step)) for step in sorted(shape.multiples)]
    return " ".join(words + ([f"that is a multiple of {' and '.join(steps)}"] if steps else []))


def _ends(span: Interval) -> list[str]:
    words = []
    if span.low is not None:
        words.append(("above " if span.open_low else "of at least ") + show(_as_json(span.low)))
    if span.high is not None:
        end = ("below " if span.open_high else "at most ") + show(_as_json(span.high))
        words.append(f"and {end}" if words else end if span.open_high else f"of {end}")
    return words


def _as_json(number: Fraction) -> int | float:
    short = number.denominator == 1 and abs(number) < MAX_EXACT
    return int(number) if short else float(number)


def _describe_sized(shape: String | Array | Object) -> str:
    name, noun = SIZED[type(shape)]
    free = shape.low == 0 and shape.high is None
    words = name if free else f"{name} of {limits(shape.low, shape.high, noun)}"
    if isinstance(shape, Object) and shape.required and len(shape.required) <= MAX_VALUES:
        return f"an object with {', '.join(show(field) for field in sorted(shape.required))}"
    return words
