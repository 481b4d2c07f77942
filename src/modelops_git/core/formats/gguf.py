"""Whether a file is a whole GGUF model: counts, keys, types, and each tensor in its place."""

from __future__ import annotations

import struct
from math import prod
from typing import TYPE_CHECKING, Final, NamedTuple

from modelops_git.core.formats.inspection import Inspection, UnscannableError, UnsoundError

if TYPE_CHECKING:
    from modelops_git.core.formats.look import Look
    from modelops_git.core.formats.reading import View

MAGIC: Final = b"GGUF"
VERSIONS: Final = (2, 3)
MAX_KEYS: Final = 65_536
MAX_TENSORS: Final = 1_000_000
MAX_ITEMS: Final = 5_000_000
MAX_KEY: Final = 65_535
TEMPLATE: Final = "tokenizer.chat_template"
_UINT32, _STRING, _ARRAY = 4, 8, 9
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_ALIGNMENT = 32
_MAX_DIMENSIONS = 8
_MAX_NESTING = 4
_BLOCKS = {
    0: (1, 4),
    1: (1, 2),
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
    15: (256, 292),
    16: (256, 66),
    17: (256, 74),
    18: (256, 98),
    19: (256, 50),
    20: (32, 18),
    21: (256, 110),
    22: (256, 82),
    23: (256, 136),
    24: (1, 1),
    25: (1, 2),
    26: (1, 4),
    27: (1, 8),
    28: (1, 8),
    29: (256, 56),
    30: (1, 2),
    34: (256, 54),
    35: (256, 66),
    39: (32, 17),
}
"""Of each type of tensor: how many elements make a block, and how many bytes it takes."""


class _Tensor(NamedTuple):
    offset: int
    end: int | None


class _Reader:
    """Reads one value after the other."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.at = len(MAGIC)
        self.items = MAX_ITEMS
        self.alignment = _ALIGNMENT

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "little")

    def take(self, count: int) -> bytes:
        found = self.view.at(self.at, count)
        if len(found) < count:
            raise UnsoundError("it is cut off")
        self.at += count
        return found

    def skip(self, count: int) -> None:
        self.at += count
        if self.at > self.view.size:
            raise UnsoundError("it is cut off")

    def key(self) -> str:
        length = self.number(8)
        if not 0 < length <= MAX_KEY:
            raise UnsoundError("it has a name that is empty or longer than 65,535 bytes")
        try:
            return self.take(length).decode("utf-8")
        except UnicodeDecodeError as error:
            raise UnsoundError("it has a name that is not UTF-8") from error

    def value(self, kind: int, depth: int = 0) -> None:
        """Pass over a value."""
        self.items -= 1
        if self.items < 0 or depth > _MAX_NESTING:
            raise UnscannableError("its metadata have more values than are looked at")
        if kind == _STRING:
            self.skip(self.number(8))
        elif kind == _ARRAY:
            self.array(depth)
        elif kind in _SIZES:
            self.skip(_SIZES[kind])
        else:
            raise UnsoundError("its metadata have a value of an unknown type")

    def array(self, depth: int) -> None:
        kind, count = self.number(4), self.number(8)
        if kind in _SIZES:
            self.skip(_SIZES[kind] * count)
            return
        for _ in range(min(count, MAX_ITEMS + 1)):
            self.value(kind, depth + 1)

    def tensor(self) -> _Tensor:
        dimensions = self.number(4)
        if dimensions > _MAX_DIMENSIONS:
            raise UnsoundError("a tensor has more dimensions than there can be")
        shape = struct.unpack(f"<{dimensions}Q", self.take(8 * dimensions))
        kind, offset = self.number(4), self.number(8)
        if kind not in _BLOCKS:
            return _Tensor(offset, None)
        elements, size = _BLOCKS[kind]
        if prod(shape) % elements:
            raise UnsoundError("the shape of a tensor does not fit its type")
        return _Tensor(offset, offset + prod(shape) // elements * size)


def judge(_look: Look, view: View) -> Inspection:
    """What a file is that begins as GGUF."""
    try:
        return Inspection("gguf", notes=_checked(_Reader(view)))
    except UnsoundError as error:
        return Inspection("gguf", mismatch=str(error))


def _checked(reader: _Reader) -> tuple[str, ...]:
    version = reader.number(4)
    if version not in VERSIONS:
        raise UnsoundError(f"its version is {version}, and not 2 or 3")
    tensors, keys = reader.number(8), reader.number(8)
    if tensors > MAX_TENSORS or keys > MAX_KEYS:
        raise UnsoundError("it has more tensors or metadata than there can be")
    templates = _metadata(reader, keys)
    _check_tensors(reader, tensors)
    names = ", ".join(templates[:3])
    said = f"it holds a chat template ({names}), which a server renders as a program of Jinja"
    return (said,) if templates else ()


def _metadata(reader: _Reader, count: int) -> list[str]:
    """Pass over the metadata; the keys that hold templates."""
    seen: set[str] = set()
    for _ in range(count):
        key = reader.key()
        if key in seen:
            raise UnsoundError(f"it has {key[:60]!r} twice")
        seen.add(key)
        kind = reader.number(4)
        if key == "general.alignment":
            reader.alignment = _alignment(reader, kind)
        else:
            reader.value(kind)
    return sorted(key[:80] for key in seen if key.startswith(TEMPLATE))


def _alignment(reader: _Reader, kind: int) -> int:
    found = reader.number(4) if kind == _UINT32 else 0
    if not found or found % 8 or found > 1 << 20:
        raise UnsoundError("its alignment is not a multiple of 8")
    return found


def _check_tensors(reader: _Reader, count: int) -> None:
    names: set[str] = set()
    found: list[_Tensor] = []
    for _ in range(count):
        names.add(reader.key())
        found.append(reader.tensor())
    if len(names) < count:
        raise UnsoundError("it has two tensors of one name")
    start = -(-reader.at // reader.alignment) * reader.alignment
    _check_places(reader, sorted(found, key=lambda one: one.offset), start)


def _check_places(reader: _Reader, tensors: list[_Tensor], start: int) -> None:
    behind = 0
    for tensor in tensors:
        if tensor.offset % reader.alignment or tensor.offset < behind:
            raise UnsoundError("its tensors overlap, or are not aligned")
        behind = tensor.offset if tensor.end is None else tensor.end
    size = reader.view.size
    if tensors and start + behind > size:
        raise UnsoundError("it is cut off")
    is_known = all(tensor.end is not None for tensor in tensors)
    whole = -(-(start + behind) // reader.alignment) * reader.alignment if tensors else start
    if is_known and size > whole:
        raise UnsoundError("bytes follow its data")
