"""Tables, folds, and a document that is never longer than it may be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.faces.reporting.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LIMIT = 60_000
"""Bytes of a comment in UTF-8, so that it has fewer characters however those are counted."""
_ROOM_FOR_REST = 1_000


class Part(NamedTuple):
    """A piece of the document that is there as a whole or not at all.

    Attributes:
        text: Markdown, without empty lines around it.
        rank: How soon it is left out: the higher, the sooner; 0 is always there.
        noun: What it is, for the sentence that counts what was left out.
    """

    text: str
    rank: int = 0
    noun: str = "section"


class Section(NamedTuple):
    """Parts that belong together, folded where there is a title.

    Attributes:
        parts: In their order; without any the section itself is left out.
        title: HTML for the fold; empty where nothing is folded.
        is_open: Whether the fold is open at first.
    """

    parts: tuple[Part, ...]
    title: str = ""
    is_open: bool = False


def document(sections: Iterable[Section], rest: str, limit: int = LIMIT) -> str:
    """The sections as one text that is shorter than `limit` bytes.

    Where not all of it fits, whole parts are left out, those of the highest rank first, and of one rank the
    last first; a sentence then says what was left out, with `rest`, which says where it is to be had.
    """
    given = list(sections)
    parts = [(part.rank, at, index) for at, one in enumerate(given) for index, part in enumerate(one.parts)]
    chosen: set[tuple[int, int]] = set()
    opened: set[int] = set()
    room = limit - _ROOM_FOR_REST - len(rest.encode())
    full: int | None = None
    for rank, at, index in sorted(parts):
        size = _size(given[at].parts[index]) + (0 if at in opened else _frame(given[at]))
        if rank and (size > room or (full is not None and rank > full)):
            full = rank if full is None else full
            continue
        room -= size
        chosen.add((at, index))
        opened.add(at)
    shown = [
        _rendered(one, [i for i in range(len(one.parts)) if (at, i) in chosen])
        for at, one in enumerate(given)
    ]
    left = Counter(given[at].parts[index].noun for _, at, index in parts if (at, index) not in chosen)
    return "\n\n".join([*filter(None, shown), *([_left_out(left, rest)] if left else [])]) + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> str:
    """A table of cells that are Markdown already; the columns numbered `right` are aligned to the right."""
    turned = set(right)
    rule = ["--:" if number in turned else ":--" for number in range(len(header))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))


def bounded(rows: Iterable[Sequence[str]], room: int) -> list[Sequence[str]]:
    """The first of `rows`, as many as take less than `room` bytes together."""
    kept: list[Sequence[str]] = []
    for row in rows:
        room -= sum(len(cell.encode()) + 3 for cell in row)
        if room < 0:
            break
        kept.append(row)
    return kept


def heading(text: str, level: int = 3) -> str:
    """A heading."""
    return f"{'#' * level} {text}"


def _rendered(section: Section, indexes: list[int]) -> str:
    if not indexes:
        return ""
    body = "\n\n".join(section.parts[index].text for index in indexes)
    if not section.title:
        return body
    opened = "<details open>" if section.is_open else "<details>"
    return f"{opened}\n<summary>{section.title}</summary>\n\n{body}\n\n</details>"


def _size(part: Part) -> int:
    return len(part.text.encode()) + 2


def _frame(section: Section) -> int:
    return len(section.title.encode()) + 70 if section.title else 2


def _left_out(left: Counter[str], rest: str) -> str:
    said = ", ".join(counted(number, noun) for noun, number in sorted(left.items()))
    return f"_Left out, so that this is no longer than a comment may be: {said}. {rest}_"
