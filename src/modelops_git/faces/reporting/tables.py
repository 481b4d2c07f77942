"""Small tables: columns as wide as their widest cell, two spaces between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.faces.reporting.lines import Span, Style, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.faces.reporting.lines import Line, Part

GAP = "  "


def table(header: Sequence[str], rows: Sequence[Sequence[Part]]) -> list[Line]:
    """`rows` below `header`, aligned to the left; no lines at all where there are no rows.

    Each row has as many cells as the header. The last column is not padded.
    """
    if not rows:
        return []
    heading: list[Part] = [Span(name, Style.FAINT) for name in header]
    return columns([heading, *rows])


def columns(rows: Sequence[Sequence[Part]]) -> list[Line]:
    """`rows` aligned, without a header."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return [_aligned(row, widths) for row in rows]


def _aligned(row: Sequence[Part], widths: Sequence[int]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for cell, room in zip(row[:-1], widths, strict=False):
        parts += [cell, " " * (room - width(cell)) + GAP]
    return (*parts, row[-1])
