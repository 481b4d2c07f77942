"""The keywords of JSON Schema 2020-12: what the value of each must look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.jsonvalues import is_number, is_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES = ("null", "boolean", "object", "array", "number", "string", "integer")
# Formats that the specification defines; all of them concern texts only.
TEXT_FORMATS = frozenset(
    (
        *("date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4"),
        *("ipv6", "uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer"),
        *("relative-json-pointer", "regex"),
    )
)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_any(_value: Any) -> bool:
    return True


def _is_count(value: Any) -> bool:
    return is_whole(value) and value >= 0


def _is_step(value: Any) -> bool:
    return is_number(value) and value > 0


def _is_names(value: Any) -> bool:
    texts = isinstance(value, list) and all(isinstance(name, str) for name in value)
    return texts and len(set(value)) == len(value)


def _is_type(value: Any) -> bool:
    if isinstance(value, str):
        return value in TYPES
    return _is_names(value) and bool(value) and all(name in TYPES for name in value)


def _is_schema(value: Any) -> bool:
    return isinstance(value, bool | dict)


def _is_schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_schema(item) for item in value)


def _is_schema_map(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_schema(item) for item in value.values())


def _is_name_map(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_names(item) for item in value.values())


def _is_dialect(value: Any) -> bool:
    return isinstance(value, str) and value.rstrip("#") == DIALECT


def _is_identifier(value: Any) -> bool:
    return isinstance(value, str) and "#" not in value.removesuffix("#")


def _named(names: str, predicate: Callable[[Any], bool]) -> dict[str, Callable[[Any], bool]]:
    return dict.fromkeys(names.split(), predicate)


# What says something about a value, but never refuses one.
ANNOTATIONS = {
    **_named("title description $comment contentEncoding contentMediaType", _is_text),
    **_named("contentSchema", _is_schema),
    **_named("deprecated readOnly writeOnly", _is_flag),
    **_named("examples", _is_list),
    **_named("default", _is_any),
    **_named("$schema", _is_dialect),
    **_named("$id", _is_identifier),
}
ONE_SCHEMA = (
    "additionalProperties propertyNames items contains not if then else "
    "unevaluatedItems unevaluatedProperties contentSchema"
)
MANY_SCHEMAS = "anyOf allOf oneOf prefixItems"
SCHEMA_MAPS = "properties patternProperties dependentSchemas $defs"
FORMS = {
    **ANNOTATIONS,
    **_named(ONE_SCHEMA, _is_schema),
    **_named(MANY_SCHEMAS, _is_schemas),
    **_named(SCHEMA_MAPS, _is_schema_map),
    **_named("minimum maximum exclusiveMinimum exclusiveMaximum", is_number),
    **_named("multipleOf", _is_step),
    **_named(
        "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains", _is_count
    ),
    **_named("pattern format $ref $dynamicRef", _is_text),
    **_named("required", _is_names),
    **_named("dependentRequired", _is_name_map),
    **_named("uniqueItems", _is_flag),
    **_named("type", _is_type),
    **_named("enum", _is_list),
    **_named("const", _is_any),
}
_ONE = frozenset(ONE_SCHEMA.split())
_MANY = frozenset(MANY_SCHEMAS.split())
_MAPS = frozenset(SCHEMA_MAPS.split())


def ill_formed(schema: dict[str, Any]) -> str:
    """The first keyword whose value is not of the form that it asks for; empty where all are, or unknown."""
    return next((key for key, value in schema.items() if key in FORMS and not FORMS[key](value)), "")


def subschemas(schema: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The schemas directly below a well-formed `schema`, each with the steps that lead to it."""
    for key, value in schema.items():
        if key in _ONE:
            yield (key,), value
        elif key in _MANY:
            yield from (((key, str(index)), item) for index, item in enumerate(value))
        elif key in _MAPS:
            yield from (((key, name), item) for name, item in value.items())


def walk(schema: Any) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every object of `schema` that is itself a schema, with the steps to it; not below an ill-formed one."""
    todo: list[tuple[tuple[str, ...], Any]] = [((), schema)]
    while todo:
        steps, part = todo.pop()
        if isinstance(part, dict):
            yield steps, part
            if not ill_formed(part):
                todo += [((*steps, *below), child) for below, child in subschemas(part)]


def is_annotation(key: str) -> bool:
    """Whether `key` refuses no value: an annotation, a definition, or an `x-` extension."""
    return (
        key in ANNOTATIONS
        or key in {"$defs", "definitions", "$anchor", "$dynamicAnchor", "$vocabulary"}
        or key[:2] == "x-"
    )
