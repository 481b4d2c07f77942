"""A line of a file with a caret below, and sentences, as wide as a terminal bears.

A quoted line must never be broken by the terminal: the caret would then stand below something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.faces.reporting.lines import Span, Style, printable, width

if TYPE_CHECKING:
    from modelops_git.faces.reporting.lines import Line

WIDEST = 100
NARROWEST = 20
_CUT = "…"


def excerpt(text: str, place: tuple[int, int], room: int) -> list[Line]:
    """A line quoted with its number, and a caret below its column.

    Args:
        text: The line.
        place: Its number and the column, from 1; column 0 for no caret.
        room: How many columns of a terminal there are in all; 0 for as many as are pleasant to read.
    """
    number, column = place
    margin = f"  {number} | "
    free = min(WIDEST, max(NARROWEST, room - len(margin))) if room else WIDEST
    shown, caret = _around(text, max(column - 1, 0), free)
    quoted: Line = (Span(margin, Style.FAINT), shown)
    below: Line = (
        Span(f"  {' ' * len(str(number))} | ", Style.FAINT),
        " " * caret,
        Span("^", Style.BAD),
    )
    return [quoted, below] if column else [quoted]


def wrapped(before: str, text: str, room: int) -> list[Line]:
    """`text` behind `before`, in lines that a terminal of `room` columns need not break; as it is for 0.

    A word that is longer than a line, such as a path, stays whole, so that it can be copied.
    """
    first, *words = text.split(" ")
    lines = [before + first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if not room or width(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(" " * len(before) + word)
    return [*lines]


def _around(text: str, at: int, room: int) -> tuple[str, int]:
    """What is shown of `text` such that the character at `at` is seen, and how far to the right that stands.

    What does not fit is cut off, with an ellipsis in its place.
    """
    at = min(at, len(text))
    if len(text) < room and width(text) < room:
        return printable(text), width(text[:at])
    # No more characters are looked at than there are columns, so that a line of a megabyte costs nothing.
    left = _last(text[max(0, at - room) : at], room * 3 // 5)
    left = left if len(left) == at else _CUT + left
    right, space = text[at : at + room], room - width(left)
    if len(right) < len(text) - at or width(right) > space:
        right = _first(right, space - 1) + _CUT
    return printable(left + right), width(left)


def _last(text: str, room: int) -> str:
    """As much of the end of `text` as fits."""
    while width(text) > room:
        text = text[1:]
    return text


def _first(text: str, room: int) -> str:
    """As much of the beginning of `text` as fits, at least one character."""
    while len(text) > 1 and width(text) > room:
        text = text[:-1]
    return text
