"""Restricted YAML with places: from bytes to a tree of nodes, or to what is wrong with the text.

Read off the parser's events: what manifests do not have (anchors, tags, duplicate keys, further documents) is
seen there and nowhere later. Every scalar stays text; the schema types it.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml.events import DocumentStartEvent, StreamEndEvent

from modelops_git.core.manifests.defects import LIMIT, Defects
from modelops_git.core.manifests.hidden import hidden_in_text, hidden_in_value, spelled
from modelops_git.core.manifests.nodes import Entry, ListNode, MapNode, Mark, Node, Scalar, key_at, locate
from modelops_git.core.manifests.room import MAX_BYTES, USUAL, Room
from modelops_git.core.manifests.tree import Builder, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.core.findings import Finding

__all__ = ["Entry", "ListNode", "MapNode", "Mark", "Node", "Read", "Scalar", "key_at", "locate", "read"]

MAX_DIRECTIVES = 100  # the parser compares each with all before it
_BOMS = {b"\xef\xbb\xbf": "a byte order mark", b"\xff\xfe": "UTF-16's mark", b"\xfe\xff": "UTF-16's mark"}
_SAVE_AS = "Save it as UTF-8 without a byte order mark."


class Read(NamedTuple):
    """A text that was read.

    Attributes:
        text: The text, its line breaks as they were; empty where the bytes are no text.
        root: The outermost mapping; none where the text does not amount to one. It stands beside findings on
            duplicate keys, where the first counts, and on hidden characters written as escapes.
        findings: What is wrong, at most 20.
        path: The file.
    """

    text: str
    root: MapNode | None
    findings: tuple[Finding, ...]
    path: str = ""


def read(data: bytes, path: str, room: Room = USUAL) -> Read:
    """Reads a manifest's bytes; `path` is only named in findings.

    Any bytes end in a tree or in findings (MOG101 to MOG108 and MOG110); `room` bounds time and memory.
    """
    if len(data) > room.size:
        return _too_large(path, len(data), room)
    for bom, name in _BOMS.items():
        if data.startswith(bom):
            return _refused(path, "MOG101", f"The file begins with {name}.", _SAVE_AS)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(path, data, error.start)
    return _read_text(text, path, room.events)


def _too_large(path: str, size: int, room: Room) -> Read:
    beside = " beside the list of artifacts" if room.size > MAX_BYTES else ""
    message = f"The file has {size:,} bytes; 1 MiB{beside} is the most."
    return _refused(path, "MOG108", message, "Make it smaller.")


def _refused(path: str, code: str, message: str, hint: str) -> Read:
    defects = Defects(path, "")
    defects.add(code, 0, message, hint)
    return Read("", None, tuple(defects.findings), path)


def _not_utf8(path: str, data: bytes, start: int) -> Read:
    text = data[:start].decode("utf-8")
    defects = Defects(path, text)
    message = f"The byte 0x{data[start]:02X} here is not UTF-8."
    defects.add("MOG101", len(text), message, _SAVE_AS)
    return Read("", None, tuple(defects.findings), path)


def _read_text(text: str, path: str, most: int) -> Read:
    defects = Defects(path, text)
    for offset, character in islice(hidden_in_text(text), LIMIT):
        defects.add(
            "MOG110", offset, f"The text holds the hidden character {spelled(character)}.", "Remove it."
        )
    # Hidden characters make the parser stumble and count lines in its own way: nothing else is said then.
    root = None if defects.findings else _document(defects, most)
    if root is not None and "\\" in text:
        _check_escapes(root, defects)
    return Read(text, None if defects.fatal else root, tuple(defects.findings), path)


def _document(defects: Defects, most: int) -> MapNode | None:
    if defects.text.count("\n%") > MAX_DIRECTIVES:
        _refuse_directive(defects, defects.text.index("\n%") + 1)
        return None
    parser = _parser()(defects.text)
    events: Iterator[Any] = islice(iter(parser.get_event, None), most)
    try:
        return _only_mapping(events.__next__, defects)
    except StopIteration:
        message = f"The file has more than {most // 2:,} values."
        defects.add("MOG108", 0, message, "Make it smaller.")
    except UnreadableError:
        pass
    except yaml.MarkedYAMLError as error:
        _complain(error, defects)
    finally:
        parser.dispose()
    return None


def _only_mapping(take: Callable[[], Any], defects: Defects) -> MapNode | None:
    take()  # the stream's start
    opening = take()
    if opening.__class__ is StreamEndEvent:
        defects.add("MOG102", 0, "The file is empty.", "A manifest begins with `api_version: modelops/v1`.")
        return None
    if opening.version or opening.tags:
        _refuse_directive(defects, opening.start_mark.index)
    root = Builder(take, defects).node(take(), 0)
    take()  # the document's end
    return _root(root, take(), defects)


def _refuse_directive(defects: Defects, offset: int) -> None:
    message = "A line that begins with '%' is a directive, which manifests do not have."
    defects.add("MOG102", offset, message, "Remove the line.")


def _root(root: Node, after: Any, defects: Defects) -> MapNode | None:
    if after.__class__ is DocumentStartEvent:
        start: Any = after.start_mark
        hint = "Write one manifest a file, and remove `---`."
        defects.add("MOG107", start.index, "A second document begins here.", hint)
    if isinstance(root, MapNode):
        return root
    what = "a list" if isinstance(root, ListNode) else "a text"
    message = f"The file holds {what}, not a mapping of keys to values."
    defects.add("MOG102", root.start.offset, message, "Write `key: value`, with a space after the colon.")
    return None


def _complain(error: yaml.MarkedYAMLError, defects: Defects) -> None:
    from modelops_git.core.manifests.complaints import Trouble, complaint

    problem, context = error.problem_mark, error.context_mark
    at = len(defects.text) if problem is None else problem.index
    began = at if context is None else context.index
    found = complaint(Trouble(defects.text, error.problem or "", error.context or "", at, began))
    defects.add(found.code, found.at, found.message, found.hint)


def _check_escapes(node: Node, defects: Defects) -> None:
    """Refuses what escapes in double quotes hide; recurses as deep as the tree."""
    if len(defects.findings) >= LIMIT:
        return
    if isinstance(node, MapNode):
        for entry in node.by_key.values():
            _check_escapes(entry.key, defects)
            _check_escapes(entry.value, defects)
    elif isinstance(node, ListNode):
        for item in node.items:
            _check_escapes(item, defects)
    elif node.style == "double" and (character := hidden_in_value(node.value)):
        message = f"The value holds the hidden character {spelled(character)}, written as an escape."
        defects.add("MOG110", node.start.offset, message, "Remove it.")


def _parser() -> Any:
    """The parser of libyaml, or where PyYAML was built without it the one in Python, which is slow."""
    return yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
