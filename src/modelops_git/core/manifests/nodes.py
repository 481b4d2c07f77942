"""What YAML text is made of: scalars, mappings and lists, each with its place in the text.

Nodes are named tuples, not frozen dataclasses, and make their places when asked: a manifest has hundreds,
few are asked, and a third of the time of reading it is saved.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, Protocol, TypeAlias

Style = Literal["plain", "single", "double", "literal", "folded"]
_STYLES: dict[str, Style] = {"": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded"}
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


class Mark(NamedTuple):
    """A place in a text.

    Attributes:
        offset: How many characters lie before it.
        line: From 1.
        column: From 1, in characters.
    """

    offset: int
    line: int
    column: int


class ParserMark(Protocol):
    """A place as YAML parsers give it: all numbers from 0."""

    index: int
    line: int
    column: int


class Scalar(NamedTuple):
    """A text, however written.

    Attributes:
        value: What it says, without quotes and escapes.
        indicator: The character that it begins with if that tells its style; none or empty if it is plain.
        first: The parser's mark of its first character.
        last: The parser's mark behind its last character.
    """

    value: str
    indicator: str | None
    first: ParserMark
    last: ParserMark

    @property
    def style(self) -> Style:
        """How it is written."""
        return _STYLES[self.indicator or ""]

    @property
    def start(self) -> Mark:
        """The place of its first character, which may be a quote."""
        return mark(self.first)

    @property
    def end(self) -> Mark:
        """The place behind its last character; behind the line break for literal and folded ones."""
        return mark(self.last)


class Entry(NamedTuple):
    """One key of a mapping, with its value."""

    key: Scalar
    value: Node


class MapNode(NamedTuple):
    """A mapping; no key occurs twice.

    Attributes:
        by_key: Its entries by their keys, in the order of the text.
        first: The parser's mark of the first key or of the brace.
        last: The parser's mark behind the last value or the brace.
        flow: Whether it is written as `{a: 1}`.
    """

    by_key: dict[str, Entry]
    first: ParserMark
    last: ParserMark
    flow: bool

    @property
    def entries(self) -> tuple[Entry, ...]:
        """In the order of the text."""
        return tuple(self.by_key.values())

    @property
    def start(self) -> Mark:
        """The place of the first key or of the brace."""
        return mark(self.first)

    @property
    def end(self) -> Mark:
        """The place behind the last value or the brace."""
        return mark(self.last)

    def entry(self, key: str) -> Entry | None:
        """The entry of `key`."""
        return self.by_key.get(key)


class ListNode(NamedTuple):
    """A list.

    Attributes:
        items: In the order of the text.
        first: The parser's mark of the first dash or of the bracket.
        last: The parser's mark behind the last item or the bracket.
        flow: Whether it is written as `[a, b]`.
    """

    items: tuple[Node, ...]
    first: ParserMark
    last: ParserMark
    flow: bool

    @property
    def start(self) -> Mark:
        """The place of the first dash or of the bracket."""
        return mark(self.first)

    @property
    def end(self) -> Mark:
        """The place behind the last item or the bracket."""
        return mark(self.last)


Node: TypeAlias = Scalar | MapNode | ListNode


def mark(place: ParserMark) -> Mark:
    """A parser's mark as people count."""
    return Mark(place.index, place.line + 1, place.column + 1)


def locate(root: Node, pointer: str) -> Node | None:
    """The node at an RFC 6901 pointer; none where it leads nowhere or is no pointer."""
    tokens = _tokens(pointer)
    node: Node | None = None if tokens is None else root
    for token in tokens or ():
        node = _child(node, token)
    return node


def key_at(root: Node, pointer: str) -> Scalar | None:
    """The key of the value at an RFC 6901 pointer; none for the root and the items of lists."""
    entry = entry_at(root, pointer)
    return entry.key if entry else None


def entry_at(root: Node, pointer: str) -> Entry | None:
    """The entry of the value at an RFC 6901 pointer; none for the root and the items of lists."""
    above, slash, token = pointer.rpartition("/")
    parent = locate(root, above) if slash else None
    return parent.entry(_unescaped(token)) if isinstance(parent, MapNode) else None


def _tokens(pointer: str) -> list[str] | None:
    first, *tokens = pointer.split("/")
    return [_unescaped(token) for token in tokens] if not first else None


def _unescaped(token: str) -> str:
    return token.replace("~1", "/").replace("~0", "~")


def _child(node: Node | None, token: str) -> Node | None:
    if isinstance(node, MapNode):
        entry = node.entry(token)
        return entry.value if entry else None
    if isinstance(node, ListNode) and _INDEX.fullmatch(token) and int(token) < len(node.items):
        return node.items[int(token)]
    return None
