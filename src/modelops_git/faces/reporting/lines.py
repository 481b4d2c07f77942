"""Lines of text for a terminal, safe whatever they quote.

Everything read from a repository is hostile: a name may hold escape sequences that recolour, retitle or
erase a terminal. So lines are built of parts, and `render` is the one place that makes a string of them:
it escapes every character that does not print, and only then adds the colours that *we* chose.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Style(StrEnum):
    """What a part means; a terminal shows it as a colour."""

    GOOD = "green"
    BAD = "red"
    WARN = "yellow"
    STRONG = "bold"
    FAINT = "dim"


_SGR = {Style.GOOD: "32", Style.BAD: "1;31", Style.WARN: "33", Style.STRONG: "1", Style.FAINT: "2"}


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line that is styled."""

    text: str
    style: Style


Part: TypeAlias = str | Span
Line: TypeAlias = Part | tuple[Part, ...]


def printable(text: str) -> str:
    r"""`text` with every character that does not print as its escape (`\x1b`, `\n`, `\u202e`).

    Control characters, bidirectional overrides, zero-width characters and lone surrogates are escaped.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def render(line: Line, *, colour: bool) -> str:
    """`line` as the string that a terminal or a pipe gets, without a line feed."""
    parts = line if isinstance(line, tuple) else (line,)
    return "".join(_rendered(part, colour=colour) for part in parts)


def _rendered(part: Part, *, colour: bool) -> str:
    if isinstance(part, str):
        return printable(part)
    text = printable(part.text)
    return f"\x1b[{_SGR[part.style]}m{text}\x1b[0m" if colour and text else text


def hint_lines(hint: str) -> list[Line]:
    """What to do, or what a hook said, which may have several lines; nothing where there is no hint."""
    first, *others = hint.splitlines() or [""]
    if not hint:
        return []
    return [(Span("hint", Style.STRONG), f": {first}"), *(f"      {row}" for row in others)]


def clipped(text: str, limit: int) -> str:
    """`text`, or its first `limit` characters with an ellipsis behind them."""
    return text if len(text) <= limit else text[:limit] + "…"


def width(part: Part) -> int:
    """How many columns of a terminal `part` takes."""
    text = printable(part if isinstance(part, str) else part.text)
    return len(text) if text.isascii() else sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    # Marks that stand on the character before, and the later letters of a Hangul syllable.
    if unicodedata.category(char) in {"Mn", "Me"} or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
