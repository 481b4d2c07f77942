"""The JSON Schema of each kind, for editors and for other tools."""

from __future__ import annotations

import re
from typing import Any

from modelops_git.core.manifests.kinds import KINDS, model_of
from modelops_git.core.manifests.labels import labelled, without_messages

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def file_name(kind: str) -> str:
    """The name of the file that holds the schema of `kind`: `model-version.json`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind).lower() + ".json"


def json_schema(kind: str, *, editor: bool = False) -> dict[str, Any]:
    """JSON Schema 2020-12 of the manifests of `kind`.

    Args:
        kind: One of `KINDS`.
        editor: With the keyword `errorMessage` of VS Code, which says what belongs in a text with a form;
            strict validators refuse it.

    Raises:
        KeyError: There is no such kind.
    """
    from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

    class Generator(GenerateJsonSchema):
        """pydantic's generator; `labelled` gives all fields titles, those that refer to a part as well."""

        def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the signature is pydantic's
            return False

    mode: JsonSchemaMode = "validation"
    made = model_of(kind).model_json_schema(by_alias=True, schema_generator=Generator, mode=mode)
    schema = {"$schema": DIALECT, "$id": file_name(kind), **_plain(made)}
    return schema if editor else without_messages(schema)


def all_schemas(*, editor: bool = False) -> dict[str, dict[str, Any]]:
    """The schema of every kind, by the name of its file; `editor` as for `json_schema`."""
    return {file_name(kind): json_schema(kind, editor=editor) for kind in KINDS}


def _plain(value: Any) -> Any:
    """The same in words that strict readers of JSON Schema know, and that hold for every key of a mapping."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: item for key, item in value.items() if not _is_noise(key, item)}
    plain = {key: _plain(item) for key, item in _closed(kept).items()}
    if plain.get("type") == "object" and "title" in plain and "properties" in plain:  # a part
        plain["properties"] = {name: labelled(name, field) for name, field in plain["properties"].items()}
    return plain


def _is_noise(key: str, item: Any) -> bool:
    """Whether this is OpenAPI's keyword, as opposed to a field of that name, or an empty default.

    Such a default says nothing, and an editor would write it into a new field.
    """
    if key == "default":
        return item in (None, [], {})
    return key == "discriminator" and isinstance(item, dict) and "propertyName" in item


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """A mapping whose keys have a form, so that other keys are errors and not let through."""
    by_pattern = schema.get("patternProperties")
    if not isinstance(by_pattern, dict) or len(by_pattern) != 1:
        return schema
    [(pattern, value)] = by_pattern.items()
    rest = {key: item for key, item in schema.items() if key != "patternProperties"}
    names = {**schema.get("propertyNames", {}), "pattern": pattern}
    return {**rest, "propertyNames": names, "additionalProperties": value}
