"""What a scalar's text stands for: by JSON, by YAML 1.2, and by what other readers make of it."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelops_git.core.manifests.nodes import Style

_REMEMBERED = 64
"""The longest text, in characters, of which it is remembered what readers take it for."""
MAX_INTEGER = 2**53 - 1  # beyond it, readers that keep numbers as doubles lose digits
_LONGEST_INTEGER = len(str(MAX_INTEGER)) + 1
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<real>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)", re.ASCII)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_CORE_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_CORE_REAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)

# Everything that a plain scalar is resolved to by the types of YAML 1.1 (yaml.org/type), with what readers
# make of them, and by the core schema of YAML 1.2. The first expression that fits names the sense.
_NUMBER = "a number"
_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_CLOCK = r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
_ZONE = r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?"
_SENSES = tuple(
    (re.compile(pattern, re.ASCII), sense)
    for pattern, sense in (
        (r"|~|null|Null|NULL", "nothing (null)"),
        (r"y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF", "a boolean"),
        (r"true|True|TRUE|false|False|FALSE", "a boolean"),
        (r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?", _NUMBER),
        (r"[-+]?0(?:b[01_]+|o[0-7_]+|x[0-9a-fA-F_]+)", "a number"),
        (r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "infinity or not a number"),
        (r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", "a number in base 60"),
        (_DATE, "a date"),
        (rf"{_DATE}(?:[Tt]|[ \t]+){_CLOCK}{_ZONE}", "a time"),
        (r"=", "a default value"),
        (r"<<", "a merge key"),
    )
)
_FIRST = frozenset("~nNyYtTfFoO0123456789-+.=<")


def is_json_number(text: str) -> bool:
    """Whether `text` is a number by the grammar of JSON (RFC 8259), of whatever size."""
    return _JSON_NUMBER.fullmatch(text) is not None


def as_number(text: str) -> int | float:
    """The number that `text` is by the grammar of JSON: an int where it has neither fraction nor exponent.

    Raises:
        ValueError: It is none, too large for a double, or an integer beyond ±(2^53 - 1).
    """
    match = _JSON_NUMBER.fullmatch(text)
    if match is None:
        raise ValueError(f"{_shown(text)} is no number as JSON writes them.")
    return _finite(text) if match["real"] else _exact(text, 10)


def core_value(text: str, style: Style = "plain") -> str | float | bool | None:
    """What a scalar stands for by the YAML 1.2 core schema; whatever is quoted or a block is text.

    Raises:
        ValueError: It is a number that JSON does not have: NaN, infinity, or beyond what `as_number` takes.
    """
    if style != "plain":
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _CORE_INTEGER.fullmatch(text):
        return _exact(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is no finite number.")
    return _finite(text) if _CORE_REAL.fullmatch(text) else text


def ambiguity(text: str) -> str:
    """What some YAML reader takes the plain scalar `text` for if not for text; empty if all take it so."""
    if text and text[0] not in _FIRST:
        return ""
    if text.isascii() and text.isdigit():
        return _NUMBER
    return _sense(text) if len(text) <= _REMEMBERED else _sense.__wrapped__(text)


@lru_cache(4096)
def _sense(text: str) -> str:
    return next((sense for pattern, sense in _SENSES if pattern.fullmatch(text)), "")


def _exact(text: str, base: int) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").removeprefix("0o").removeprefix("0x").lstrip("0") or "0"
    # Python refuses to read integers of thousands of digits, with an error of its own.
    if len(digits) > _LONGEST_INTEGER or (value := int(digits, base)) > MAX_INTEGER:
        raise ValueError(f"{_shown(text)} is an integer beyond ±(2^53 - 1).")
    return sign * value


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{_shown(text)} is too large for a number.")
    return value


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")  # noqa: PLR2004 - as much as a line of text can bear
