"""Confirmation: what an independent validator says about a value, before anybody is shown it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.interfaces.budget import GaveUpError
from modelops_git.core.interfaces.holding import disputed
from modelops_git.core.interfaces.jsonvalues import count, measure
from modelops_git.core.interfaces.keywords import walk
from modelops_git.core.interfaces.patterns import MAX_TEXT, is_tame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.core.interfaces.budget import Budget

MAX_VALUES = 300_000
MATCHING = frozenset({"pattern", "patternProperties", "additionalProperties", "unevaluatedProperties"})
COST = {"$ref": 10, "$dynamicRef": 10}
COMPARING = frozenset({"const", "enum", "uniqueItems"})


class Refusal(NamedTuple):
    """The first thing that a schema has against a value.

    Attributes:
        path: The steps down to the part at fault.
        keyword: The keyword that refuses it; empty for a schema that is false.
        schema: The schema with that keyword.
        fault: The part at fault.
    """

    path: tuple[str | int, ...]
    keyword: str
    schema: Any
    fault: Any


@dataclass(slots=True)
class Referee:
    """Asks the `jsonschema` package about values, within a bounded number of keywords.

    Attributes:
        accepting: The schema that a witness must fit.
        rejecting: The schema that it must not fit.
        budget: The steps that are left; a keyword is two of them or more.
        trusted: Whether all work would be counted.
    """

    accepting: Any
    rejecting: Any
    budget: Budget
    trusted: bool = field(init=False)
    _patterns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.accepting, self.rejecting = _undeclared(self.accepting), _undeclared(self.rejecting)
        self._patterns = tuple({*_patterns(self.accepting), *_patterns(self.rejecting)})
        # Below another `$schema` the validator would start anew, and nobody would count.
        self.trusted = "$schema" not in measure(self.accepting).keys | measure(self.rejecting).keys

    def refusal(self, value: Any) -> Refusal | None:
        """What the one schema has against a value that the other accepts; None where nobody can tell."""
        from referencing.exceptions import Unresolvable

        if not self.trusted or count(value, MAX_VALUES) > MAX_VALUES:
            return None
        try:
            if next(self._errors(self.accepting, value), None) is not None:
                return None
            return next(self._errors(self.rejecting, value), None)
        except (ArithmeticError, GaveUpError, RecursionError, Unresolvable, ValueError, re.error):
            return None  # the validator could not tell, so neither can we

    def _errors(self, schema: Any, value: Any) -> Iterator[Refusal]:
        import jsonschema
        from referencing import Registry

        plain = jsonschema.Draft202012Validator
        counted = {name: self._counted(name, function) for name, function in plain.VALIDATORS.items()}
        registry: Registry[Any] = Registry()  # an empty one: the default would fetch over the network
        extend: Any = jsonschema.validators.extend
        validator = extend(plain, counted)(schema, registry=registry)
        for error in validator.iter_errors(value):
            yield Refusal(tuple(error.absolute_path), error.validator or "", error.schema, error.instance)

    def _counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The validator's own function for a keyword, which first asks whether there is work left."""

        def asked(validator: Any, wanted: Any, value: Any, schema: Any) -> Any:
            self.budget.spend(COST.get(name, 2))
            if name in COMPARING:
                self.budget.spend(count([wanted, value], MAX_VALUES))
            if name == "uniqueItems" and isinstance(value, list):
                self.budget.spend(len(value) ** 2 // 4)
            if name in MATCHING:
                self._match(value)
            if name == "multipleOf" and disputed(value, wanted):
                raise GaveUpError("validators and people differ about multiples of decimals")
            return function(validator, wanted, value, schema)

        return asked

    def _match(self, value: Any) -> None:
        """Refuse to run patterns that may take long.

        Raises:
            GaveUpError: One of them may.
        """
        texts = [value] if isinstance(value, str) else list(value) if isinstance(value, dict) else []
        if not self._patterns or not texts:
            return
        if max(map(len, texts)) > MAX_TEXT or not all(map(is_tame, self._patterns)):
            raise GaveUpError("a pattern may take too long")
        self.budget.spend(len(texts) * len(self._patterns))


def _undeclared(schema: Any) -> Any:
    return (
        {key: part for key, part in schema.items() if key != "$schema"}
        if isinstance(schema, dict)
        else schema
    )


def _patterns(schema: Any) -> Iterator[str]:
    """Every text that may be used as a pattern anywhere in `schema`."""
    todo = [schema]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                yield node["pattern"]
            if isinstance(node.get("patternProperties"), dict):
                yield from node["patternProperties"]
        todo += node.values() if isinstance(node, dict) else node if isinstance(node, list | tuple) else ()


def texts_in(schemas: tuple[Any, Any], limit: int) -> tuple[str, ...]:
    """Texts that the schemas themselves give as values or examples: some of them keep their patterns."""
    found = (
        value
        for schema in schemas
        for _, part in walk(schema)
        for key in ("const", "default", "enum", "examples")
        for value in (part[key] if isinstance(part.get(key), list) else [part.get(key)])
    )
    return tuple(islice(dict.fromkeys(value for value in found if isinstance(value, str)), limit))
