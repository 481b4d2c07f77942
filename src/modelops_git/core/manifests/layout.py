"""Where things begin and end in a manifest's text, as someone who edits it by hand sees it."""

from __future__ import annotations

import re

from modelops_git.core.manifests.nodes import ListNode, MapNode, Node, Scalar

_HEADER = re.compile(r"[|>](?P<how>[-+0-9]*)(?P<comment>[ \t]+#[^\r\n]*)?")


def line_break(text: str) -> str:
    """The line break that the text uses: that of its first line."""
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def line_start(text: str, offset: int) -> int:
    """The offset of the first character of the line of `offset`."""
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """The offset behind the last character of the line of `offset`, before its line break."""
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if end > offset and text[end - 1] == "\r" else end


def content_end(text: str, node: Node) -> int:
    """The offset behind what a node says; blank lines and comments behind it do not belong to it."""
    if isinstance(node, MapNode) and not node.flow and node.by_key:
        return content_end(text, node.entries[-1].value)
    if isinstance(node, ListNode) and not node.flow and node.items:
        return content_end(text, node.items[-1])
    end = node.last.index
    if isinstance(node, Scalar) and (header := _header(text, node)):
        written = text[node.first.index : end]
        bare = (
            written.removesuffix("\n").removesuffix("\r")
            if "+" in header["how"]
            else written.rstrip(" \t\r\n")
        )
        return node.first.index + len(bare)
    return end


def header_comment(text: str, node: Scalar) -> str:
    """The comment behind the `|` or `>` of a block scalar, with the space before it; else empty."""
    header = _header(text, node)
    return header["comment"] or "" if header else ""


def has_room_below(text: str, offset: int, indent: int) -> bool:
    """Whether lines may be put below that of `offset`, indented so, that take in nothing of what follows."""
    for line in text[line_end(text, offset) :].split("\n")[1:]:
        if len(line) - len(line.lstrip(" ")) >= indent:
            return False
        if line.strip():
            break
    return "\n" in text[offset:]


def _header(text: str, node: Scalar) -> re.Match[str] | None:
    return _HEADER.match(text, node.first.index) if node.style in {"literal", "folded"} else None
