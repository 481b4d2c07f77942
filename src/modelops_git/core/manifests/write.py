"""Writes manifests as YAML that every YAML reader takes for the same JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from modelops_git.core.clock import TIME
from modelops_git.core.manifests.hidden import escaped, hidden_in_value
from modelops_git.core.manifests.scalars import MAX_INTEGER, ambiguity
from modelops_git.core.manifests.tree import MAX_DEPTH

INDENT = "  "
_LONGEST_KEY = 1000  # YAML wants a key's colon within 1,024 characters, or a question mark before the key
_TIME_KEYS = frozenset({"from", "until"})
_NOT_PLAIN = re.compile(
    r"""
    \A (?: [\ ?:,\[\]{}\#&*!|>'"%@`] | -(?:\ |\Z) | --- | \.\.\. )   # begins as something else does
    | :\ | \ \# | [\t\n]                                             # holds the end of a key or a comment
    | [\ :] \Z
    """,
    re.VERBOSE,
)
_NOT_PLAIN_IN_FLOW = re.compile(r"[,\[\]{}]|\A-")
_NOT_LITERAL = re.compile(r"\A[ \t\n]|[ \t](?:\n|\Z)|\n\n\Z")  # its layout would be lost, or invisible


def dump(value: Mapping[str, Any]) -> str:
    """A mapping of JSON values as block-style YAML, in the order of its keys; each line ends with LF.

    A text is plain where no reader takes it for anything else; a time is plain at a key that says so (`from`,
    `until`, `…_at`); a text of several lines is a literal block where that keeps it as it is. A hidden
    character is written as an escape, which `read` then refuses.

    Raises:
        ValueError: A number is not finite or an integer beyond ±(2^53 - 1), a key is no text, a value is no
            JSON, or the nesting is deeper than 64.
    """
    return "\n".join(_mapping(value, "")) + "\n" if value else "{}\n"


def entry_lines(key: str, value: Any, indent: str) -> list[str]:
    """The lines of one entry of a block mapping whose keys stand behind `indent`; raises as `dump` does."""
    shown = key_text(key)
    is_long = len(shown) > _LONGEST_KEY
    lead = f"{indent}? {shown}\n{indent}:" if is_long else f"{indent}{shown}:"
    return "\n".join(_behind(lead, value, indent, key)).split("\n")


def flow_text(value: Any, *, key: str = "") -> str:
    """A JSON value on one line as it stands between brackets or braces; raises as `dump` does."""
    if isinstance(value, Mapping) and value:
        return "{" + ", ".join(flow_entry(name, each) for name, each in value.items()) + "}"
    if isinstance(value, list | tuple) and value:
        return "[" + ", ".join(flow_text(each) for each in value) + "]"
    return scalar_text(value, key=key, flow=True)


def flow_entry(key: str, value: Any) -> str:
    """One entry as it stands between braces; raises as `dump` does."""
    shown = key_text(key, flow=True)
    lead = "? " if len(shown) > _LONGEST_KEY else ""
    return f"{lead}{shown}: {flow_text(value, key=key)}"


def key_text(key: str, *, flow: bool = False) -> str:
    """A key on one line.

    Raises:
        ValueError: It is no text.
    """
    if not isinstance(key, str):
        raise ValueError(f"{key!r} is a {type(key).__name__}, and keys are texts.")  # noqa: TRY004 - as all here
    return scalar_text(key, flow=flow)


def scalar_text(value: Any, *, key: str = "", flow: bool = False) -> str:
    """A scalar, an empty list or an empty mapping on one line.

    Args:
        value: The value.
        key: The key whose value it is; empty if it has none.
        flow: Whether it stands between brackets or braces.

    Raises:
        ValueError: It is a number that manifests do not have, or no such value.
    """
    if isinstance(value, str):
        return value if _is_plain(value, key, flow=flow) else quoted(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping | list | tuple) and not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    raise ValueError(f"{type(value).__name__} is no JSON scalar.")


def literal_lines(text: str, indent: str) -> list[str]:
    """`text` as a literal block: its header, then its lines behind `indent`; empty where it cannot be one."""
    if "\n" not in text or _NOT_LITERAL.search(text) or hidden_in_value(text):
        return []
    lines = [indent + line if line else "" for line in text.removesuffix("\n").split("\n")]
    return ["|" if text.endswith("\n") else "|-", *lines]


def quoted(text: str) -> str:
    """`text` in double quotes, on one line."""
    return escaped(json.dumps(text, ensure_ascii=False))


def _mapping(value: Mapping[str, Any], indent: str) -> list[str]:
    if len(indent) >= MAX_DEPTH * len(INDENT):
        raise ValueError(f"There are more than {MAX_DEPTH} levels of nesting.")
    return [line for key, each in value.items() for line in entry_lines(key, each, indent)]


def _list(value: list[Any] | tuple[Any, ...], indent: str) -> list[str]:
    if len(indent) >= MAX_DEPTH * len(INDENT):
        raise ValueError(f"There are more than {MAX_DEPTH} levels of nesting.")
    return [line for each in value for line in _item(each, indent)]


def _item(value: Any, indent: str) -> list[str]:
    if not value or not isinstance(value, Mapping | list | tuple):
        return _behind(f"{indent}-", value, indent, "")
    inner = indent + INDENT
    lines = _mapping(value, inner) if isinstance(value, Mapping) else _list(value, inner)
    return [f"{indent}- {lines[0][len(inner) :]}", *lines[1:]]


def _behind(lead: str, value: Any, indent: str, key: str) -> list[str]:
    """The lines of a value that follows the colon or the dash at the end of `lead`."""
    inner = indent + INDENT
    if isinstance(value, str) and (lines := literal_lines(value, inner)):
        return [f"{lead} {lines[0]}", *lines[1:]]
    if isinstance(value, Mapping) and value:
        return [lead, *_mapping(value, inner)]
    if isinstance(value, list | tuple) and value:
        return [lead, *_list(value, inner)]
    return [f"{lead} {scalar_text(value, key=key)}"]


def _is_plain(text: str, key: str, *, flow: bool) -> bool:
    if TIME.fullmatch(text):
        return key in _TIME_KEYS or key.endswith("_at")
    if ambiguity(text) or _NOT_PLAIN.search(text) or hidden_in_value(text):
        return False
    return not (flow and _NOT_PLAIN_IN_FLOW.search(text))


def _number(value: float) -> str:
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError("An integer beyond ±(2^53 - 1) must be written as a text.")
        return str(int(value))
    if not math.isfinite(value):
        raise ValueError(f"{value} is no finite number.")
    text = repr(float(value))
    # With a point, YAML 1.1 sees a number too.
    return text.replace("e", ".0e") if "e" in text and "." not in text else text
