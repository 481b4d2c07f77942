"""JSON with comments, as editors keep their settings in: added to, with all else left as it is.

Comments, and commas that nothing follows, are overwritten with blanks. Python's own reader of JSON then says
where each value begins and ends in the text.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST = 1_000_000
_STRING = r'"(?:[^"\\\n]|\\.)*"?'
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/")
_LAST_COMMA = re.compile(rf"({_STRING})|,(?=\s*[}}\]])")
_SPACE = re.compile(r"\s*")
_READER = json.JSONDecoder()


class Item(NamedTuple):
    """One value in an object or a list: its key (empty in a list), and where it begins and ends."""

    key: str
    start: int
    end: int


class Addition(NamedTuple):
    """What is put in at an offset of a text."""

    at: int
    text: str


def read(text: str) -> Any:
    """The value that a text stands for; an empty object for a text without any.

    Raises:
        ValueError: It is not JSON with comments, too deep, or longer than `LONGEST`.
    """
    bare = _bare(text).lstrip("\ufeff")
    try:
        return json.loads(bare) if bare.strip() else {}
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def with_entries(text: str, name: str, entries: Mapping[str, str]) -> str:
    """`text`, an object, with `entries` in the object that is its value of `name`.

    An entry that is there with another value becomes a list of both. Comments, order and layout stay, and
    adding the same twice changes nothing.

    Raises:
        ValueError: As for `read`; or what is there is no such object.
    """
    known = read(text)
    if not isinstance(known, dict) or not isinstance(known.get(name, {}), dict):
        raise ValueError(f"it is no object with an object at {name}")  # noqa: TRY004 - the text is wrong, no type
    if not _bare(text).strip("\ufeff \t\r\n"):
        text += "{}\n" if text.endswith("\n") or not text else "\n{}\n"
    changed = _changed(text, _additions(text, name, entries))
    old = known.get(name, {})
    if read(changed) != {**known, name: {**old, **{key: _merged(old, key, entries[key]) for key in entries}}}:
        raise ValueError("it cannot be changed without losing something")
    return changed


def _merged(old: Mapping[str, Any], key: str, value: str) -> Any:
    before = old.get(key, value)
    if before == value or (isinstance(before, list) and value in before):
        return before
    return [*before, value] if isinstance(before, list) else [before, value]


def _bare(text: str) -> str:
    if len(text) > LONGEST:
        raise ValueError("it is too long")
    return _LAST_COMMA.sub(_blank, _COMMENT.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return match[0] if match[1] else re.sub(r"[^\n]", " ", match[0])


def _additions(text: str, name: str, entries: Mapping[str, str]) -> list[Addition]:
    bare = _bare(text)
    root = bare.index("{")
    inside = {item.key: item for item in _items(bare, root)[0]}.get(name)
    if inside is None:
        return _appended(
            text, root, [f"{_quoted(name)}: {json.dumps(entries, indent=2, ensure_ascii=False)}"]
        )
    there = {item.key: item for item in _items(bare, inside.start)[0]}
    lacking = [f"{_quoted(key)}: {_quoted(entries[key])}" for key in entries if key not in there]
    added = _appended(text, inside.start, lacking)
    for key in entries.keys() & there.keys():
        added += _widened(text, there[key], entries[key])
    return added


def _widened(text: str, item: Item, value: str) -> list[Addition]:
    """What makes a value a list that holds `value` too."""
    old = _READER.raw_decode(_bare(text), item.start)[0]
    if _merged({"": old}, "", value) == old:
        return []
    if isinstance(old, list):
        return _appended(text, item.start, [_quoted(value)])
    return [Addition(item.start, "["), Addition(item.end, f", {_quoted(value)}]")]


def _items(bare: str, start: int) -> tuple[list[Item], int]:
    """What is in the object or list that begins at `start`, and where its closing bracket is."""
    items = []
    at = _space(bare, start + 1)
    while bare[at] not in "}]":
        key = ""
        if bare[start] == "{":
            key, at = _READER.raw_decode(bare, at)
            at = _space(bare, _space(bare, at) + 1)
        _, end = _READER.raw_decode(bare, at)
        items.append(Item(key, at, end))
        at = _space(bare, end)
        at = _space(bare, at + 1) if bare[at] == "," else at
    return items, at


def _space(bare: str, at: int) -> int:
    found = _SPACE.match(bare, at)
    return found.end() if found else at


def _appended(text: str, start: int, values: Iterable[str]) -> list[Addition]:
    """What puts `values` at the end of the object or list that begins at `start`, a line for each."""
    items, close = _items(_bare(text), start)
    line = "\r\n" if "\r\n" in text else "\n"
    outer = _indentation(text, start)
    inner = _inner(text, start, items) or outer + ("\t" if "\t" in outer else "  ")
    rows = [value.replace("\n", line + inner) for value in values]
    if not rows:
        return []
    at = len(text[:close].rstrip())
    tail = "" if "\n" in text[at:close] else line + outer
    added = [Addition(at, ",".join(line + inner + row for row in rows) + tail)]
    is_open = bool(items) and "," not in _COMMENT.sub(_blank, text)[items[-1].end : close]
    return [Addition(items[-1].end, ","), *added] if is_open else added


def _indentation(text: str, at: int) -> str:
    """The blanks at the beginning of the line of an offset."""
    begins = text.rfind("\n", 0, at) + 1
    return text[begins : len(text) - len(text[begins:].lstrip(" \t"))]


def _inner(text: str, start: int, items: list[Item]) -> str:
    """The indentation of the first item, where that has a line of its own."""
    has_line = bool(items) and "\n" in text[start : items[0].start]
    return _indentation(text, items[0].start) if has_line else ""


def _changed(text: str, additions: list[Addition]) -> str:
    for addition in sorted(additions, key=lambda one: one.at)[::-1]:
        text = text[: addition.at] + addition.text + text[addition.at :]
    return text


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
