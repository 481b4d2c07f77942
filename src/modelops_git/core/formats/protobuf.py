"""A bounded walk over a protocol buffer, going into those fields only that a table names.

Nothing is built in memory. Runs of like fields, as the millions of numbers of a tree ensemble, are passed
over at once.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from modelops_git.core.formats.inspection import UnscannableError, UnsoundError
from modelops_git.core.formats.reading import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.formats.reading import View

MAX_FIELDS: Final = 1_000_000
MAX_DEPTH: Final = 40
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_MAX_VARINT = 10
_SMALL = 64
_MAX_SHORT = 15  # the largest number whose tag is one byte; lists of numbers never have a larger one
_NONE: Final[tuple[bytes, ...]] = ()


class Field(NamedTuple):
    """One field.

    Attributes:
        message: The kind of message that it is in, as the table calls it.
        number: Its number.
        kind: How it is written.
        value: Its value; of bytes, their length.
        start: Where its bytes begin.
    """

    message: str
    number: int
    kind: int
    value: int
    start: int


def fields(view: View, root: str, table: Mapping[str, Mapping[int, str]]) -> Iterator[Field]:
    """The fields of a message, and of those messages in it that `table` names: kind -> number -> kind.

    Of many numbers or equal texts that follow one another under one number the first is given.

    Raises:
        UnsoundError: It is no protocol buffer, or a message in it is none.
        UnscannableError: It has too many fields.
    """
    open_: list[tuple[str, int]] = [(root, view.size)]
    at, known = 0, _NONE
    for _ in range(MAX_FIELDS):
        while open_ and at >= open_[-1][1]:
            open_.pop()
            known = _NONE
        if not open_:
            return
        message, end = open_[-1]
        start = at
        field, at = _field(view, message, at, end)
        yield field
        inner = table.get(message, {}).get(field.number) if field.kind == BYTES else None
        if inner:
            open_.append((inner, field.start + field.value))
            at, known = field.start, _NONE
            if len(open_) > MAX_DEPTH:
                raise UnscannableError("its parts lie in one another too deep")
        elif field.kind == BYTES:
            known = _with(known, view.at(start, min(at - start, _SMALL)))
            at = _past(view, at, end, known)
        elif field.kind != FIXED64 and field.number <= _MAX_SHORT:
            at = _past_run(view, at, end, _run(field.number << 3 | field.kind))
    raise UnscannableError("it has more parts than are looked at")


def _with(known: tuple[bytes, ...], record: bytes) -> tuple[bytes, ...]:
    """The last few small fields with one more."""
    return known if record in known or len(record) == _SMALL else (*known[-3:], record)


def _past(view: View, at: int, end: int, known: tuple[bytes, ...]) -> int:
    """Where fields end that are all among those just seen, as the names of a tree's nodes are."""
    if not known or not view.at(at, min(_SMALL, end - at)).startswith(known):
        return at
    return _past_run(view, at, end, _any_of(known))


def _field(view: View, message: str, at: int, end: int) -> tuple[Field, int]:
    tag, start = _varint(view, at, end)
    number, kind = tag >> 3, tag & 7
    value, behind = 0, start
    if kind in {VARINT, BYTES}:
        value, behind = _varint(view, start, end)
        start = behind
        behind += value if kind == BYTES else 0
    elif kind in {FIXED64, FIXED32}:
        behind = start + (8 if kind == FIXED64 else 4)
    else:
        raise UnsoundError("it holds what no protocol buffer does")
    if not number or behind > end:
        raise UnsoundError("it is damaged, or cut off")
    return Field(message, number, kind, value, start), behind


def _varint(view: View, at: int, end: int) -> tuple[int, int]:
    data = view.at(at, min(_MAX_VARINT, end - at))
    value = 0
    for shift, byte in enumerate(data):
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:  # noqa: PLR2004 - the last one
            return value, at + shift + 1
    raise UnsoundError("it is damaged, or cut off")


def _past_run(view: View, at: int, end: int, expression: re.Pattern[bytes]) -> int:
    """Where the fields end that are like one another and begin at `at`."""
    while True:
        data = view.at(at, min(CHUNK, end - at))
        found = expression.match(data)
        length = found.end() if found else 0
        at += length
        if length < len(data) - _SMALL or not length:
            return at


@lru_cache(64)
def _any_of(known: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(b"(?:" + b"|".join(map(re.escape, known)) + b")*+")


@lru_cache(64)
def _run(tag: int) -> re.Pattern[bytes]:
    value = rb"[\x80-\xff]{0,9}[\x00-\x7f]" if tag & 7 == VARINT else rb"[\x00-\xff]{4}"
    return re.compile(b"(?:" + re.escape(bytes([tag])) + value + b")*+")
