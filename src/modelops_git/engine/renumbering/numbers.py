"""The number that this branch's version gets instead, by the rules of `register`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from modelops_git.core.catalog import Catalog
from modelops_git.core.versions import is_prerelease, parse
from modelops_git.engine.registering import numbering

if TYPE_CHECKING:
    from modelops_git.engine.registering.numbering import Line, Numbered
    from modelops_git.engine.registering.request import Numbering
    from modelops_git.engine.renumbering.sides import Sides

_LAST_NUMBER = re.compile(r"(0|[1-9][0-9]*)\Z")


def renumbered(sides: Sides, here: Catalog, asked: Numbering) -> tuple[Line, Numbered]:
    """What the version comes after now, and its number.

    Raises:
        UsageError: The number that is asked for is none, or there is no such parent.
        RefusedError: It is taken; nobody can tell which one is legal; or the version is the very same as one
            that is merged.
    """
    known = Catalog(sides.settled or sides.kept(here.snapshot))
    taken = frozenset(here.versions(sides.model))
    parent = asked.parent or _parent(sides, known)
    asked = replace(asked, parent=parent)
    if is_prerelease(sides.number) and not (asked.version or asked.bump):
        asked = replace(asked, version=_next_prerelease(sides.number, {*taken, *known.versions(sides.model)}))
    line = numbering.line_of(known, sides.model, asked, taken)
    numbered = numbering.choose(line, sides.mine.written)
    numbering.refuse_nothing_new(known, line, numbered.version, sides.mine.written)
    return line, numbered


def _parent(sides: Sides, known: Catalog) -> str:
    """The newest release (empty: which `line_of` takes), or theirs, where this is an older line.

    It is one where a higher release was there already when this version was registered.
    """
    mine = sides.mine.manifest
    for number in known.versions(sides.model):
        if is_prerelease(number) or parse(number) <= parse(sides.number):
            continue
        document = known.version(sides.model, number)
        if document and document.manifest.created_at < mine.created_at:
            return sides.number
    return ""


def _next_prerelease(number: str, taken: set[str]) -> str:
    """The next free pre-release of the same release: `1.2.0-rc.2` after `1.2.0-rc.1`."""
    text = number.partition("+")[0]
    while text in taken:
        match = _LAST_NUMBER.search(text.partition("-")[2])
        last = match[1] if match else ""
        text = f"{text[: len(text) - len(last)]}{int(last) + 1}" if last else f"{text}.1"
    return text
