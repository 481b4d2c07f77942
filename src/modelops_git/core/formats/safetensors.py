"""Whether a file keeps every rule of safetensors: those that readers enforce, and those that they trust in.

Eight bytes of length, little end first; that many bytes of JSON, one object; then the tensors without a gap.
The header is read an entry at a time by one expression: what `json` would build of a hostile one of 100 MB
takes gigabytes.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from modelops_git.core.formats.inspection import Inspection, UnscannableError, UnsoundError
from modelops_git.core.formats.reading import MOST_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.formats.look import Look
    from modelops_git.core.formats.reading import View

MAX_HEADER: Final = 100_000_000
MOST_READ: Final = 16 << 20
"""A header beyond this is not looked into; such a file has some hundred thousand tensors."""
BITS: Final = {
    **dict.fromkeys(("F4",), 4),
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("I16", "U16", "F16", "BF16"), 16),
    **dict.fromkeys(("I32", "U32", "F32"), 32),
    **dict.fromkeys(("I64", "U64", "F64", "C64"), 64),
}
START: Final = re.compile(rb'\{[ \t\r\n]*["}]')
_S = r"[ \t\r\n]*+"
_STRING = r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'
_NUMBERS = rf"\[{_S}(?:\d{{1,19}}{_S}(?:,{_S}\d{{1,19}}{_S}){{0,63}}+)?+\]"
_FIELD = rf'"(?:dtype"{_S}:{_S}"[A-Z0-9_]{{1,16}}"|(?:shape|data_offsets)"{_S}:{_S}{_NUMBERS})'
_TENSOR = rf"\{{{_S}{_FIELD}{_S},{_S}{_FIELD}{_S},{_S}{_FIELD}{_S}\}}"
_TEXTS = rf"\{{{_S}(?:{_STRING}{_S}:{_S}{_STRING}{_S}(?:,{_S}{_STRING}{_S}:{_S}{_STRING}{_S})*+)?+\}}"
_ENTRY = re.compile(rf"({_STRING}){_S}:{_S}(?:({_TENSOR})|({_TEXTS}))", re.ASCII)
_PARTS = re.compile(rf'"(dtype|shape|data_offsets)"{_S}:{_S}(?:"(\w+)"|\[([^\]]*)\])', re.ASCII)
_PAIR = re.compile(rf"({_STRING}){_S}:{_S}{_STRING}")
_SPACE = re.compile(_S)
_NUMBER = re.compile(r"[0-9]+")
_PAIRED = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_MOST = 1 << 64
_METADATA = "__metadata__"


class _Tensor(NamedTuple):
    begin: int
    end: int


def starts(head: bytes) -> bool:
    """Whether a file begins as one of safetensors does."""
    return len(b"{}") <= int.from_bytes(head[:8], "little") <= MAX_HEADER and START.match(head, 8) is not None


def judge(_look: Look, view: View) -> Inspection:
    """What a file is that begins as one of safetensors."""
    try:
        _check(view)
    except UnsoundError as error:
        return Inspection("safetensors", mismatch=str(error))
    return Inspection("safetensors")


def _check(view: View) -> None:
    length = int.from_bytes(view.at(0, 8), "little")
    if 8 + length > view.size:
        raise UnsoundError("its header is longer than the file")
    if length > MOST_READ:
        raise UnscannableError(f"its header is larger than {MOST_READ >> 20} MiB")
    behind = 0
    for tensor in sorted(_tensors(_text(view, length))):
        if tensor.begin != behind:
            raise UnsoundError(
                "its tensors overlap" if tensor.begin < behind else "there is a hole in its data"
            )
        behind = tensor.end
    if 8 + length + behind != view.size:
        too = "bytes follow its data" if 8 + length + behind < view.size else "it is cut off"
        raise UnsoundError(too)


def _text(view: View, length: int) -> str:
    parts = [view.at(at, min(MOST_AT_ONCE, 8 + length - at)) for at in range(8, 8 + length, MOST_AT_ONCE)]
    try:
        text = b"".join(parts).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnsoundError("its header is not UTF-8") from error
    if _HALF.search(text) and _HALF.search(_PAIRED.sub("", text)):
        raise UnsoundError("its header holds half a character")
    return text


def _tensors(text: str) -> Iterator[_Tensor]:
    """Each tensor's place in the data, for a header that is an object of tensors and texts."""
    names: set[str] = set()
    at = _space(text, 1)
    while not text.startswith("}", at):
        found = _ENTRY.match(text, at)
        if found is None:
            raise UnsoundError("its header is not an object of dtype, shape and data_offsets")
        name = _unquoted(found[1])
        if name in names:
            raise UnsoundError(f"its header has {name[:60]!r} twice")
        names.add(name)
        yield from _entry(name, found)
        at = _next(text, found.end())
    if text[at + 1 :].strip(" \t\r\n"):
        raise UnsoundError("something follows the object in its header")


def _entry(name: str, found: re.Match[str]) -> Iterator[_Tensor]:
    if name != _METADATA:
        if not found[2]:
            raise UnsoundError(f"{name[:60]!r} in its header lacks dtype, shape or data_offsets")
        yield _tensor(name, found[2])
    elif not found[3]:
        raise UnsoundError(f"{_METADATA} in its header holds something else than texts")
    else:
        keys = [_unquoted(key) for key in _PAIR.findall(found[3])]
        if len(set(keys)) < len(keys):
            raise UnsoundError(f"{_METADATA} in its header has a key twice")


def _next(text: str, at: int) -> int:
    """Where the next entry begins, or the object ends."""
    at = _space(text, at)
    if text.startswith("}", at):
        return at
    is_followed = text.startswith(",", at)
    at = _space(text, at + 1)
    if not is_followed or not text.startswith('"', at):
        raise UnsoundError("its header is no JSON")
    return at


def _space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _unquoted(quoted: str) -> str:
    if "\\" not in quoted:
        return quoted[1:-1]
    name: str = json.loads(quoted)
    return name


def _tensor(name: str, text: str) -> _Tensor:
    parts = {key: (word, numbers) for key, word, numbers in _PARTS.findall(text)}
    if len(parts) < 3:  # noqa: PLR2004 - dtype, shape, data_offsets
        raise UnsoundError(f"{name[:60]!r} in its header lacks dtype, shape or data_offsets")
    bits = BITS.get(parts["dtype"][0])
    shape, offsets = _integers(parts["shape"][1]), _integers(parts["data_offsets"][1])
    if bits is None:
        raise UnsoundError(f"{name[:60]!r} has the unknown dtype {parts['dtype'][0]}")
    if len(offsets) != 2 or _bits(shape, bits) != 8 * (offsets[1] - offsets[0]):  # noqa: PLR2004 - from, to
        raise UnsoundError(f"the dtype and shape of {name[:60]!r} do not fit its data_offsets")
    return _Tensor(*offsets)


def _bits(shape: list[int], each: int) -> int:
    """The size of a tensor; no step on the way to it may leave 64 bits, even if the last one is times 0."""
    count = 1
    for length in (*shape, each):
        count *= length
        if count >= _MOST:
            raise UnsoundError("a tensor is larger than there can be")
    return count


def _integers(text: str) -> list[int]:
    found = _NUMBER.findall(text)
    if any(len(one) > 1 and one.startswith("0") for one in found):
        raise UnsoundError("a number in its header begins with 0")
    numbers = [int(one) for one in found]
    if any(number >= _MOST >> 1 for number in numbers):
        raise UnsoundError("a number in its header is too large")
    return numbers
