"""What an editor shows of a field beside its description: a title, examples, and what to write instead."""

from __future__ import annotations

from typing import Any

_SPELT = {"api": "API", "blake3": "BLAKE3", "id": "ID", "sha256": "SHA-256", "uri": "URI", "url": "URL"}

MESSAGE = "errorMessage"
"""The keyword of VS Code, and of the YAML language server, for what to say of a value that is not valid."""


def labelled(name: str, field: dict[str, Any]) -> dict[str, Any]:
    """The schema of the field `name` with a title, and with its examples where they are seen."""
    words = " ".join(_SPELT.get(word, word) for word in name.split("_"))
    return {"title": words[:1].upper() + words[1:], **_with_examples_outside(field)}


def _with_examples_outside(field: dict[str, Any]) -> dict[str, Any]:
    """Examples of a text that may be null belong to the field itself: editors look nowhere else."""
    options = field.get("anyOf", [])
    examples = [example for option in options for example in option.get("examples", ())]
    if not examples:
        return field
    bare = [{key: item for key, item in option.items() if key != "examples"} for option in options]
    return {"examples": examples, **field, "anyOf": bare}


def without_messages(schema: Any) -> Any:
    """The same in the words of JSON Schema alone."""
    if isinstance(schema, list):
        return [without_messages(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    # A field of that name would be a mapping.
    kept = {key: item for key, item in schema.items() if key != MESSAGE or isinstance(item, dict)}
    return {key: without_messages(item) for key, item in kept.items()}
