"""From a YAML parser's events to nodes; what manifests do not have is refused on the way."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from yaml.events import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

from modelops_git.core.manifests.defects import Defects, shown
from modelops_git.core.manifests.nodes import Entry, ListNode, MapNode, Node, ParserMark, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 64
MAX_KEY = 1024  # as long as YAML lets a key be that no `?` announces
_parts = attrgetter("value", "style", "start_mark", "end_mark")
_QUOTE = 'If a text is meant, put it in double quotes: "…".'


class UnreadableError(Exception):
    """Nothing behind this place is worth reading; the defect is noted."""


class Builder:
    """Builds one document's nodes.

    The functions recurse, at most `MAX_DEPTH` deep.
    """

    __slots__ = ("_defects", "_take")

    def __init__(self, take: Callable[[], Any], defects: Defects) -> None:
        self._take = take
        self._defects = defects

    def node(self, event: Any, depth: int) -> Node:
        """The node that begins with `event`, `depth` collections deep.

        Raises:
            UnreadableError: More than `MAX_DEPTH` collections lie in each other, or a key is no text.
        """
        if event.__class__ is ScalarEvent:
            return self._scalar(event)
        if event.__class__ is AliasEvent:
            return self._alias(event)
        self._refuse_properties(event)
        if depth == MAX_DEPTH:
            self._stop("MOG108", event, f"More than {MAX_DEPTH} levels of nesting.", "Make it flatter.")
        if event.__class__ is MappingStartEvent:
            return self._mapping(event, depth + 1)
        return self._list(event, depth + 1)

    def _mapping(self, opening: Any, depth: int) -> MapNode:
        take, scalar = self._take, self._scalar
        entries: dict[str, Entry] = {}
        while (event := take()).__class__ is not MappingEndEvent:
            key = scalar(event) if event.__class__ is ScalarEvent else self._odd_key(event)
            if len(key.value) > MAX_KEY:
                self._long_key(event, key)
            event = take()
            value = scalar(event) if event.__class__ is ScalarEvent else self.node(event, depth)
            if key.value in entries:
                self._duplicate(entries[key.value].key, key)
            else:
                entries[key.value] = Entry(key, value)
        if "<<" in entries:
            self._check_merge(entries["<<"].key)
        first = opening.start_mark
        final = next(reversed(entries.values())).value if entries else None
        return MapNode(entries, first, _last(event, final, first), opening.flow_style)

    def _list(self, opening: Any, depth: int) -> ListNode:
        take, scalar = self._take, self._scalar
        items: list[Node] = []
        while (event := take()).__class__ is not SequenceEndEvent:
            items.append(scalar(event) if event.__class__ is ScalarEvent else self.node(event, depth))
        first = opening.start_mark
        return ListNode(
            tuple(items), first, _last(event, items[-1] if items else None, first), opening.flow_style
        )

    def _scalar(self, event: Any) -> Scalar:
        if event.tag is not None or event.anchor is not None:
            self._refuse_properties(event)
        return tuple.__new__(Scalar, _parts(event))

    def _odd_key(self, event: Any) -> Scalar:
        if event.__class__ is not AliasEvent:
            self._stop("MOG102", event, "A key must be a text, not a list or a mapping.", _QUOTE)
        return self._alias(event)

    def _long_key(self, event: Any, key: Scalar) -> None:
        message = f"This key has {len(key.value):,} characters; {MAX_KEY:,} is the most."
        self._stop("MOG108", event, message, "Make it shorter.")

    def _check_merge(self, key: Scalar) -> None:
        if key.style == "plain":
            message = "The merge key `<<` is not allowed in manifests."
            self._defects.add("MOG105", key.start.offset, message, "Write the keys out.")

    def _alias(self, event: Any) -> Scalar:
        message = f"The alias {shown('*' + event.anchor)} is not allowed in manifests."
        hint = f"Write the value out. {_QUOTE}"
        self._defects.add("MOG104", event.start_mark.index, message, hint)
        return Scalar("", "", event.start_mark, event.end_mark)

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            message = f"The anchor {shown('&' + event.anchor)} is not allowed in manifests."
            self._defects.add("MOG104", event.start_mark.index, message, f"Remove it. {_QUOTE}")
        if event.tag is not None:
            message = f"The tag {shown(event.tag)} is not allowed in manifests."
            self._defects.add("MOG106", event.start_mark.index, message, f"Remove it. {_QUOTE}")

    def _duplicate(self, first: Scalar, second: Scalar) -> None:
        if self._defects.is_full:
            return
        one, other = first.start.line, second.start.line
        lines = f"line {one}" if one == other else f"lines {one} and {other}"
        message = f"The key {shown(second.value)} is written twice, in {lines}."
        self._defects.add("MOG103", second.start.offset, message, "Keep one of the two.")

    def _stop(self, code: str, event: Any, message: str, hint: str) -> None:
        self._defects.add(code, event.start_mark.index, message, hint)
        raise UnreadableError


def _last(closing: Any, content: Node | None, first: ParserMark) -> ParserMark:
    """Behind the bracket; without one, behind the content: a parser notices a block's end much later."""
    end: ParserMark = closing.end_mark
    if closing.start_mark.index != end.index:
        return end
    return first if content is None else content.last
