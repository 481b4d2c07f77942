"""The normal form of a schema: a union of shapes, each with the constraints on one JSON type.

A `Form` is a tuple of shapes and stands for every value that fits one of them; the empty form fits nothing.
What a schema asks beyond these constraints is kept as *tokens*: conditions that are not understood but can
be recognised when they come again. A value fits a shape when it keeps the constraints and every token's
condition, so a shape is exact and nothing has to be approximated: the same token on both sides is the same
condition, and another one is undecided. New keywords (`$ref`, `oneOf`, `not`) are added by reading them into
shapes instead of tokens.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from modelops_git.core.interfaces.intervals import Interval
from modelops_git.core.interfaces.jsonvalues import identity

Token = tuple[str, Hashable]
Tokens = frozenset[Token]
NONE: Tokens = frozenset()
ALL_NUMBERS = Interval()


@dataclass(frozen=True, slots=True)
class Anything:
    """Every JSON value."""

    tokens: Tokens = NONE


@dataclass(frozen=True, slots=True)
class Values:
    """A finite list of values, of any types.

    Attributes:
        values: The values themselves.
        keys: Their identities, by which they are compared.
        tokens: Conditions that are not understood.
    """

    values: tuple[Any, ...] = field(compare=False)
    keys: frozenset[Hashable]
    tokens: Tokens = NONE


@dataclass(frozen=True, slots=True)
class Number:
    """Numbers.

    Attributes:
        span: Between which bounds.
        whole: Whether only integers, of which 1.0 is one.
        multiples: Numbers of which each value is a multiple.
        tokens: Conditions that are not understood.
    """

    span: Interval = ALL_NUMBERS
    whole: bool = False
    multiples: frozenset[Fraction] = frozenset()
    tokens: Tokens = NONE


@dataclass(frozen=True, slots=True)
class String:
    """Texts of `low` to `high` characters (None: no upper bound); patterns and formats are tokens."""

    low: int = 0
    high: int | None = None
    tokens: Tokens = NONE


@dataclass(frozen=True, slots=True)
class Array:
    """Arrays.

    Attributes:
        prefix: The forms of the first items, by position.
        rest: The form of each item behind them.
        low: The least number of items.
        high: The greatest number of items; None for no bound.
        unique: Whether no two items are equal.
        tokens: Conditions that are not understood.
    """

    prefix: tuple[Form, ...]
    rest: Form
    low: int = 0
    high: int | None = None
    unique: bool = False
    tokens: Tokens = NONE

    def at(self, index: int) -> Form:
        """The form of the item at `index`."""
        return self.prefix[index] if index < len(self.prefix) else self.rest


@dataclass(frozen=True, slots=True)
class Object:
    """Objects.

    Attributes:
        properties: The forms of the properties that are named; the empty form where one may not occur.
        rest: The form of every other property.
        required: The names that must occur.
        low: The least number of properties.
        high: The greatest number of properties; None for no bound.
        tokens: Conditions that are not understood.
    """

    properties: Mapping[str, Form] = field(hash=False)
    rest: Form
    required: frozenset[str] = frozenset()
    low: int = 0
    high: int | None = None
    tokens: Tokens = NONE

    def at(self, name: str) -> Form:
        """The form of the property `name`."""
        return self.properties.get(name, self.rest)


Shape = Anything | Values | Number | String | Array | Object
Form = tuple[Shape, ...]
NOTHING: Form = ()
ANYTHING: Form = (Anything(),)
NO_PROPERTIES: Mapping[str, Form] = MappingProxyType({})


def values_of(values: list[Any], tokens: Tokens = NONE) -> Form:
    """The form of exactly these values; each is kept once."""
    distinct = {identity(value): value for value in values}
    return (Values(tuple(distinct.values()), frozenset(distinct), tokens),) if distinct else NOTHING


def by_type(anything: Anything) -> Form:
    """The same as `anything`, spelt out type by type."""
    tokens = anything.tokens
    finite = values_of([None, False, True], tokens)
    return (
        *finite,
        Number(tokens=tokens),
        String(tokens=tokens),
        Array((), ANYTHING, tokens=tokens),
        Object(NO_PROPERTIES, ANYTHING, tokens=tokens),
    )


def with_tokens(form: Form, tokens: Tokens) -> Form:
    """`form` under further conditions."""
    return tuple(replace(shape, tokens=shape.tokens | tokens) for shape in form) if tokens else form


def tidy(shape: Shape) -> Form:
    """The same shape with bounds drawn tight; the empty form where nothing can fit it."""
    if isinstance(shape, Number):
        return _tidy_number(shape)
    if isinstance(shape, String):
        return _unless_crossed(shape)
    if isinstance(shape, Array):
        return _tidy_array(shape)
    return _tidy_object(shape) if isinstance(shape, Object) else (shape,)


def _tidy_number(shape: Number) -> Form:
    whole = shape.whole or any(step.denominator == 1 for step in shape.multiples)
    span = shape.span.whole() if whole else shape.span
    steps = shape.multiples - {Fraction(1)}
    return NOTHING if span.empty else (replace(shape, span=span, whole=whole, multiples=steps),)


def _unless_crossed(shape: String | Array | Object) -> Form:
    return NOTHING if shape.high is not None and shape.low > shape.high else (shape,)


def _tidy_array(shape: Array) -> Form:
    high = shape.high
    closed = next((i for i, form in enumerate((*shape.prefix, shape.rest)) if not form), None)
    if closed is not None:
        high = closed if high is None else min(high, closed)
    prefix = shape.prefix[:high]
    return _unless_crossed(replace(shape, high=high, prefix=prefix))


def _tidy_object(shape: Object) -> Form:
    if not all(shape.at(name) for name in shape.required):
        return NOTHING
    low, high, required = max(shape.low, len(shape.required)), shape.high, shape.required
    if not shape.rest:
        possible = frozenset(name for name, form in shape.properties.items() if form)
        high = len(possible) if high is None else min(high, len(possible))
        required = possible if low == len(possible) else required
    tight = replace(shape, low=low, high=high, required=required)
    return _unless_crossed(_only_required(tight) if high == len(required) else tight)


def _only_required(shape: Object) -> Object:
    """No other property has room beside the required ones."""
    properties = {name: shape.at(name) for name in shape.required}
    return replace(shape, properties=properties, rest=NOTHING)
