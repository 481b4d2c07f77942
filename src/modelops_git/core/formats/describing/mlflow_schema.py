"""The signature of an MLflow model, as JSON Schema of one instance.

A signature speaks of a table or of tensors, whose first dimension is the batch; an instance is one row, or a
tensor without that dimension. Columns with names are an object, and a column that may be missing is not
required; columns without are an array, a single one its bare type. Of outputs a single one is bare as well.
Where the model takes parameters, an instance is `{inputs, params}`, as in the requests that MLflow takes.
"""

from __future__ import annotations

from typing import Any

from modelops_git.core.formats.describing.said import json_of

MAX_RANK = 16
MAX_NESTING = 32
_TYPES: dict[str, dict[str, Any]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "long": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "string": {"type": "string"},
    "datetime": {"type": "string"},
    "binary": {"type": "string", "contentEncoding": "base64"},
}
_ELEMENTS = {"b": "boolean", "i": "integer", "u": "integer", "f": "number", "s": "string"}
Schema = dict[str, Any]


class UntoldError(ValueError):
    """The signature leaves open what is asked."""


def interface_of(signature: Any) -> Schema:
    """The interface that a signature amounts to: `inputs`, `outputs` and `params` in JSON, each a text.

    Raises:
        UntoldError: It says nothing of one of them, or something that has no schema.
    """
    if not isinstance(signature, dict):
        raise UntoldError("it has no signature")
    inputs = _side(_rows(signature, "inputs"), "input")
    params = _rows(signature, "params")
    if params:
        inputs = {
            "type": "object",
            "properties": {"inputs": inputs, "params": _params(params)},
            "required": ["inputs"],
        }
    return {"protocol": "json", "input": inputs, "output": _side(_rows(signature, "outputs"), "output")}


def _rows(signature: dict[str, Any], name: str) -> list[dict[str, Any]]:
    text = signature.get(name)
    if text is None:
        return []
    try:
        rows = json_of(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else text
    except ValueError as error:
        raise UntoldError(f"its {name} cannot be read: {error}") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UntoldError(f"its {name} are no list of columns or tensors")
    return rows


def _side(rows: list[dict[str, Any]], side: str) -> Schema:
    if not rows:
        raise UntoldError(f"its signature says nothing of the {side}")
    schemas = [_schema(row, 0) for row in rows]
    names = [row.get("name") for row in rows]
    if len(rows) == 1 and (side == "output" or names[0] is None):
        return schemas[0]
    if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        needed = [
            row["name"] for row in rows if row.get("required", True) is True and not row.get("optional")
        ]
        named = {"type": "object", "properties": dict(zip(map(str, names), schemas, strict=True))}
        return {**named, "required": needed} if needed else named
    if all(name is None for name in names):
        return {"type": "array", "prefixItems": schemas, "minItems": len(rows), "maxItems": len(rows)}
    raise UntoldError(f"some of its {side}s have names and some have not")


def _schema(row: Any, depth: int) -> Schema:
    """The schema of a column, a tensor, or of what lies in one."""
    kind = row.get("type") if isinstance(row, dict) else None
    if depth > MAX_NESTING:
        raise UntoldError("its types are too deep")
    if kind == "tensor":
        return _tensor(row.get("tensor-spec"))
    if isinstance(kind, str) and kind in _TYPES:
        return dict(_TYPES[kind])
    if kind == "array":
        return {"type": "array", "items": _schema(row.get("items"), depth + 1)}
    if kind == "map":
        return {"type": "object", "additionalProperties": _schema(row.get("values"), depth + 1)}
    if kind == "object" and isinstance(row.get("properties"), dict):
        return _object(row["properties"], depth)
    if kind == "sparkml_vector":
        return {"type": "array", "items": {"type": "number"}}
    raise UntoldError("it is of any type" if kind == "any" else "it holds a type that is not known")


def _object(rows: dict[str, Any], depth: int) -> Schema:
    needed = [
        name for name, row in rows.items() if isinstance(row, dict) and row.get("required", True) is True
    ]
    found = {"type": "object", "properties": {name: _schema(row, depth + 1) for name, row in rows.items()}}
    return {**found, "required": needed} if needed else found


def _tensor(spec: Any) -> Schema:
    shape = spec.get("shape") if isinstance(spec, dict) else None
    kind = _element(spec.get("dtype") if isinstance(spec, dict) else None)
    if not isinstance(shape, list) or len(shape) > MAX_RANK or not all(_is_length(one) for one in shape):
        raise UntoldError("the shape of a tensor is not known")
    found: Schema = {"type": kind}
    # The first dimension is the batch where it is open or 1, as in a graph; else it is part of the instance.
    inner = shape[1:] if shape and shape[0] in {-1, 1} else shape
    for length in reversed(inner):
        found = {"type": "array", "items": found}
        if length >= 0:
            found |= {"minItems": length, "maxItems": length}
    return found


def _is_length(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -1 <= value < 2**31


def _element(dtype: Any) -> str:
    if not isinstance(dtype, str):
        raise UntoldError("the type of a tensor is not known")
    for start, kind in (("bool", "b"), ("int", "i"), ("uint", "u"), ("float", "f"), ("str", "s")):
        if dtype.startswith(start):
            return _ELEMENTS[kind]
    raise UntoldError(f"a tensor holds {dtype[:40]}, which may be anything")


def _params(rows: list[dict[str, Any]]) -> Schema:
    named = {}
    for row in rows:
        name = row.get("name")
        if not isinstance(name, str):
            raise UntoldError("a parameter has no name")
        schema = _schema(row, 0)
        is_list = isinstance(row.get("shape"), list)
        named[name] = {"type": "array", "items": schema} if is_list else schema
    return {"type": "object", "properties": named, "additionalProperties": False}
