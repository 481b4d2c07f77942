"""The directory of a zip file, and whether all readers of zip files find the same members in it.

Some go by the directory at the end, some by the headers before each member, some look for the end from the
front; bytes can be put before, between and behind. A file on which they would not agree is one that nobody
can tell the content of.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from modelops_git.core.formats.inspection import UnscannableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.formats.reading import View

LOCAL, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
END64, LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
MAX_TAIL: Final = 22 + 65_535
MAX_DIRECTORY: Final = 16 << 20
MAX_MEMBERS: Final = 20_000
IS_ENCRYPTED: Final = 1
_HAS_DESCRIPTOR = 8
_MAX_DESCRIPTOR = 24
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_DAMAGED = "it is a damaged zip file, or one that is cut off"
_AMBIGUOUS = "it is a zip file in which readers would not find the same"


class Entry(NamedTuple):
    """A member, as the directory has it.

    Attributes:
        name: Its name; bytes that are no UTF-8 are replaced.
        flags: Its flags.
        method: How it is compressed.
        checksum: The CRC-32 of its content.
        packed: Its size in the file.
        size: Its own size.
        header: Where its header lies.
        start: Where its content begins.
    """

    name: str
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    header: int
    start: int = 0


class _End(NamedTuple):
    """Where the directory is, and how much comes before the zip file."""

    entries: int
    size: int
    offset: int
    before: int


def ends_as_zip(view: View) -> bool:
    """Whether there is an end of a zip file where readers look for it, and a directory before it."""
    start = max(0, view.size - MAX_TAIL)
    tail = view.at(start, MAX_TAIL)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < _END.size:
        return False
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    is_large = tail[at - 20 : at - 16] == LOCATOR64
    return is_large or (0 < length <= start + at and view.at(start + at - length, 4) == ENTRY)


def members(view: View) -> tuple[Entry, ...]:
    """The members, in the order in which they lie in the file.

    Raises:
        UnscannableError: It is damaged, or readers would not agree.
    """
    end = _end(view)
    found = sorted(_entries(view, end), key=lambda entry: entry.header)
    if len(found) != end.entries or len({entry.name for entry in found}) < len(found):
        raise UnscannableError(_AMBIGUOUS)
    placed = tuple(_placed(view, entry) for entry in found)
    _refuse_gaps(view, placed, end)
    return placed


def _end(view: View) -> _End:
    size = view.size
    start = max(0, size - MAX_TAIL)
    tail = view.at(start, MAX_TAIL)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < _END.size:
        raise UnscannableError(_DAMAGED)
    _, disk, first, here, entries, length, offset, comment = _END.unpack_from(tail, at)
    if disk or first or here != entries or at + _END.size + comment != len(tail) or _other_end(tail, at):
        raise UnscannableError(_AMBIGUOUS)
    position = start + at
    if entries == _FULL16 or _FULL32 in {length, offset}:
        position, entries, length, offset = _end64(view, position)
    before = position - length - offset
    if before < 0:
        raise UnscannableError(_DAMAGED)
    if length > MAX_DIRECTORY or entries > MAX_MEMBERS:
        raise UnscannableError("it has too many parts")
    return _End(entries, length, offset, before)


def _other_end(tail: bytes, last: int) -> bool:
    """Whether a reader that searches from the front would take another end."""
    at = tail.find(END)
    while 0 <= at < last:
        if at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail):
            return True
        at = tail.find(END, at + 1)
    return False


def _end64(view: View, position: int) -> tuple[int, int, int, int]:
    """The same for large files: where the larger end lies, entries, size and offset of the directory."""
    locator = view.at(position - 20, 20) if position >= 20 else b""  # noqa: PLR2004 - the locator's size
    if not locator.startswith(LOCATOR64):
        raise UnscannableError(_DAMAGED)
    at = position - 20 - _END64.size
    data = view.at(at, _END64.size) if at >= 0 else b""
    if len(data) < _END64.size or not data.startswith(END64):
        raise UnscannableError(_AMBIGUOUS)
    _, _, _, _, _, _, here, entries, length, offset = _END64.unpack(data)
    if here != entries or int.from_bytes(locator[8:16], "little") != at:
        raise UnscannableError(_AMBIGUOUS)
    return at, entries, length, offset


def _entries(view: View, end: _End) -> Iterator[Entry]:
    at, stop = end.before + end.offset, end.before + end.offset + end.size
    for _ in range(end.entries + 1):
        if at >= stop:
            return
        head = view.at(at, _ENTRY.size)
        if len(head) < _ENTRY.size or not head.startswith(ENTRY):
            raise UnscannableError(_DAMAGED)
        values = _ENTRY.unpack(head)
        _, _, _, flags, method, _, _, checksum, packed, size, named, extra, comment, _, _, _, header = values
        rest = view.at(at + _ENTRY.size, named + extra)
        packed, size, header = _large((size, packed, header), rest[named:])
        name = rest[:named].decode("utf-8", "replace")
        yield Entry(name, flags, method, checksum, packed, size, end.before + header)
        at += _ENTRY.size + named + extra + comment


def _large(values: tuple[int, int, int], extra: bytes) -> tuple[int, int, int]:
    """Packed size, size and place; each from the extra field where it does not fit 32 bits."""
    numbers = iter(_extra64(extra))
    found = [next(numbers, -1) if value == _FULL32 else value for value in values]
    if min(found) < 0:
        raise UnscannableError(_DAMAGED)
    size, packed, header = found
    return packed, size, header


def _extra64(extra: bytes) -> list[int]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            data = extra[at + 4 : at + 4 + length]
            return [int.from_bytes(data[one : one + 8], "little") for one in range(0, len(data) - 7, 8)]
        at += 4 + length
    return []


def _placed(view: View, entry: Entry) -> Entry:
    """The member with the place of its content, if its own header says what the directory does."""
    head = view.at(entry.header, _LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(LOCAL):
        raise UnscannableError(_DAMAGED)
    _, _, flags, method, _, _, _, packed, size, named, extra = _LOCAL.unpack(head)
    name = view.at(entry.header + _LOCAL.size, named).decode("utf-8", "replace")
    streamed = bool(flags & _HAS_DESCRIPTOR)
    sizes = {(packed, size), (packed or entry.packed, size or entry.size)} if streamed else {(packed, size)}
    is_large = _FULL32 in {packed, size}
    differs = (flags ^ entry.flags) & (IS_ENCRYPTED | _HAS_DESCRIPTOR)
    if differs or (name, method) != (entry.name, entry.method):
        raise UnscannableError(_AMBIGUOUS)
    if not is_large and (entry.packed, entry.size) not in sizes:
        raise UnscannableError(_AMBIGUOUS)
    return entry._replace(start=entry.header + _LOCAL.size + named + extra)


def _refuse_gaps(view: View, entries: tuple[Entry, ...], end: _End) -> None:
    """Refuse bytes that are no member's, and members that lie in one another."""
    behind = 0
    for entry in entries:
        _refuse_gap(entry.header - behind)
        is_streamed = entry.flags & _HAS_DESCRIPTOR
        behind = entry.start + entry.packed
        behind += _descriptor(view.at(behind, _MAX_DESCRIPTOR)) if is_streamed else 0
    _refuse_gap(end.before + end.offset - behind)


def _refuse_gap(gap: int) -> None:
    if gap:
        raise UnscannableError(_AMBIGUOUS)


def _descriptor(data: bytes) -> int:
    """How long what follows a streamed member is: checksum and sizes, of 4 or 8 bytes, maybe with a mark."""
    if not data.startswith(b"PK\x07\x08"):
        return 12
    return 16 if data[16:20] in {LOCAL, ENTRY, LOCATOR64, END64} or len(data) < _MAX_DESCRIPTOR else 24
