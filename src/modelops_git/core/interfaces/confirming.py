"""Confirmation: what an independent validator says about a value, before anybody is shown it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.jsonvalues import count, is_number, measure
from modelops_git.core.interfaces.keywords import walk
from modelops_git.core.interfaces.patterns import is_tame
from modelops_git.core.interfaces.reading import REFERENCES

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_WORK = 1_500_000
MAX_TEXT = 64
# What the validator evaluates again and again, so that a small schema may cost years.
UNBOUNDED = REFERENCES | {"unevaluatedItems", "unevaluatedProperties"}


@dataclass(slots=True)
class Referee:
    """Asks the `jsonschema` package about values, within a bounded amount of work.

    Attributes:
        accepting: The schema that a witness must fit.
        rejecting: The schema that it must not fit.
        work: Steps of validation that are left for this comparison.
    """

    accepting: Any
    rejecting: Any
    work: int = MAX_WORK
    short_texts: bool = field(init=False)
    steps: frozenset[float] = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        extents = [measure(self.accepting), measure(self.rejecting)]
        keys = extents[0].keys | extents[1].keys
        self.size = 1 + sum(extent.objects for extent in extents)
        parts = [part for schema in (self.accepting, self.rejecting) for _, part in walk(schema)]
        self.steps = frozenset(step for part in parts if isinstance(step := part.get("multipleOf"), float))
        self.short_texts = bool(keys & {"pattern", "patternProperties"})
        if keys & UNBOUNDED or not all(map(is_tame, _patterns((self.accepting, self.rejecting)))):
            self.work = 0

    def confirms(self, value: Any) -> bool:
        """Whether the one schema accepts `value` and the other refuses it; False where nobody can tell."""
        cost = self.size * count(value, self.work // self.size)
        if cost > self.work or (self.short_texts and _longest(value) > MAX_TEXT):
            return False
        self.work -= cost
        try:
            if self.steps and not _agree_on_multiples(value, self.steps):
                return False
            return _is_valid(self.accepting, value) and not _is_valid(self.rejecting, value)
        except (ArithmeticError, RecursionError, ValueError, re.error):
            return False  # the validator could not tell, so neither can we


def _is_valid(schema: Any, value: Any) -> bool:
    import jsonschema
    from referencing import Registry

    registry: Registry[Any] = Registry()  # an empty one: the default would fetch references over the network
    return jsonschema.Draft202012Validator(schema, registry=registry).is_valid(value)


def _agree_on_multiples(value: Any, steps: frozenset[float]) -> bool:
    """Whether the validator calls the same numbers multiples as people do, who write decimals.

    To a float 0.3 is no multiple of 0.1; a verdict must not hang on that.
    """
    return all(
        _is_valid({"multipleOf": step}, number) == ((_decimal(number) / _decimal(step)).denominator == 1)
        for number in _numbers(value)
        for step in steps
    )


def _decimal(number: float) -> Fraction:
    """The number as it is written."""
    return Fraction(repr(number))


def _numbers(value: Any) -> set[int | float]:
    found, todo = set[int | float](), [value]
    while todo:
        node = todo.pop()
        if is_number(node):
            found.add(node)
        todo += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return found


def _patterns(value: Any) -> Iterator[str]:
    """Every text that may be used as a pattern anywhere in `value`."""
    todo = [value]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                yield node["pattern"]
            if isinstance(node.get("patternProperties"), dict):
                yield from node["patternProperties"]
        todo += node.values() if isinstance(node, dict) else node if isinstance(node, list | tuple) else ()


def _longest(value: Any) -> int:
    """The length of the longest text or key in `value`."""
    longest, todo = 0, [value]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            longest = max(longest, len(node))
        if isinstance(node, dict):
            todo += [*node, *node.values()]
        elif isinstance(node, list):
            todo += node
    return longest
