"""Ordinary manifests, read fast: mappings and lists by indentation, values of one line.

Most of a version's text stands in its sister versions too. So a block is looked up by its words before it is
split into the blocks within it: at each position of a kind, the same text is read once. Whatever is not
ordinary (block scalars, escapes, anchors, odd indentation, anything that is wrong in any way) is left to the
full reader, which alone can say what and where. What is read here, the full reader reads alike, and finds
nothing wrong with; tests hold the two together on generated texts.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from modelops_git.core.manifests.flow import FLOW_STARTS, NO_PLACE, UnusualError, read_flow, scalar
from modelops_git.core.manifests.hidden import hidden_in_text
from modelops_git.core.manifests.nodes import MapNode
from modelops_git.core.manifests.reading import Reading
from modelops_git.core.manifests.scalars import ambiguity
from modelops_git.core.manifests.shape import (
    ChoiceShape,
    EitherShape,
    ListShape,
    MapShape,
    OpenShape,
    OptionalShape,
    PartShape,
    step,
)
from modelops_git.core.manifests.wording import Source

if TYPE_CHECKING:
    from modelops_git.core.manifests.base import Part
    from modelops_git.core.manifests.nodes import Node
    from modelops_git.core.manifests.shape import Shape

LONGEST = 65_536
"""The longest text that is ordinary, in characters."""
_LAST_COLUMN = 24
_MOST_KNOWN = 1024
_LONGEST_KNOWN = 1024

_SKIPPED = re.compile(r"^ *(?:#.*)?\n", re.MULTILINE)
_KEY = re.compile(r" *([A-Za-z_][A-Za-z0-9_./-]{0,127}):(?: +|$)", re.MULTILINE)
_PLAIN = re.compile(r"[^\s?:,\[\]{}#&*!|>'\"%@`-]|-[0-9.]")
_NOWHERE = Source("", MapNode({}, NO_PLACE, NO_PLACE, flow=False))


def read_ordinary(text: str, part: type[Part], most: int = LONGEST) -> dict[str, Any] | None:
    """The JSON that a manifest of the kind `part` stands for; None where the full reader has to see it.

    It has at most `most` characters.

    The value may share its parts with those of other manifests: nobody may change it.
    """
    if len(text) > most or "\t" in text or "\r" in text or next(hidden_in_text(text), None):
        return None
    if "#" in text or "\n\n" in text:
        text = _SKIPPED.sub("", text + "\n")
    try:
        return _top(part).mapping(text.rstrip("\n"), 0)
    except UnusualError:
        return None


@cache
def _top(part: type[Part]) -> _Position:
    return _Position(PartShape(part))


class _Position:
    """A position in the manifests of a kind, with what was read there; it forgets all when it is too much."""

    __slots__ = ("_below", "_is_choice", "_is_free", "_is_named", "_is_open", "_shape", "_within", "known")

    def __init__(self, shape: Shape) -> None:
        within = _unwrapped(shape)
        self._shape, self._within = shape, within
        self._below: dict[str, _Position] = {}
        self.known: dict[str, tuple[str, Any]] = {}
        # Asked thousands of times, so answered once.
        self._is_choice = isinstance(within, ChoiceShape)
        self._is_named = isinstance(within, PartShape | ChoiceShape)
        self._is_open = isinstance(within, OpenShape)
        self._is_free = isinstance(within, MapShape | OpenShape)

    def mapping(self, block: str, column: int) -> dict[str, Any]:
        """The mapping whose entries begin at `column` of the lines of `block`.

        Raises:
            UnusualError: It is none that is ordinary.
        """
        entries = _splits(column, "[^ -]").split(block)
        place = self._chosen(entries, column) if self._is_choice else self
        known, found = place.known, dict[str, Any]()
        for text in entries:
            key, value = known.get(text) or place.entry(text, column)
            if key in found:
                raise UnusualError
            found[key] = value
        return found

    def _listing(self, block: str, column: int) -> list[Any]:
        if not isinstance(self._within, ListShape | OpenShape):
            raise UnusualError
        items, position, known = _splits(column, "- ").split(block), self._at(""), self.known
        return [(known.get(item) or self._keep(item, "", position.item(item, column)))[1] for item in items]

    def entry(self, text: str, column: int) -> tuple[str, Any]:
        """The key and the value of an entry whose key stands at `column`."""
        line, _, rest = text.partition("\n")
        match = _KEY.match(line)
        if match is None or match.start(1) != column:
            raise UnusualError
        key, inline = match[1], _without_comment(line[match.end() :])
        if self._is_free and ambiguity(key):
            raise UnusualError
        position = self._at(key)
        if inline and rest:
            raise UnusualError
        value = position.block_below(rest, column) if rest else position.inline(inline)
        return self._keep(text, key, value)

    def block_below(self, block: str, column: int) -> Any:
        """The mapping or list on the lines below a key that stands at `column`."""
        inner = len(block) - len(block.lstrip(" "))
        if inner > _LAST_COLUMN:
            raise UnusualError
        if block[inner : inner + 2] == "- " and inner >= column:
            return self._listing(block, inner)
        if inner <= column:
            raise UnusualError
        return self.mapping(block, inner)

    def item(self, text: str, column: int) -> Any:
        """The item of a list whose dashes stand at `column`."""
        begin = column + 2
        if text[column:begin] != "- " or text[begin : begin + 1] in {" ", "-", ""}:
            raise UnusualError
        if _KEY.match(text, begin):
            return self.mapping(f"{'':{begin}}{text[begin:]}", begin)
        if "\n" in text:
            raise UnusualError
        return self.inline(_without_comment(text[begin:]))

    def inline(self, text: str) -> Any:
        """The value that is written as `text`, which may be empty, behind a key or a dash."""
        reading = Reading(_NOWHERE, 0)
        value = reading.read(_node(text), self._shape)
        if reading.dropped:
            raise UnusualError
        return value

    def _at(self, key: str) -> _Position:
        """The position of the value at `key`; that of a list's items at the empty one."""
        if self._is_open:
            return self
        name = key if self._is_named else ""
        if name not in self._below:
            self._below[name] = _Position(_stepped(self._within, key))
        return self._below[name]

    def _chosen(self, entries: list[str], column: int) -> _Position:
        """The position of the member that the tag names."""
        tag = f"{'':{column}}{cast('ChoiceShape', self._within).tag}: "
        words = [entry.removeprefix(tag).strip(" ") for entry in entries if entry.startswith(tag)]
        return self._at(words[0] if words else "")

    def _keep(self, text: str, key: str, value: Any) -> tuple[str, Any]:
        if len(text) <= _LONGEST_KNOWN:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            self.known[text] = key, value
        return key, value


def _stepped(shape: Shape, key: str) -> Shape:
    if isinstance(shape, ChoiceShape) and key in shape.parts:
        return shape.parts[key]
    if isinstance(shape, ListShape | MapShape) or (isinstance(shape, PartShape) and key in shape.fields):
        return step(shape, key)
    raise UnusualError


def _unwrapped(shape: Shape) -> Shape:
    """What a mapping or a list at a position of `shape` has to be of."""
    while isinstance(shape, OptionalShape | EitherShape):
        shape = shape.shape if isinstance(shape, OptionalShape) else shape.mapping
    return shape


def _without_comment(text: str) -> str:
    """A value's text without the comment behind it, if it has one."""
    if "#" in text:
        text = "" if text.startswith("#") else text.partition(" #")[0]
    return text.rstrip(" ")


def _node(text: str) -> Node:
    """The node that `text` is, by block context: nothing may follow it."""
    if text[:1] == '"' and text.find('"', 1) == len(text) - 1 > 0 and "\\" not in text:
        return scalar(text[1:-1], '"')
    if text[:1] in FLOW_STARTS:
        return read_flow(text)
    if text and (not _PLAIN.match(text) or ": " in text or text.endswith(":")):
        raise UnusualError
    return scalar(text, "")


@cache
def _splits(column: int, start: str) -> re.Pattern[str]:
    """Between the lines of a block that begin at `column` with `start`."""
    return re.compile(rf"\n(?= {{{column}}}{start})")
