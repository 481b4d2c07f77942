"""Changes to a manifest's text that leave its comments, its layout and its line breaks as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from modelops_git.core.errors import RefusedError
from modelops_git.core.findings import Edit
from modelops_git.core.manifests.layout import (
    content_end,
    has_room_below,
    header_comment,
    line_break,
    line_end,
    line_start,
)
from modelops_git.core.manifests.nodes import Entry, ListNode, MapNode, Node, Scalar, entry_at, locate
from modelops_git.core.manifests.scalars import ambiguity
from modelops_git.core.manifests.write import (
    INDENT,
    dump,
    entry_lines,
    flow_entry,
    literal_lines,
    scalar_text,
)
from modelops_git.core.manifests.yamltext import read

if TYPE_CHECKING:
    from collections.abc import Iterable

_TO_COLON = re.compile(r"\s*:")


class Source(Protocol):
    """A text that was read: a `Read` with a root, or a `Document`."""

    @property
    def path(self) -> str:
        """The file."""

    @property
    def text(self) -> str:
        """Its text, with its own line breaks."""

    @property
    def root(self) -> Node | None:
        """What was read from the text."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all edits made, whatever their order; offsets are those of `text`.

    Raises:
        ValueError: Two edits overlap, are of different files, or reach beyond the text.
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end, edit.text))
    if len({edit.path for edit in ordered}) > 1:
        raise ValueError("edits of several files cannot be made in one text")
    pieces, done = [], 0
    for edit in ordered:
        if not done <= edit.start <= edit.end <= len(text):
            raise ValueError(f"the edit of {edit.start} to {edit.end} overlaps another or leaves the text")
        pieces += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*pieces, text[done:]])


def replace_value(source: Source, pointer: str, value: Any) -> tuple[Edit, ...]:
    """The edits that write a scalar for the value at a pointer, as `dump` would; a trailing comment stays.

    Raises:
        LookupError: There is nothing at the pointer, or it is the root.
        ValueError: `value` is no scalar of JSON.
    """
    root, text = _root(source), source.text
    node, parent = locate(root, pointer), locate(root, pointer.rpartition("/")[0])
    if node is None or parent is None or not pointer:
        raise LookupError(f"{source.path} has no value at {pointer or 'the root'!r} to replace")
    entry = entry_at(root, pointer)
    flow = _in_flow(root, pointer)
    written = scalar_text(value, key=entry.key.value if entry else "", flow=flow)
    if isinstance(node, Scalar):
        if not flow and isinstance(value, str):
            written = _as_block(source, node, parent, value) or written + header_comment(text, node)
        return (_replaced_scalar(source, node, entry, written),)
    if node.flow or entry is None:
        end = content_end(text, node) if node.flow else line_end(text, content_end(text, node))
        return (Edit(source.path, node.first.index, end, written),)
    return _replaced_block(source, entry, written)


def insert_after(source: Source, pointer: str, key: str, value: Any) -> tuple[Edit, ...]:
    """The edits that add an entry to a mapping, behind the one that `pointer` leads to.

    Raises:
        LookupError: There is no entry at the pointer.
        ValueError: The mapping has such a key, or `value` is no JSON.
        RefusedError: The text is laid out in a way that this cannot be added to.
    """
    root = _root(source)
    above, parent, sibling = _surroundings(source, pointer)
    if parent.entry(key):
        raise ValueError(f"{source.path} has a key {key!r} there already")
    at = content_end(source.text, sibling.value)
    if _in_flow(root, pointer):
        edit = Edit(source.path, at, at, f", {flow_entry(key, value)}")
    else:
        edit = _inserted_lines(source, at, entry_lines(key, value, " " * parent.first.column))
    wanted = read(dump({key: value}).encode(), source.path).root
    return _checked(source, (edit,), f"{above}/{_escaped(key)}", wanted.entries[0] if wanted else None)


def remove_key(source: Source, pointer: str) -> tuple[Edit, ...]:
    """The edits that take an entry out of a mapping; one without entries becomes `{}`.

    Raises:
        LookupError: There is no entry at the pointer.
        RefusedError: The text is laid out in a way that nothing can be taken out of.
    """
    _, parent, entry = _surroundings(source, pointer)
    if parent.flow:
        edit = _without_in_flow(source, parent, entry)
    elif len(parent.by_key) == 1:
        edit = Edit(source.path, parent.first.index, content_end(source.text, parent), "{}")
    else:
        edit = _without_lines(source, parent, entry)
    return _checked(source, (edit,), pointer, None)


def _root(source: Source) -> Node:
    if source.root is None:
        raise LookupError(f"{source.path} could not be read")
    return source.root


def _surroundings(source: Source, pointer: str) -> tuple[str, MapNode, Entry]:
    root, above = _root(source), pointer.rpartition("/")[0]
    parent, entry = locate(root, above), entry_at(root, pointer)
    if entry is None or not isinstance(parent, MapNode):
        raise LookupError(f"{source.path} has no entry at {pointer!r}")
    return above, parent, entry


def _in_flow(root: Node, pointer: str) -> bool:
    """Whether brackets or braces are around the value at the pointer."""
    while pointer:
        pointer = pointer.rpartition("/")[0]
        node = locate(root, pointer)
        if isinstance(node, MapNode | ListNode) and node.flow:
            return True
    return False


def _as_block(source: Source, node: Scalar, parent: Node, value: str) -> str:
    """`value` as a literal block in the place of `node`; empty where it cannot be one there."""
    text, end = source.text, content_end(source.text, node)
    comment = header_comment(text, node)
    indent = " " * parent.first.column + INDENT
    lines = literal_lines(value, indent)
    if not lines or text[end : line_end(text, end)].strip() or not has_room_below(text, end, len(indent)):
        return ""
    return line_break(text).join([lines[0] + comment, *lines[1:]])


def _replaced_scalar(source: Source, node: Scalar, entry: Entry | None, written: str) -> Edit:
    start, end = node.first.index, content_end(source.text, node)
    if start < end:
        return Edit(source.path, start, end, written)
    # An empty scalar: it lies right behind its colon or dash, or before what follows, or has no colon at all.
    key_end = entry.key.last.index if entry else start
    gap = re.sub(r"#.*", "", source.text[key_end:start])
    if entry and ":" not in gap:
        return Edit(source.path, key_end, key_end, f": {written}")
    space = "" if source.text[start - 1].isspace() else " "
    return Edit(source.path, start, start, space + written)


def _replaced_block(source: Source, entry: Entry, written: str) -> tuple[Edit, ...]:
    """Writes behind the colon and removes the lines below it."""
    match = _TO_COLON.match(source.text, entry.key.last.index)
    if match is None:
        raise RefusedError(*_unusual(source))
    below = line_end(source.text, match.end())
    end = line_end(source.text, content_end(source.text, entry.value))
    return (
        Edit(source.path, match.end(), match.end(), f" {written}"),
        Edit(source.path, below, end, ""),
    )


def _inserted_lines(source: Source, offset: int, lines: list[str]) -> Edit:
    at, end = line_end(source.text, offset), line_break(source.text)
    last = end if at == len(source.text) else ""
    return Edit(source.path, at, at, end + end.join(lines) + last)


def _without_in_flow(source: Source, parent: MapNode, entry: Entry) -> Edit:
    index = parent.entries.index(entry)
    start, end = entry.key.first.index, content_end(source.text, entry.value)
    if index + 1 < len(parent.entries):
        end = parent.entries[index + 1].key.first.index
    elif index:
        start = content_end(source.text, parent.entries[index - 1].value)
    return Edit(source.path, start, end, "")


def _without_lines(source: Source, parent: MapNode, entry: Entry) -> Edit:
    start, end = line_start(source.text, entry.key.first.index), content_end(source.text, entry.value)
    if not source.text[start : entry.key.first.index].strip():
        return Edit(source.path, start, source.text.find("\n", end) + 1 or len(source.text), "")
    behind = parent.entries[parent.entries.index(entry) + 1 :]
    end = behind[0].key.first.index if behind else line_end(source.text, end)
    return Edit(source.path, entry.key.first.index, end, "")


def _checked(source: Source, edits: tuple[Edit, ...], pointer: str, wanted: Entry | None) -> tuple[Edit, ...]:
    """The edits, if they make the entry at the pointer what is wanted and change nothing else."""
    root = _root(source)
    after = read(apply_edits(source.text, edits).encode(), source.path).root
    made = entry_at(after, pointer) if after else None
    same_rest = after and _outline(root, entry_at(root, pointer)) == _outline(after, made)
    if not same_rest or (made and _outline(made.value)) != (wanted and _outline(wanted.value)):
        raise RefusedError(*_unusual(source))
    return edits


def _unusual(source: Source) -> tuple[str]:
    return (
        f"{source.path} is laid out in a way that cannot be edited without rewriting it; edit it by hand",
    )


def _outline(node: Node, without: Entry | None = None) -> Any:
    """What a node says, whatever its layout, but for one entry."""
    if isinstance(node, Scalar):
        return node.value, node.style == "plain" and bool(ambiguity(node.value))
    if isinstance(node, ListNode):
        return ["list", *(_outline(item, without) for item in node.items)]
    return {entry.key.value: _outline(entry.value, without) for entry in node.entries if entry is not without}


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
