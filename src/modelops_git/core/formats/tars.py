"""What is in a tar file: each member is looked at, whatever its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from modelops_git.core.formats.inspection import Inspection, UnscannableError
from modelops_git.core.formats.parts import verdict_on
from modelops_git.core.formats.reading import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.formats.look import Look
    from modelops_git.core.formats.reading import View

BLOCK: Final = 512
_FILES = b"\0" + b"07S"
_LONG_NAME, _EXTENDED = b"L", b"xg"
_MAX_HEADER = 1 << 20
_SIZE = re.compile(rb"(?<!\d)\d{1,9} size=(\d{1,19})\n")
_PATH = re.compile(rb"(?<!\d)\d{1,9} path=([^\n]{1,4096})\n")
_NUMBER = re.compile(rb"[ \0]*([0-7]*)[ \0]*")


class _Member(NamedTuple):
    name: str
    start: int
    size: int
    kind: bytes


def is_tar(head: bytes) -> bool:
    """Whether a file begins with a header of tar, of whatever age: its checksum is right."""
    block = head[:BLOCK]
    found = _NUMBER.fullmatch(block[148:156])
    if len(block) < BLOCK or not found or not found[1]:
        return False
    stated, plain = int(found[1], 8), block[:148] + b" " * 8 + block[156:]
    signed = sum(plain) - 256 * sum(byte > 127 for byte in plain)  # noqa: PLR2004 - as chars of old systems
    return stated in {sum(plain), signed} and any(block)


def judge(look: Look, view: View) -> Inspection:
    """What a tar file is."""
    return verdict_on(
        "tar",
        (
            (one.name, look.into(one.name, Part(view, one.start, one.size)))
            for one in _members(look, view)
            if one.kind in _FILES
        ),
    )


def _members(look: Look, view: View) -> Iterator[_Member]:
    offset, name, size = 0, "", None
    while any(head := view.at(offset, BLOCK)):
        look.budget.open_part()
        if not is_tar(head):
            raise UnscannableError("it is a damaged tar file")
        one = _member(head, offset, name, size)
        name, size = "", None
        if one.kind in _EXTENDED or one.kind == _LONG_NAME:
            name, size = _said(one, view.at(one.start, min(one.size, _MAX_HEADER)))
        elif one.size and len(view.at(one.start + one.size - 1, 1)) == 0:
            raise UnscannableError("it is a tar file that is cut off")
        else:
            yield one
        offset = one.start + -(-one.size // BLOCK) * BLOCK


def _said(one: _Member, data: bytes) -> tuple[str, int | None]:
    """The name and the size of the next member, where a header of its own gives them."""
    if one.kind == _LONG_NAME:
        return data.rstrip(b"\0").decode("utf-8", "replace"), None
    if one.kind == b"g":
        return "", None
    path, size = _PATH.search(data), _SIZE.search(data)
    return path[1].decode("utf-8", "replace") if path else "", int(size[1]) if size else None


def _member(head: bytes, offset: int, name: str, size: int | None) -> _Member:
    own = head[:100].split(b"\0")[0].decode("utf-8", "replace")
    kind = head[156:157]
    has_content = kind in _FILES or kind in _EXTENDED or kind == _LONG_NAME
    count = size if size is not None else _octal(head[124:136])
    return _Member(name or own, offset + BLOCK, count if has_content else _other(kind, count), kind)


def _other(kind: bytes, count: int) -> int:
    """Links, folders, devices have no content, whatever their size says; of other kinds nobody can tell."""
    return 0 if kind in b"123456" else count


def _octal(field: bytes) -> int:
    if field[0] & 0x80:
        return int.from_bytes(field, "big") & ((1 << 88) - 1)
    found = _NUMBER.fullmatch(field)
    if not found:
        raise UnscannableError("it is a damaged tar file")
    return int(found[1] or b"0", 8)
