"""JSON Pointers (RFC 6901) to the part of a value, and of its schema, that a gap concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.interfaces.answers import Step


def pointer(steps: Iterable[str | int]) -> str:
    """The pointer with these steps; empty for none."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def in_schema(schema: Any, path: tuple[Step, ...], keyword: str) -> str:
    """The pointer to the deepest part of `schema` about `path`, and there to `keyword`."""
    steps: list[str | int] = []
    node = schema
    for step in path:
        below = _below(node, step)
        if not below:
            return pointer(steps)
        for part in below:
            node = node[part]
        steps += below
    return pointer([*steps, keyword] if isinstance(node, dict) and keyword in node else steps)


def _below(node: Any, step: Step) -> list[Any]:
    """The keys that lead from a schema to the schema of one of its parts; none where it has none."""
    if not isinstance(node, dict):
        return []
    of_object = ("properties", "additionalProperties")
    named, rest = of_object if isinstance(step, str) else ("prefixItems", "items")
    listed = node.get(named)
    if isinstance(listed, dict) and step in listed:
        return [named, step]
    if isinstance(listed, list) and isinstance(step, int) and step < len(listed):
        return [named, step]
    return [rest] if rest in node else []
