"""What an editor shows of a field beside its description: a title, and examples."""

from __future__ import annotations

from typing import Any

_SPELT = {"api": "API", "blake3": "BLAKE3", "id": "ID", "sha256": "SHA-256", "uri": "URI", "url": "URL"}


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
