"""docs/reference/manifests.md, from the JSON Schemas of the manifests."""

from __future__ import annotations

import json
from typing import Any

from blocks import code, joined, notice, prose, table
from modelops_git.core.manifests.kinds import KINDS
from modelops_git.core.manifests.schema import file_name, json_schema
from modelops_git.core.places import Home

Schema = dict[str, Any]
EXAMPLES = {"ModelVersion": "1.2.0", "Notice": "1.2.0-1", "Rollout": "production", "Experiment": "production"}
INTRODUCTION = """\
People write these files; the tool reads them as strictly as it can. A field that is not listed is an error,
and so is one of another type. The JSON Schemas that this page is made of lie in `schemas/`, and
`modelops schema KIND` prints them. The rules of the language (YAML without its surprises, names, times,
digests) are in [](../concepts/manifests.md)."""


def page() -> str:
    """The whole page."""
    return joined(notice("the schemas of the manifests"), "# Manifests", INTRODUCTION, *map(_kind, KINDS))


def _kind(kind: str) -> str:
    schema = json_schema(kind)
    name = EXAMPLES.get(kind, "serving-health")
    place = Home(kind, "iris-classifier", name).path
    where = f"For example `{place}` · schema `schemas/{file_name(kind)}`"
    parts = [
        _part(kind, name, part) for name, part in schema.get("$defs", {}).items() if "properties" in part
    ]
    return joined(
        f"## {kind}", prose(schema.get("description", "")), where, _fields(kind, schema), *parts
    ).rstrip()


def _part(kind: str, name: str, schema: Schema) -> str:
    title = f"({_anchor(kind, name)})=\n### {kind}: {name}"
    return joined(title, prose(schema.get("description", "")), _fields(kind, schema)).rstrip()


def _anchor(kind: str, name: str) -> str:
    return f"{kind}-{name}".lower().replace("_", "-")


def _fields(kind: str, schema: Schema) -> str:
    required = schema.get("required", [])
    rows = [
        [code(name), _type(kind, field), "yes" if name in required else _default(field), _meaning(field)]
        for name, field in schema.get("properties", {}).items()
    ]
    return table(["field", "type", "required, or default", "meaning"], rows)


def _meaning(field: Schema) -> str:
    shown = [_json(example) for example in field.get("examples", [])]
    examples = ", ".join(code(one) for one in shown if "\n" not in one)  # a table has cells of one line
    return prose(field.get("description", "")) + (f" For example {examples}." if examples else "")


def _default(field: Schema) -> str:
    default = field.get("default")
    return "" if default is None else code(_json(default))


def _type(kind: str, field: Schema) -> str:
    """The type in a few words; a part of the manifest is a link to its section."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(kind, name)})"
    for several in ("anyOf", "oneOf"):
        if several in field:
            return " or ".join(
                _type(kind, option) for option in field[several] if option.get("type") != "null"
            )
    if "const" in field or "enum" in field:
        return ", ".join(code(_json(value)) for value in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of {_type(kind, field.get('items', {}))}"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
        return f"mapping to {_type(kind, field['additionalProperties'])}"
    return str(field.get("type", "any JSON value")).replace("string", "text").replace("object", "mapping")


def _json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
