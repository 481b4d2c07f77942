"""A checked CEL expression as a tree, read from the protocol buffer that the library serializes it to.

The message is `cel.expr.CheckedExpr` of https://github.com/google/cel-spec, of which only the fields are read
that our rules ask for. The library offers no other way to look at an expression, and protobuf's own package
would be a second dependency for some thirty lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Field = bytes | int
_IDENT, _SELECT, _CALL, _LIST, _STRUCT, _COMPREHENSION, _CONSTANT = 4, 5, 6, 7, 8, 9, 3
_TEXT_CONSTANT = 6
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class Node(NamedTuple):
    """One part of an expression.

    Attributes:
        id: Its number in the expression.
        kind: `constant`, `name`, `field`, `call`, `list`, `struct` or `walk` (over a list or a mapping).
        name: Of a name, a field, or the function of a call; of a walk its own variable; else a text constant.
        parts: What it is made of: a call's target and arguments; of a walk its range, start, condition, step
            and result.
        result: Of a walk, the name that it gathers its result under.
    """

    id: int
    kind: str
    name: str = ""
    parts: tuple[Node, ...] = ()
    result: str = ""


class Tree(NamedTuple):
    """A checked expression.

    Attributes:
        root: The outermost part.
        names: By id, what a name or a field was taken for: `live.metrics`.
        overloads: By id, the forms of a function that a call may mean: `add_string`.
        collections: The ids of parts whose values are lists or mappings.
        offsets: By id, how many characters of the text stand before it.
    """

    root: Node
    names: dict[int, str]
    overloads: dict[int, tuple[str, ...]]
    collections: frozenset[int]
    offsets: dict[int, int]


def tree_of(serialized: bytes) -> Tree:
    """The tree of an expression, as the library serialized it.

    Raises:
        ValueError: The message is not of the form that we know.
    """
    checked = _only(dict(_fields(serialized)).get(2))
    names: dict[int, str] = {}
    overloads: dict[int, tuple[str, ...]] = {}
    collections: set[int] = set()
    root, source = b"", b""
    for number, value in _fields(checked):
        if number == 2:  # noqa: PLR2004 - reference_map
            key, reference = _entry(value)
            names[key] = "".join(_texts(reference, 1))
            overloads[key] = tuple(_texts(reference, 3))
        elif number == 3 and {field for field, _ in _fields(_entry(value)[1])} & {6, 7}:  # noqa: PLR2004 - type_map: a list, a map
            collections.add(_entry(value)[0])
        elif number == 4:  # noqa: PLR2004 - expr
            root = _only(value)
        elif number == 5:  # noqa: PLR2004 - source_info
            source = _only(value)
    offsets = dict(_numbers(value) for number, value in _fields(source) if number == 4)  # noqa: PLR2004 - positions
    return Tree(_node(root), names, overloads, frozenset(collections), offsets)


def nodes(node: Node) -> Iterator[Node]:
    """`node` and all that it is made of."""
    yield node
    for part in node.parts:
        yield from nodes(part)


def _node(data: bytes) -> Node:
    fields = dict(_fields(data))
    number = fields.pop(2, 0)
    if not isinstance(number, int) or len(fields) > 1:
        raise ValueError("an expression of another form")
    for kind, value in fields.items():
        reader = _READERS.get(kind)
        if reader is None:
            raise ValueError(f"an expression of an unknown kind {kind}")
        return reader(number, _only(value))
    return Node(number, "constant")


def _constant(number: int, data: bytes) -> Node:
    return Node(number, "constant", "".join(_texts(data, _TEXT_CONSTANT)))


def _name(number: int, data: bytes) -> Node:
    return Node(number, "name", "".join(_texts(data, 1)))


def _select(number: int, data: bytes) -> Node:
    return Node(number, "field", "".join(_texts(data, 2)), _parts(data, 1))


def _call(number: int, data: bytes) -> Node:
    return Node(number, "call", "".join(_texts(data, 2)), (*_parts(data, 1), *_parts(data, 3)))


def _list(number: int, data: bytes) -> Node:
    return Node(number, "list", parts=_parts(data, 1))


def _struct(number: int, data: bytes) -> Node:
    entries = [_only(value) for field, value in _fields(data) if field == 2]  # noqa: PLR2004 - entries
    return Node(number, "struct", parts=tuple(part for one in entries for part in _parts(one, 3, 4)))


def _walk(number: int, data: bytes) -> Node:
    parts = tuple(_parts(data, field) for field in (2, 4, 5, 6, 7))
    if any(len(found) != 1 for found in parts) or any(field > 7 for field, _ in _fields(data)):  # noqa: PLR2004 - 8 is a second variable
        raise ValueError("a comprehension of another form")
    return Node(
        number, "walk", "".join(_texts(data, 1)), tuple(one for (one,) in parts), "".join(_texts(data, 3))
    )


_READERS = {
    _CONSTANT: _constant,
    _IDENT: _name,
    _SELECT: _select,
    _CALL: _call,
    _LIST: _list,
    _STRUCT: _struct,
    _COMPREHENSION: _walk,
}


def _parts(data: bytes, *numbers: int) -> tuple[Node, ...]:
    return tuple(_node(_only(value)) for field, value in _fields(data) if field in numbers)


def _texts(data: bytes, number: int) -> Iterator[str]:
    for field, value in _fields(data):
        if field == number:
            yield _only(value).decode("utf-8", "replace")


def _entry(value: Field) -> tuple[int, bytes]:
    """The number and the message of an entry of a map."""
    fields = dict(_fields(_only(value)))
    key = fields.get(1, 0)
    if not isinstance(key, int):
        raise ValueError("a map with keys that are no numbers")  # noqa: TRY004 - the form is wrong, not a type
    return key, _only(fields.get(2, b""))


def _numbers(value: Field) -> tuple[int, int]:
    """The two numbers of an entry of a map."""
    fields = dict(_fields(_only(value)))
    key, number = fields.get(1, 0), fields.get(2, 0)
    if not isinstance(key, int) or not isinstance(number, int):
        raise ValueError("a map to numbers of another form")  # noqa: TRY004 - the form is wrong, not a type
    return key, number


def _only(value: Field | None) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("a message of another form")  # noqa: TRY004 - the form is wrong, not a type
    return value


def _fields(data: bytes) -> Iterator[tuple[int, Field]]:
    """The fields of a message: number and value, integers as they are and all else as bytes."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            integer, at = _varint(data, at)
            yield number, integer
            continue
        if kind == _BYTES:
            length, at = _varint(data, at)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"a field of the unknown type {kind}")
        if at + length > len(data):
            raise ValueError("a message that is cut off")
        yield number, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data):
        byte = data[at]
        value |= (byte & 127) << shift
        shift += 7
        at += 1
        if byte < 128:  # noqa: PLR2004 - the last byte of a number
            return value, at
    raise ValueError("a message that is cut off")
