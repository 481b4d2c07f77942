"""The values of a small npy file of one dimension: whole numbers, truth values or texts."""

from __future__ import annotations

import re
import struct

MAGIC = b"\x93NUMPY"
_HEADER = re.compile(
    r"\{'descr': '([<|])([ibuU])(\d{1,4})', 'fortran_order': (?:False|True), 'shape': \((\d{1,9}),\), \}\s*"
)
_CODES = {"i": "bhiq", "u": "BHIQ"}
_SIZES = (1, 2, 4, 8)


def values_of(data: bytes, most: int) -> list[int | bool | str]:
    """The values of an npy file.

    Raises:
        ValueError: It is none, of another kind, or has more than `most` values.
    """
    begin, header = _header(data)
    match = _HEADER.fullmatch(header)
    if match is None:
        raise ValueError("it is no list of integers, booleans or texts")
    kind, size, count = match[2], int(match[3]), int(match[4])
    width = 4 * size if kind == "U" else size
    if not 0 < count <= most or len(data) - begin != width * count:
        raise ValueError("its length is not what it says")
    pieces = [data[begin + at * width : begin + (at + 1) * width] for at in range(count)]
    if kind == "U":
        return [piece.decode("utf-32-le").rstrip("\x00") for piece in pieces]
    if kind == "b":
        return [piece != b"\x00" for piece in pieces]
    if size not in _SIZES:
        raise ValueError("its numbers have no size that is known")
    code = "<" + _CODES[kind][_SIZES.index(size)]
    return [struct.unpack(code, piece)[0] for piece in pieces]


def _header(data: bytes) -> tuple[int, str]:
    """Where the values begin, and what is said before them."""
    wide = data[6:7] in {b"\x02", b"\x03"}
    begin = 12 if wide else 10
    if not data.startswith(MAGIC) or len(data) < begin:
        raise ValueError("it is no npy file")
    length = int.from_bytes(data[8:begin], "little")
    return begin + length, data[begin : begin + length].decode("latin-1")
