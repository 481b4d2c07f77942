"""Confirmation: what an independent validator says about a value, before anybody is shown it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.jsonvalues import count, measure
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
    size: int = field(init=False)

    def __post_init__(self) -> None:
        extents = [measure(self.accepting), measure(self.rejecting)]
        keys = extents[0].keys | extents[1].keys
        self.size = 1 + sum(extent.objects for extent in extents)
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
            return _is_valid(self.accepting, value) and not _is_valid(self.rejecting, value)
        except (ArithmeticError, RecursionError, ValueError, re.error):
            return False  # the validator could not tell, so neither can we


def _is_valid(schema: Any, value: Any) -> bool:
    import jsonschema
    from referencing import Registry

    registry: Registry[Any] = Registry()  # an empty one: the default would fetch references over the network
    return jsonschema.Draft202012Validator(schema, registry=registry).is_valid(value)


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
