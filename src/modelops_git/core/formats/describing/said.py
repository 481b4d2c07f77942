"""What a file says about the model that it belongs to, and readers of JSON that nobody has checked."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any, NamedTuple

MAX_TEXT = 200
MAX_DEPTH = 64
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class Said(NamedTuple):
    """What a file says.

    Attributes:
        fields: Fields of a ModelVersion, `interface` among them where it is certain.
        notes: What people should know.
        why_no_interface: Why the interface cannot be told from the file, and what to do; empty where it can.
    """

    fields: dict[str, Any]
    notes: tuple[str, ...] = ()
    why_no_interface: tuple[str, str] = ("", "")


NOTHING = Said({})


def json_of(data: bytes) -> Any:
    """The value that JSON spells; bounded in depth, and no key twice.

    Raises:
        ValueError: It is none, too deep, or a key is written twice.
    """
    depth = deepest = 0
    for match in _BRACKETS.finditer(data):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(match[0], 0)
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise ValueError(f"it has more than {MAX_DEPTH} levels")
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise ValueError("it is too deep") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {plain(twice)!r} is written twice")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def plain(value: Any) -> str:
    """A text of a file that nobody checked, fit for a terminal and a manifest; empty where it is none."""
    if not isinstance(value, str):
        return ""
    kept = "".join(char for char in value if unicodedata.category(char)[0] != "C")
    return kept if len(kept) <= MAX_TEXT else f"{kept[: MAX_TEXT - 1]}…"


def at(value: Any, *keys: str) -> Any:
    """What is at `keys` below a JSON value; None where nothing is."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def framework(name: str, version: Any) -> dict[str, Any]:
    """The field `framework`, with a version where there is one."""
    known = plain(version)
    return {"framework": {"name": name, "version": known} if known else {"name": name}}
