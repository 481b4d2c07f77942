"""JSON from a file or a server that nobody vouches for, and what a JSON Pointer finds in it."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, NoReturn

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError

LARGEST = 8 << 20
"""Bytes of a document."""
_LONGEST_NUMBER = 400
_SHOWN = 60
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def parsed(data: bytes, subject: str) -> Any:
    """The value that `data` is the JSON of.

    Raises:
        MetricsError: It is too large or no JSON, has a key twice, a number that is none, or nests too deep.
    """
    if len(data) > LARGEST:
        raise MetricsError(f"{subject} is larger than {LARGEST >> 20} MiB", hint="Keep what is newest.")
    try:
        return json.loads(
            data, object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_refuse
        )
    except RecursionError:
        raise MetricsError(f"{subject} nests too deep") from None
    except json.JSONDecodeError as error:
        raise MetricsError(f"{subject} is no JSON: {error.msg}, in line {error.lineno}") from None
    except UnicodeDecodeError:
        raise MetricsError(f"{subject} is no JSON in UTF-8") from None
    except ValueError as error:
        raise MetricsError(f"{subject} {error}") from None


def found(document: Any, pointer: str) -> Any:
    """What an RFC 6901 JSON Pointer finds; None where there is nothing.

    Raises:
        MetricsError: It is no JSON Pointer.
    """
    if not _POINTER.fullmatch(pointer):
        raise MetricsError(
            f"the query {short(pointer)} is no JSON Pointer", hint="Write `/name`, or `/name/name`."
        )
    value = document
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and _INDEX.fullmatch(name) and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def escaped(value: str) -> str:
    """A word as a part of a JSON Pointer."""
    return value.replace("~", "~0").replace("/", "~1")


def number(value: Any, pointer: str) -> float | None:
    """A number that was found; None where there is nothing, or null.

    Raises:
        MetricsError: It is something else.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MetricsError(f"{short(pointer)} is no number, but {kind(value)}")
    return float(value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"has the key {short(key)} twice")
            seen.add(key)
    return made


def _number(text: str) -> float:
    value = float(text) if len(text) <= _LONGEST_NUMBER else float("inf")
    if not isfinite(value):
        raise ValueError("has a number that is too large")
    return value


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"holds {text}, which is no JSON; write null where there is no value")


def kind(value: Any) -> str:
    """What a value is, in words."""
    names = {bool: "true or false", str: "a text", list: "a list", int: "a number", float: "a number"}
    return names.get(type(value), "an object")


def short(text: str) -> str:
    """A text in quotes, for messages: printable, and not long."""
    shown = printable(text)
    return repr(shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…")
