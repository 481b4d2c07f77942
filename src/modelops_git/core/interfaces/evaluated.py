"""Which parts of a value a schema looks at, for `unevaluatedProperties` and `unevaluatedItems`.

That may depend on which alternatives hold, so there are cases: just one of their conditions holds of a value.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.interfaces.budget import GaveUpError
from modelops_git.core.interfaces.terms import TRUE, Claim, Items, Members, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.interfaces.reading import Reader

    Schema = dict[str, Any]

MAX_CASES = 64


class Case(NamedTuple):
    """What is looked at where a condition holds.

    Attributes:
        condition: When.
        names: The names of properties that keep one of these.
        prefix: So many items; None for all.
        items: The items that keep one of these.
    """

    condition: Claim = TRUE
    names: tuple[Claim, ...] = ()
    prefix: int | None = 0
    items: tuple[Claim, ...] = ()

    def and_also(self, other: Case, reader: Reader) -> Case:
        """What is looked at where both conditions hold."""
        lengths = (self.prefix, other.prefix)
        return Case(
            reader.terms.every((self.condition, other.condition)),
            (*self.names, *other.names),
            None if None in lengths else max(length or 0 for length in lengths),
            (*self.items, *other.items),
        )

    @property
    def nothing(self) -> bool:
        """Whether nothing is looked at."""
        return not self.names and self.prefix == 0 and not self.items


def leftovers(schema: Schema, reader: Reader) -> Iterator[Claim]:
    """What `unevaluatedProperties` and `unevaluatedItems` of `schema` ask of what nothing else looked at.

    Raises:
        GaveUpError: There are too many cases, or references that are not followed.
    """
    for case in _cases(schema, reader, (), own=False):
        if "unevaluatedProperties" in schema:
            names = reader.terms.every(claim.denied for claim in case.names)
            what = reader.read(schema["unevaluatedProperties"]).denied
            wrong = reader.terms.fact(Members(names, what, 1))
            yield reader.terms.when(case.condition, wrong.denied)
        if "unevaluatedItems" in schema and case.prefix is not None:
            what = reader.read(schema["unevaluatedItems"])
            wrong = reader.terms.every(claim.denied for claim in (what, *case.items))
            some = reader.terms.fact(Items(case.prefix, None, wrong, 1))
            yield reader.terms.when(case.condition, some.denied)


def _cases(schema: Any, reader: Reader, path: tuple[int, ...], *, own: bool = True) -> list[Case]:
    """The cases of one schema, with or without its own `unevaluated...` keywords."""
    if not isinstance(schema, dict):
        return [Case()]
    if "$dynamicRef" in schema or id(schema) in path:
        raise GaveUpError("a reference is not followed")
    cases = [_looked_at(schema, reader, own=own)]
    for several in _in_place(schema, reader, (*path, id(schema))):
        if all(case.nothing for case in several):
            continue
        cases = [one.and_also(other, reader) for one, other in product(cases, several)]
        if len(cases) > MAX_CASES:
            raise GaveUpError(f"there are over {MAX_CASES} cases of what is not evaluated")
    return cases


def _looked_at(schema: Schema, reader: Reader, *, own: bool) -> Case:
    names = [reader.terms.among(schema["properties"])] if schema.get("properties") else []
    names += [reader.terms.fact(Text("pattern", text)) for text in schema.get("patternProperties", ())]
    every_name = "additionalProperties" in schema or (own and "unevaluatedProperties" in schema)
    every_item = "items" in schema or (own and "unevaluatedItems" in schema)
    prefix = None if every_item else len(schema.get("prefixItems", ()))
    items = (reader.read(schema["contains"]),) if "contains" in schema else ()
    return Case(TRUE, (TRUE,) if every_name else tuple(names), prefix, items)


def _in_place(schema: Schema, reader: Reader, path: tuple[int, ...]) -> Iterator[list[Case]]:
    """The cases of each schema that applies to the same value."""
    yield from (_cases(part, reader, path) for part in schema.get("allOf", ()))
    if "$ref" in schema:
        yield _cases(reader.named(schema["$ref"]), reader, path)
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield _if(reader.read(part), _cases(part, reader, path), [Case()], reader)
    for name, part in schema.get("dependentSchemas", {}).items():
        yield _if(reader.has(name), _cases(part, reader, path), [Case()], reader)
    if "if" in schema:
        held = _cases(schema["if"], reader, path)
        then = [
            one.and_also(other, reader)
            for one, other in product(held, _cases(schema.get("then", True), reader, path))
        ]
        other = _cases(schema.get("else", True), reader, path)
        yield _if(reader.read(schema["if"]), then, other, reader)


def _if(condition: Claim, held: list[Case], other: list[Case], reader: Reader) -> list[Case]:
    return [
        case._replace(condition=reader.terms.every((claim, case.condition)))
        for claim, cases in ((condition, held), (condition.denied, other))
        for case in cases
    ]
