"""A JSON Schema in a few words, for people: `array of 4 numbers`. Programs get the schema itself."""

from __future__ import annotations

import json
from typing import Any

from modelops_git.faces.reporting.lines import clipped

ROOM = 280
MOST_FIELDS = 8
DEEPEST = 4
_PLAIN = {"number", "integer", "string", "boolean", "null"}
_ENDS = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}


def outline(schema: Any) -> str:
    """What a schema takes; the schema itself, clipped, where these words would not do."""
    words = _words(schema, DEEPEST, many=False)
    return clipped(words or json.dumps(schema, ensure_ascii=False), ROOM)


def _words(schema: Any, depth: int, *, many: bool) -> str:
    """The words, with the noun in the plural for `many`; empty where the schema is of another form."""
    if not isinstance(schema, dict) or depth == 0:
        return ""
    kind = schema.get("type")
    if kind == "array" and schema.keys() <= {"type", "items", "minItems", "maxItems"}:
        return _array(schema, depth, many=many)
    if kind == "object" and schema.keys() <= {"type", "properties", "required", "additionalProperties"}:
        return _object(schema, depth, many=many)
    if isinstance(kind, str) and kind in _PLAIN and schema.keys() <= {"type", *_ENDS}:
        ends = [f"{word} {json.dumps(schema[name])}" for name, word in _ENDS.items() if name in schema]
        return " ".join([kind + "s" * many, *ends])
    return ""


def _array(schema: dict[str, Any], depth: int, *, many: bool) -> str:
    items = _words(schema.get("items"), depth - 1, many=True)
    low, high = schema.get("minItems", 0), schema.get("maxItems")
    if not items:
        return ""
    count = f"{low} " if low == high else f"{low} to {high} " if high is not None else f"{low} or more "
    return f"array{'s' * many} of {count if low or high is not None else ''}{items}"


def _object(schema: dict[str, Any], depth: int, *, many: bool) -> str:
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not 0 < len(properties) <= MOST_FIELDS:
        return ""
    required = schema.get("required") or ()
    told = []
    for name, field in properties.items():
        words = _words(field, depth - 1, many=False)
        whole = f"{name} ({words})" if words else name
        told.append(whole if name in required else f"optional {whole}")
    return f"object{'s' * many} with {', '.join(told)}"
