"""JSON values as JSON Schema sees them: equality, and bounds on what is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.interfaces.budget import GaveUpError

if TYPE_CHECKING:
    from collections.abc import Hashable

MAX_DEPTH = 64
MAX_NODES = 50_000
MAX_NUMBER = 10**308


class Extent(NamedTuple):
    """How large a schema is.

    Attributes:
        objects: How many JSON objects it holds.
        keys: Every key that occurs in it, at any depth.
    """

    objects: int
    keys: frozenset[str]


def is_number(value: Any) -> bool:
    """Whether `value` is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: Any) -> bool:
    """Whether `value` is an integer to JSON Schema, where 1.0 is one."""
    return is_number(value) and (isinstance(value, int) or value.is_integer())


def identity(value: Any) -> Hashable:
    """A hashable key that two values share exactly when JSON Schema holds them equal (1 and 1.0 are)."""
    if isinstance(value, list):
        return ("list", tuple(identity(item) for item in value))
    if isinstance(value, dict):
        return ("object", frozenset((key, identity(item)) for key, item in value.items()))
    # The mark keeps 1 from true, which Python holds equal.
    return ("number", value) if is_number(value) else value


def measure(value: Any) -> Extent:
    """How large `value` is, without recursion, so that no depth can harm.

    Raises:
        GaveUpError: It is deeper, larger or of higher numbers than is looked at, or no JSON.
    """
    objects, nodes, keys = 0, 0, set[str]()
    todo: list[tuple[Any, int]] = [(value, 1)]
    while todo:
        node, depth = todo.pop()
        nodes += 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise GaveUpError(f"it nests deeper than {MAX_DEPTH} levels or holds over {MAX_NODES:,} values")
        objects += isinstance(node, dict)
        if isinstance(node, dict):
            keys.update(_text_keys(node))
        todo += [(child, depth + 1) for child in _children(node)]
    return Extent(objects, frozenset(keys))


def _text_keys(node: dict[Any, Any]) -> list[str]:
    if not all(isinstance(key, str) for key in node):
        raise GaveUpError("it has a key that is no text")
    return list(node)


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    if isinstance(node, list):
        return node
    if is_number(node):
        if not abs(node) <= MAX_NUMBER:  # NaN is neither
            raise GaveUpError("it holds a number that is not finite or beyond 1e308")
        return []
    if node is None or isinstance(node, bool | str):
        return []
    raise GaveUpError(f"it holds a value that is no JSON ({type(node).__name__})")


def larger_than(value: Any, limit: int) -> bool:
    """Whether `value` holds more than `limit` values; looks at no more than that many."""
    return count(value, limit) > limit


def count(value: Any, limit: int) -> int:
    """How many values `value` holds, itself included; `limit + 1` where there are more."""
    found, todo = 0, [value]
    while todo and found <= limit:
        node = todo.pop()
        found += 1
        if isinstance(node, dict | list) and len(node) > limit:
            return limit + 1
        todo += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return found
