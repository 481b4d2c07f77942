"""The frames of LZ4, which joblib can write; Python's standard library has no reader of them.

Written after the public description of the frame and block formats, in its plainest form: it is for looking
at the beginning of files, and not fast. Checksums are skipped: what is unpacked is judged, not used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from modelops_git.core.formats.inspection import UnscannableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.formats.reading import View

MAGIC: Final = b"\x04\x22\x4d\x18"
_CUT = "it is damaged, or cut off"
_WINDOW = 1 << 16
_IS_STORED = 1 << 31
_MOST = 4 << 20
_LONG = 15
_MINIMUM = 4
MAX_STEPS: Final = 3_000_000
"""How many pieces are put together in one file: some seconds' work."""


class _Frame(NamedTuple):
    first: int
    is_linked: bool
    has_checksums: bool


def unpacked(view: View) -> Iterator[bytes]:
    """The content of the first frame, a block at a time.

    Raises:
        UnscannableError: It is damaged, or takes too long.
    """
    frame, before, steps = _frame(view), b"", 0
    offset = frame.first
    while length := int.from_bytes(_at(view, offset, 4), "little"):
        size = length & ~_IS_STORED
        if not 0 < size <= _MOST:
            raise UnscannableError(_CUT)
        data = _at(view, offset + 4, size)
        offset += 4 + size + 4 * frame.has_checksums
        block, taken = (data, 0) if length & _IS_STORED else _block(data, before)
        steps += taken
        if steps > MAX_STEPS:
            raise UnscannableError("it would take too long to unpack")
        before = (before + block)[-_WINDOW:] if frame.is_linked else b""
        yield block


def _frame(view: View) -> _Frame:
    flags = _at(view, 4, 1)[0]
    if flags >> 6 != 1 or flags & 1:
        raise UnscannableError("it is an LZ4 file of a kind that is not known")
    return _Frame(7 + 8 * bool(flags & 8), not flags & 32, bool(flags & 16))


def _at(view: View, offset: int, count: int) -> bytes:
    found = view.at(offset, count)
    if len(found) < count:
        raise UnscannableError(_CUT)
    return found


def _block(data: bytes, before: bytes) -> tuple[bytes, int]:
    """One block, which may refer back to what came `before` it; and of how many pieces it is."""
    out, at, steps = bytearray(before), 0, 0
    try:
        while at < len(data):
            steps += 1
            token = data[at]
            count, at = _length(data, at + 1, token >> 4)
            out += data[at : at + count]
            at += count
            if at >= len(data):
                break
            distance = int.from_bytes(data[at : at + 2], "little")
            count, at = _length(data, at + 2, token & _LONG)
            _repeat(out, distance, count + _MINIMUM)
            if len(out) > _MOST + len(before):
                raise UnscannableError(_CUT)
    except IndexError as error:
        raise UnscannableError(_CUT) from error
    return bytes(out[len(before) :]), steps


def _length(data: bytes, at: int, start: int) -> tuple[int, int]:
    count = start
    while start == _LONG:
        more = data[at]
        at, count = at + 1, count + more
        if more != 255:  # noqa: PLR2004 - the largest byte
            break
    return count, at


def _repeat(out: bytearray, distance: int, count: int) -> None:
    if not 0 < distance <= len(out):
        raise UnscannableError(_CUT)
    if count > _MOST:
        raise UnscannableError(_CUT)
    piece = out[-distance:]
    out += (piece * (count // distance + 1))[:count]
