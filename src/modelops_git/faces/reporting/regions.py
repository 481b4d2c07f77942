"""Where something is in a text, as SARIF says it: lines and columns from 1, in characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelops_git.core.findings import Edit, Place


def region_of_place(place: Place) -> dict[str, Any]:
    """`{"region": ...}` of what a finding points to; empty where it is about the whole file."""
    if not place.line:
        return {}
    column = {"startColumn": place.column} if place.column else {}
    return {"region": {"startLine": place.line, **column}}


def region_of_edit(text: str, edit: Edit) -> dict[str, int]:
    """What an edit of `text` replaces; empty in itself for an insertion.

    By lines and columns, as viewers read them; the column of the end is the one behind the last character.
    """
    start_line, start_column = _position(text, edit.start)
    end_line, end_column = _position(text, edit.end)
    return {
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _position(text: str, offset: int) -> tuple[int, int]:
    begins = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - begins + 1
