"""JSON Schema 2020-12 read into the normal form of `shapes`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces import intervals
from modelops_git.core.interfaces.budget import Budget, GaveUpError
from modelops_git.core.interfaces.intervals import Interval
from modelops_git.core.interfaces.jsonvalues import identity, measure
from modelops_git.core.interfaces.keywords import TEXT_FORMATS, ill_formed, is_annotation, walk
from modelops_git.core.interfaces.meets import meet, merged
from modelops_git.core.interfaces.shapes import (
    ANYTHING,
    NONE,
    NOTHING,
    Array,
    Form,
    Number,
    Object,
    String,
    Token,
    Tokens,
    tidy,
    values_of,
    with_tokens,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

REFERENCES = frozenset({"$ref", "$dynamicRef", "$recursiveRef"})
NUMBER_KEYS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
STRING_KEYS = ("minLength", "maxLength", "pattern")
ARRAY_KEYS = ("items", "prefixItems", "minItems", "maxItems", "uniqueItems")
OBJECT_KEYS = ("properties", "additionalProperties", "required", "minProperties", "maxProperties")
# Understood as one condition each: no keyword beside the group changes what it means.
CONTAINS = ("contains", "minContains", "maxContains")
NAMED = ("propertyNames", "dependentRequired", "dependentSchemas")
MEMBERS = ("patternProperties", "properties", "additionalProperties")
BRANCHES = ("if", "then", "else")
WHOLE_VALUE = ("not", "oneOf", "contentEncoding", "contentMediaType", "contentSchema")
APPLIED = ("type", "enum", "const", "anyOf", "allOf", "oneOf", "format")
TYPED = (*NUMBER_KEYS, *STRING_KEYS, *ARRAY_KEYS, *OBJECT_KEYS, *CONTAINS, *NAMED, *MEMBERS, "format")
UNDERSTOOD = frozenset((*TYPED, *BRANCHES, *WHOLE_VALUE, *APPLIED))


@dataclass(frozen=True, slots=True)
class Source:
    """What is shared while one schema is read.

    Attributes:
        budget: The steps that are left.
        salt: What conditions depend on beside their own text: where a schema holds references, the whole of
            it, so that the same `$ref` in two documents is never taken for the same condition.
    """

    budget: Budget
    salt: Hashable = None

    def token(self, name: str, meaning: Any) -> Token:
        """A condition that is not understood."""
        return (name, (self.salt, identity(meaning)))


def read(schema: Any, budget: Budget) -> Form:
    """The normal form of a JSON Schema.

    Raises:
        GaveUpError: It is no well-formed schema, of another dialect, too deep, too large, or too much work.
    """
    extent = measure(schema)
    for _, part in walk(schema):
        if wrong := ill_formed(part):
            raise GaveUpError(f"the value of the keyword `{wrong}` is not what JSON Schema 2020-12 asks for")
    salt = identity(schema) if extent.keys & REFERENCES else None
    return _read(schema, Source(budget, salt))


def _read(schema: Any, source: Source) -> Form:
    source.budget.spend()
    if isinstance(schema, bool):
        return ANYTHING if schema else NOTHING
    if not isinstance(schema, dict):
        raise GaveUpError("a schema is neither an object nor a boolean")
    form = _typed(schema, source)
    for part in _parts(schema, source):
        form = meet(form, part, source.budget)
    return with_tokens(form, frozenset(_conditions(schema, source)))


def _parts(schema: dict[str, Any], source: Source) -> Iterator[Form]:
    """The forms that apply in place; all of them must hold."""
    if "enum" in schema:
        source.budget.spend(1 + len(schema["enum"]) // 100)
        yield values_of(schema["enum"])
    if "const" in schema:
        yield values_of([schema["const"]])
    for key in ("anyOf", "oneOf"):  # that only one alternative of `oneOf` may hold is a condition of its own
        if key in schema:
            yield merged([shape for item in schema[key] for shape in _read(item, source)])
    for item in schema.get("allOf", ()):
        yield _read(item, source)


def _conditions(schema: dict[str, Any], source: Source) -> Iterator[Token]:
    """What `schema` asks of values of every type and is not understood."""
    for key in WHOLE_VALUE:
        if key in schema:
            yield source.token(key, schema[key])
    if "if" in schema:
        yield source.token("if", _chosen(schema, BRANCHES))
    if "format" in schema and schema["format"] not in TEXT_FORMATS:
        yield source.token("format", schema["format"])
    # An unknown keyword may depend on all its neighbours; so do $ref and unevaluatedProperties.
    for key in schema:
        if key not in UNDERSTOOD and not is_annotation(key):
            yield source.token(key, schema)


def _chosen(schema: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: schema[key] for key in keys if key in schema}


def _typed(schema: dict[str, Any], source: Source) -> Form:
    """What the keywords ask that concern one type each."""
    if "type" not in schema and not any(key in schema for key in TYPED):
        return ANYTHING
    stated = schema.get("type", ["null", "boolean", "number", "string", "array", "object"])
    types = [stated] if isinstance(stated, str) else stated
    forms = [BUILDERS[name](schema, source) for name in types if name != "integer" or "number" not in types]
    return merged([shape for form in forms for shape in form])


def _null(_schema: dict[str, Any], _source: Source) -> Form:
    return values_of([None])


def _boolean(_schema: dict[str, Any], _source: Source) -> Form:
    return values_of([False, True])


def _number(schema: dict[str, Any], _source: Source) -> Form:
    bounds = {key: Fraction(schema[key]) for key in NUMBER_KEYS if key in schema}
    span = intervals.meet(
        Interval(bounds.get("minimum"), bounds.get("maximum")),
        Interval(bounds.get("exclusiveMinimum"), bounds.get("exclusiveMaximum"), True, True),  # noqa: FBT003 - two open ends
    )
    steps = frozenset({bounds["multipleOf"]} if "multipleOf" in bounds else ())
    return tidy(Number(span, multiples=steps))


def _integer(schema: dict[str, Any], source: Source) -> Form:
    form = _number(schema, source)
    return meet(form, (Number(whole=True),), source.budget)


def _string(schema: dict[str, Any], source: Source) -> Form:
    tokens = {source.token("pattern", schema["pattern"])} if "pattern" in schema else set[Token]()
    if schema.get("format") in TEXT_FORMATS:
        tokens.add(source.token("format", schema["format"]))
    low, high = _bounds(schema, "Length")
    return tidy(String(low, high, frozenset(tokens)))


def _bounds(schema: dict[str, Any], what: str) -> tuple[int, int | None]:
    high = schema.get("max" + what)
    return int(schema.get("min" + what, 0)), None if high is None else int(high)


def _array(schema: dict[str, Any], source: Source) -> Form:
    prefix = tuple(_read(item, source) for item in schema.get("prefixItems", ()))
    rest = _read(schema.get("items", True), source)
    low, high = _bounds(schema, "Items")
    tokens: Tokens = NONE
    if "contains" in schema:
        tokens = frozenset({source.token("contains", _chosen(schema, CONTAINS))})
    return tidy(Array(prefix, rest, low, high, schema.get("uniqueItems", False), tokens))


def _object(schema: dict[str, Any], source: Source) -> Form:
    tokens = {source.token(key, schema[key]) for key in NAMED if key in schema}
    properties = {name: _read(item, source) for name, item in schema.get("properties", {}).items()}
    rest = _read(schema.get("additionalProperties", True), source)
    if schema.get("patternProperties"):  # what is additional depends on the patterns
        tokens.add(source.token("patternProperties", _chosen(schema, MEMBERS)))
        rest = ANYTHING
    low, high = _bounds(schema, "Properties")
    required = frozenset(schema.get("required", ()))
    return tidy(Object(properties, rest, required, low, high, frozenset(tokens)))


BUILDERS: dict[str, Callable[[dict[str, Any], Source], Form]] = {
    "null": _null,
    "boolean": _boolean,
    "number": _number,
    "integer": _integer,
    "string": _string,
    "array": _array,
    "object": _object,
}
