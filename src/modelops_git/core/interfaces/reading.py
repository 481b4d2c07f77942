"""JSON Schema 2020-12 read into the terms of `terms`."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.budget import Budget, GaveUpError
from modelops_git.core.interfaces.evaluated import leftovers
from modelops_git.core.interfaces.jsonvalues import MAX_NODES, count, identity, measure
from modelops_git.core.interfaces.keywords import TEXT_FORMATS, ill_formed, is_annotation
from modelops_git.core.interfaces.references import Definition, References
from modelops_git.core.interfaces.terms import (
    FALSE,
    TRUE,
    Claim,
    Items,
    Least,
    Length,
    Members,
    Multiple,
    Opaque,
    Terms,
    Text,
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

Schema = dict[str, Any]
# What names a place: the same words mean something else in another document.
REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
READING = 16  # steps
UNEVALUATED = frozenset({"unevaluatedItems", "unevaluatedProperties"})
BOUNDS = {
    "minimum": (False, True),
    "exclusiveMinimum": (True, True),
    "maximum": (True, False),
    "exclusiveMaximum": (False, False),
}
UNDERSTOOD = frozenset(
    (
        *("type", "enum", "const", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref", "format"),
        *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
        *("minLength", "maxLength", "pattern", "items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
        *(
            "contains",
            "minContains",
            "maxContains",
            "properties",
            "patternProperties",
            "additionalProperties",
        ),
        *("propertyNames", "required", "minProperties", "maxProperties", "dependentRequired"),
        "dependentSchemas",
    )
)


class Reader:
    """Reads one document.

    Raises:
        GaveUpError: When it is made or asked to read: the schema is not well-formed, of another dialect, too
            deep, too large, or too much work.
    """

    def __init__(self, root: Any, terms: Terms, budget: Budget) -> None:
        extent = measure(root)
        self.terms = terms
        self._budget = budget
        self._salt: Hashable = identity(root) if extent.keys & REFERENCES else None
        self._references = References(root) if extent.keys & REFERENCES else None
        self._named: dict[int, Claim] = {}

    def read(self, schema: Any) -> Claim:
        """What `schema` asks of a value."""
        self._budget.spend(READING)
        if isinstance(schema, bool):
            return TRUE if schema else FALSE
        if not isinstance(schema, dict):
            raise GaveUpError("a schema is neither an object nor a boolean")
        if wrong := ill_formed(schema):
            raise GaveUpError(f"the value of the keyword `{wrong}` is not what JSON Schema 2020-12 asks for")
        kinds = {"number": self._number, "string": self._string, "array": self._array, "object": self._object}
        asked = [(kind, tuple(ask(schema))) for kind, ask in kinds.items()]
        typed = [
            self.terms.when(self.terms.kinds(kind), self.terms.every(what)) for kind, what in asked if what
        ]
        return self.terms.every([*self._in_place(schema), *typed, *self._opaque(schema)])

    def _in_place(self, schema: Schema) -> Iterator[Claim]:
        """What is asked of values of every kind."""
        terms = self.terms
        if "type" in schema:
            yield self._type(schema["type"])
        for listed in ([schema["const"]] if "const" in schema else (), schema.get("enum", ())):
            self._budget.spend(3 * count(listed, MAX_NODES))
        if "const" in schema:
            yield terms.among([schema["const"]])
        if "enum" in schema:
            yield terms.among(schema["enum"])
        yield from (self.read(part) for part in schema.get("allOf", ()))
        if "anyOf" in schema:
            yield terms.some([self.read(part) for part in schema["anyOf"]])
        if "oneOf" in schema:
            yield self._exactly_one([self.read(part) for part in schema["oneOf"]])
        if "not" in schema:
            yield self.read(schema["not"]).denied
        if "$ref" in schema:
            yield self._reference(schema["$ref"])
        if "if" in schema:
            condition = self.read(schema["if"])
            yield terms.when(condition, self.read(schema.get("then", True)))
            yield terms.when(condition.denied, self.read(schema.get("else", True)))

    def _type(self, stated: str | list[str]) -> Claim:
        types = {stated} if isinstance(stated, str) else set(stated)
        kinds = self.terms.kinds(*(types - {"integer"} | ({"number"} if "integer" in types else set())))
        if "integer" in types and "number" not in types:
            whole = self.terms.fact(Multiple(Fraction(1), False))  # noqa: FBT003 - a field of the term
            return self.terms.every([kinds, self.terms.when(self.terms.kinds("number"), whole)])
        return kinds

    def _exactly_one(self, claims: list[Claim]) -> Claim:
        self._budget.spend(len(claims) ** 2)
        both = (self.terms.every(pair) for pair in combinations(claims, 2))
        return self.terms.every([self.terms.some(claims), *(pair.denied for pair in both)])

    def _opaque(self, schema: Schema) -> Iterator[Claim]:
        """What is not understood; an unknown keyword may depend on all its neighbours."""
        left = schema.keys() & UNEVALUATED
        try:
            yield from leftovers(schema, self) if left else ()
            left = set()
        except GaveUpError:
            self._budget.spend()
        if "format" in schema and schema["format"] not in TEXT_FORMATS:
            yield self.terms.fact(Opaque("format", schema["format"]))
        for key in schema:
            if key not in UNDERSTOOD and not is_annotation(key) and (key in left or key not in UNEVALUATED):
                yield self.terms.fact(Opaque(key, (self._salt, identity(schema))))

    def _number(self, schema: Schema) -> Iterator[Claim]:
        for key, (above, holds) in BOUNDS.items():
            if key in schema:
                yield Claim(self.terms.fact(Least(Fraction(schema[key]), above)).term, holds)
        if "multipleOf" in schema:
            step = Fraction(schema["multipleOf"])
            yield self.terms.fact(Multiple(step, Fraction(repr(schema["multipleOf"])) != step))

    def _string(self, schema: Schema) -> Iterator[Claim]:
        yield from self._sized(schema, "Length", lambda least: self.terms.fact(Length(least)))
        if "pattern" in schema:
            yield self.terms.fact(Text("pattern", schema["pattern"]))
        if schema.get("format") in TEXT_FORMATS:
            yield self.terms.fact(Text("format", schema["format"]))

    def _sized(self, schema: Schema, what: str, at_least: Any) -> Iterator[Claim]:
        if schema.get("min" + what, 0) > 0:
            yield at_least(int(schema["min" + what]))
        if "max" + what in schema:
            yield at_least(int(schema["max" + what]) + 1).denied

    def _array(self, schema: Schema) -> Iterator[Claim]:
        prefix = schema.get("prefixItems", ())
        yield from self._sized(schema, "Items", lambda least: self._items(0, None, TRUE, least))
        for index, item in enumerate(prefix):
            yield self._items(index, index + 1, self.read(item).denied, 1).denied
        if "items" in schema:
            yield self._items(len(prefix), None, self.read(schema["items"]).denied, 1).denied
        if "contains" in schema:
            what = self.read(schema["contains"])
            limits = {"minContains": 1, **schema}
            yield from self._sized(limits, "Contains", lambda least: self._items(0, None, what, least))
        if schema.get("uniqueItems"):
            yield self.terms.fact(Unique())

    def _items(self, start: int, stop: int | None, what: Claim, least: int) -> Claim:
        return FALSE if what == FALSE else self.terms.fact(Items(start, stop, what, least))

    def _object(self, schema: Schema) -> Iterator[Claim]:
        yield from self._sized(schema, "Properties", lambda least: self._members(TRUE, TRUE, least))
        yield from (self.has(name) for name in schema.get("required", ()))
        yield from self._values(schema)
        if "propertyNames" in schema:
            yield self._members(self.read(schema["propertyNames"]).denied, TRUE).denied
        for name, others in schema.get("dependentRequired", {}).items():
            yield self.terms.when(self.has(name), self.terms.every(map(self.has, others)))
        for name, part in schema.get("dependentSchemas", {}).items():
            yield self.terms.when(self.has(name), self.read(part))

    def _values(self, schema: Schema) -> Iterator[Claim]:
        """What is asked of the values of properties: by name, by pattern, and of all others."""
        named = schema.get("properties", {})
        for name, part in named.items():
            yield self._members(self.terms.among([name]), self.read(part).denied).denied
        matching = {
            text: self.terms.fact(Text("pattern", text)) for text in schema.get("patternProperties", ())
        }
        for text, names in matching.items():
            yield self._members(names, self.read(schema["patternProperties"][text]).denied).denied
        if "additionalProperties" in schema:
            known = [self.terms.among(named), *matching.values()]
            rest = self.terms.every(names.denied for names in known)
            yield self._members(rest, self.read(schema["additionalProperties"]).denied).denied

    def _members(self, names: Claim, what: Claim, least: int = 1) -> Claim:
        return FALSE if FALSE in (names, what) else self.terms.fact(Members(names, what, least))

    def has(self, name: str) -> Claim:
        """That there is a property of this name."""
        return self._members(self.terms.among([name]), TRUE)

    def named(self, reference: str) -> Any:
        """The schema that a reference names.

        Raises:
            GaveUpError: It is not in this document.
        """
        found = self._references.find(reference) if self._references else ()
        if not found:
            raise GaveUpError("a reference is not followed")
        return found[0]

    def _reference(self, reference: str) -> Claim:
        try:
            schema = self.named(reference)
        except GaveUpError:
            return self.terms.fact(Opaque("$ref", (self._salt, reference)))
        key = id(schema)
        if key not in self._named:
            self._named[key] = self.terms.reference(Definition(schema, self.read))
        return self._named[key]
