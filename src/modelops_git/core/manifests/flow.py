"""Values of one line in brackets, braces or quotes, read to nodes without places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelops_git.core.manifests.nodes import Entry, ListNode, MapNode, Scalar

if TYPE_CHECKING:
    from modelops_git.core.manifests.nodes import Node

FLOW_STARTS = frozenset("[{\"'")
_DEEPEST = 8
_LETTER = r"[A-Za-z0-9_./^~$+]"
_WORD = rf"{_LETTER}(?:[A-Za-z0-9_./^~$+*<=()-]| +(?={_LETTER}))*|-[0-9][0-9.]*"
_TOKEN = re.compile(rf""" *(?:([\[\]{{}},])|({_WORD})|"([^"\\]*)"|'([^']*)')(: +)?""")
_BLANKS = re.compile(" *")


class _NoPlace:
    """The mark of what is read without places."""

    index = line = column = 0


NO_PLACE = _NoPlace()


class UnusualError(Exception):
    """The text is not ordinary; the full reader has to see it."""


def scalar(value: str, indicator: str) -> Scalar:
    """A scalar without a place."""
    return Scalar(value, indicator, NO_PLACE, NO_PLACE)


def read_flow(text: str) -> Node:
    """The node that the whole of `text` is: a list, a mapping, or a text in quotes.

    Raises:
        UnusualError: It is none, or one that is not ordinary.
    """
    tokens = _Tokens(text)
    node = tokens.node(0)
    if tokens.left():
        raise UnusualError
    return node


class _Tokens:
    """What is left of a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def left(self) -> str:
        """The text that was not read."""
        return self._text[self._at :]

    def node(self, depth: int) -> Node:
        """The value that begins here."""
        token = self._next()
        if token[1] == "[" and depth < _DEEPEST:
            return self._list(depth + 1)
        if token[1] == "{" and depth < _DEEPEST:
            return self._mapping(depth + 1)
        if token[5]:
            raise UnusualError
        return _scalar(token)

    def _next(self) -> re.Match[str]:
        match = _TOKEN.match(self._text, self._at)
        if match is None or (match[1] and match[5]):
            raise UnusualError
        self._at = match.end()
        return match

    def _list(self, depth: int) -> ListNode:
        items: list[Node] = []
        if not self._ends("]"):
            items.append(self.node(depth))
            while self._goes_on("]"):
                items.append(self.node(depth))
        return ListNode(tuple(items), NO_PLACE, NO_PLACE, flow=True)

    def _mapping(self, depth: int) -> MapNode:
        entries: dict[str, Entry] = {}
        if not self._ends("}"):
            self._entry(entries, depth)
            while self._goes_on("}"):
                self._entry(entries, depth)
        return MapNode(entries, NO_PLACE, NO_PLACE, flow=True)

    def _entry(self, entries: dict[str, Entry], depth: int) -> None:
        token = self._next()
        key = _scalar(token)
        if not token[5] or key.value in entries:
            raise UnusualError
        entries[key.value] = Entry(key, self.node(depth))

    def _ends(self, bracket: str) -> bool:
        """Whether the closing bracket is next, which is then read."""
        match = _BLANKS.match(self._text, self._at)
        ends = match is not None and self._text.startswith(bracket, match.end())
        if ends:
            self._next()
        return ends

    def _goes_on(self, bracket: str) -> bool:
        """Whether a comma is next and no closing bracket."""
        sign = self._next()[1]
        if sign not in {",", bracket}:
            raise UnusualError
        return sign == ","


def _scalar(token: re.Match[str]) -> Scalar:
    if token[1]:
        raise UnusualError
    if token[2] is not None:
        return scalar(token[2], "")
    return scalar(token[3], '"') if token[3] is not None else scalar(token[4], "'")
