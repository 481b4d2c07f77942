"""Words for values and schemas, short enough for one sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.jsonvalues import larger_than

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.core.interfaces.confirming import Refusal

MAX_SHOWN = 60
MAX_VALUES = 8
MAX_ALTERNATIVES = 4
NAMES = {"integer": "an integer", "array": "an array", "object": "an object", "null": "null"}
SIZES = {"string": ("Length", "character"), "array": ("Items", "item"), "object": ("Properties", "property")}
CONDITIONS = (
    "pattern",
    "format",
    "not",
    "if",
    "contains",
    "propertyNames",
    "dependentRequired",
    "patternProperties",
)
BELOW = {"maximum": "at most ", "exclusiveMaximum": "below "}
ABOVE = {"minimum": "of at least ", "exclusiveMinimum": "above "}


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


def refused(refusal: Refusal) -> tuple[str, str]:
    """What a value has and what the schema that refuses it wants, as in "4 items" and "exactly 5 items"."""
    told = TOLD.get(refusal.keyword)
    return told(refusal) if told else (show(refusal.fault), describe(refusal.schema))


def _missing(refusal: Refusal) -> tuple[str, str]:
    missing = next((name for name in refusal.schema["required"] if name not in refusal.fault), "")
    return f"an object without {show(missing)}", f"{show(missing)} in every object"


def _number_of(what: str, noun: str) -> Callable[[Refusal], tuple[str, str]]:
    return lambda refusal: (amount(len(refusal.fault), noun), _size(refusal.schema, what, noun))


def _closed(refusal: Refusal) -> tuple[str, str]:
    known = refusal.schema.get("properties", {})
    extra = next((name for name in refusal.fault if name not in known), "")
    if len(known) > MAX_VALUES:
        return f"the property {show(extra)}", "its own properties alone"
    names = f"the properties {', '.join(map(show, known))} alone" if known else "no properties"
    return f"the property {show(extra)}", names


def _longer(refusal: Refusal) -> tuple[str, str]:
    return amount(len(refusal.fault), "item"), "fewer items"


def _alike(refusal: Refusal) -> tuple[str, str]:
    return show(refusal.fault), "items of which no two are equal"


def _contained(refusal: Refusal) -> tuple[str, str]:
    schema = refusal.schema
    number = limits(schema.get("minContains", 1), schema.get("maxContains"), "item")
    return show(refusal.fault), f"{number} like {describe(schema['contains'])}"


TOLD: dict[str, Callable[[Refusal], tuple[str, str]]] = {
    "required": _missing,
    **dict.fromkeys(("minItems", "maxItems"), _number_of("Items", "item")),
    **dict.fromkeys(("minProperties", "maxProperties"), _number_of("Properties", "property")),
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), _closed),
    **dict.fromkeys(("items", "unevaluatedItems"), _longer),
    "uniqueItems": _alike,
    **dict.fromkeys(("contains", "minContains", "maxContains"), _contained),
}


def describe(schema: Any) -> str:
    """What a schema asks for, such as `a number of at most 10 or null`."""
    if not isinstance(schema, dict):
        return "anything" if schema else "nothing"
    if "const" in schema or "enum" in schema:
        return _values([schema["const"]] if "const" in schema else schema["enum"])
    types = schema.get("type", [])
    words = [_typed(name, schema) for name in ([types] if isinstance(types, str) else types)]
    for key in ("anyOf", "oneOf"):
        if key in schema and not words:
            words = [describe(part) for part in schema[key]]
    if "$ref" in schema and not words:
        words = [f"what `{schema['$ref']}` asks for"]
    if len(words) > MAX_ALTERNATIVES or sum(map(len, words)) > 2 * MAX_SHOWN:
        return f"one of {len(words)} alternatives" if len(words) > 1 else "something that is long to tell"
    asked = [f"`{key}`" for key in CONDITIONS if key in schema]
    met = f" that meets its {' and '.join(asked)}" if asked else ""
    return (" or ".join(dict.fromkeys(words)) or _untyped(schema)) + met


def _untyped(schema: dict[str, Any]) -> str:
    """What a schema asks for that names no type: every type for which it has a word to say."""
    for name in ("number", *SIZES):
        if (words := _typed(name, schema)) != NAMES.get(name, f"a {name}"):
            return words
    return "anything"


def _values(values: list[Any]) -> str:
    shown = ", ".join(show(value) for value in values[:MAX_VALUES])
    if len(values) > MAX_VALUES or len(shown) > 2 * MAX_SHOWN:
        return f"one of {len(values)} values"
    return shown if len(values) == 1 else f"one of {shown}" if values else "nothing"


def _typed(name: str, schema: dict[str, Any]) -> str:
    plain = NAMES.get(name, f"a {name}")
    if name in ("number", "integer"):
        return " ".join([plain, *_bounds(schema)])
    if name == "object" and 0 < len(schema.get("required", ())) <= MAX_VALUES:
        return f"an object with {', '.join(show(field) for field in sorted(schema['required']))}"
    if name in SIZES and (size := _size(schema, *SIZES[name])):
        return f"{plain} of {size}"
    return plain


def _size(schema: dict[str, Any], what: str, noun: str) -> str:
    low, high = schema.get("min" + what, 0), schema.get("max" + what)
    return limits(int(low), None if high is None else int(high), noun) if low or high is not None else ""


def _bounds(schema: dict[str, Any]) -> Iterator[str]:
    lower = [word + show(schema[key]) for key, word in ABOVE.items() if key in schema]
    upper = [word + show(schema[key]) for key, word in BELOW.items() if key in schema]
    yield from lower
    if upper:
        yield ("and " if lower else "of " if upper[0].startswith("at most") else "") + " and ".join(upper)
    if "multipleOf" in schema:
        yield f"that is a multiple of {show(schema['multipleOf'])}"
