"""Tensors of the Open Inference Protocol: from JSON or bytes to arrays, and back.

Source: the protocol's specification, version 2, with its extension for binary data, as KServe and Triton
write it: https://github.com/kserve/open-inference-protocol
"""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modelops_git.edges.loaders.base import NUMPY, numpy_type
from modelops_git.engine.serving.arrays import largest, surely_within
from modelops_git.faces.gateway.refusals import UNPROCESSABLE, RefusalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DTYPES = {name: numpy_type(name) for name in NUMPY}
"""The protocol's data types, and what holds them; texts are held as objects."""
_NAMES = {held: name for name, held in DTYPES.items()}
_LENGTH = struct.Struct("<I")
_LARGEST_RANK = 16
_MOST_ELEMENTS = 1 << 48
_MOST_EMPTY = 1 << 20
_NUMBERS = {int, float, bool}


class Declared(NamedTuple):
    """A tensor as a request declares it.

    Attributes:
        name: Its name.
        datatype: Its data type.
        shape: The length of each dimension.
        pointer: Where in the request it is.
    """

    name: str
    datatype: str
    shape: tuple[int, ...]
    pointer: str

    @property
    def elements(self) -> int:
        """How many elements it has."""
        return math.prod(self.shape)

    def wrong(self, message: str, part: str = "") -> RefusalError:
        """That something about it is wrong."""
        return RefusalError(UNPROCESSABLE, f"{self.name}: {message}", self.pointer + part)


def declared(value: Any, pointer: str) -> Declared:
    """What a request says of a tensor.

    Raises:
        RefusalError: It makes no sense.
    """
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise RefusalError(UNPROCESSABLE, "a tensor is an object with a name", pointer)
    name, datatype, shape = value["name"], value.get("datatype"), value.get("shape")
    if not isinstance(datatype, str) or datatype not in DTYPES:
        known = ", ".join(DTYPES)
        raise RefusalError(UNPROCESSABLE, f"{name}: datatype is one of {known}", f"{pointer}/datatype")
    if not isinstance(shape, list) or not _is_shape(shape):
        raise RefusalError(UNPROCESSABLE, f"{name}: shape is a list of lengths", f"{pointer}/shape")
    return Declared(name, datatype, tuple(shape), pointer)


def _is_shape(shape: list[Any]) -> bool:
    if len(shape) > _LARGEST_RANK or set(map(type, shape)) - {int} or min(shape, default=0) < 0:
        return False
    # Of a tensor without elements the other dimensions still become lists, and no byte is sent for them.
    most = _MOST_ELEMENTS if all(shape) else _MOST_EMPTY
    return bool(math.prod(one or 1 for one in shape) < most)


def from_json(tensor: Declared, data: Any) -> NDArray[Any]:
    """The array of a tensor whose data is written as JSON, flat or nested.

    Raises:
        RefusalError: The data is not of its type, or not of its shape.
    """
    if not isinstance(data, list):
        raise tensor.wrong("data is a list", "/data")
    array = _texts(tensor, data) if tensor.datatype == "BYTES" else _numbers(tensor, data)
    if array.size != tensor.elements:
        raise tensor.wrong(f"there are {array.size:,} values, and its shape has {tensor.elements:,}", "/data")
    return array.reshape(tensor.shape)


def from_bytes(tensor: Declared, data: bytes) -> NDArray[Any]:
    """The array of a tensor whose data came in binary, little endian and row by row.

    Raises:
        RefusalError: There is too much or too little of it.
    """
    if tensor.datatype == "BYTES":
        found = _split(tensor, data)
        if len(found) != tensor.elements:
            raise tensor.wrong(f"there are {len(found):,} texts, and its shape has {tensor.elements:,}")
        return np.array(found, dtype=object).reshape(tensor.shape)
    dtype = DTYPES[tensor.datatype].newbyteorder("<")
    if len(data) != tensor.elements * dtype.itemsize:
        raise tensor.wrong(
            f"there are {len(data):,} bytes, and its shape has {tensor.elements * dtype.itemsize:,}"
        )
    return np.frombuffer(data, dtype).reshape(tensor.shape)


def datatype_of(array: NDArray[Any]) -> str:
    """The protocol's name of what an array holds."""
    if array.dtype.kind in "OSU":
        return "BYTES"
    # By the type itself: numpy makes its name anew each time, which takes longer than the rest.
    return _NAMES.get(array.dtype) or _NAMES[array.dtype.newbyteorder("=")]


def to_json(array: NDArray[Any]) -> list[Any]:
    """The values of an array, row by row in one list."""
    values: list[Any] = array.reshape(-1).tolist()
    if array.dtype.kind in "OS":
        return [one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in values]
    return values


def to_bytes(array: NDArray[Any]) -> bytes:
    """The values of an array in binary, little endian and row by row."""
    if array.dtype.kind in "OSU":
        texts = (one if isinstance(one, bytes) else str(one).encode() for one in array.reshape(-1).tolist())
        return b"".join(_LENGTH.pack(len(text)) + text for text in texts)
    return array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()


def _numbers(tensor: Declared, data: list[Any]) -> NDArray[Any]:
    """An array of numbers: what would have to be converted to fit is refused, not converted."""
    if not _kinds(data) <= _NUMBERS:  # numpy would make all as long as the longest text
        raise tensor.wrong(f"data is not all {tensor.datatype}", "/data")
    try:
        found = np.asarray(data)
    except (ValueError, OverflowError):
        raise tensor.wrong("its rows are of different lengths", "/data") from None
    wanted = DTYPES[tensor.datatype]
    if found.size == 0 or (wanted.kind == "f" and surely_within(found, largest(wanted))):
        return found.astype(wanted)
    fits = {"b": "b", "f": "iuf"}.get(wanted.kind, "iu")
    if fits == "iu" and found.dtype.kind in "fO":
        return _whole(tensor, _flat(data), wanted)
    if found.dtype.kind not in fits:
        raise tensor.wrong(f"data is not all {tensor.datatype}", "/data")
    if wanted.kind in "iu":
        about = np.iinfo(wanted)
        if int(found.min()) < about.min or int(found.max()) > about.max:
            raise tensor.wrong(f"a value is beyond {tensor.datatype}", "/data")
    with np.errstate(over="ignore"):
        array = found.astype(wanted)
    if wanted.kind == "f" and not np.isfinite(array).all():
        raise tensor.wrong(f"a value is beyond {tensor.datatype}", "/data")
    return array


def _kinds(data: list[Any]) -> set[type]:
    """The types of all that is in lists, level by level: no text of a million is looked at by itself."""
    found: set[type] = set()
    while data:
        kinds = set(map(type, data))
        found |= kinds - {list}
        data = [one for row in data if type(row) is list for one in row] if list in kinds else []
    return found


def _whole(tensor: Declared, flat: list[Any], wanted: np.dtype[Any]) -> NDArray[Any]:
    """Integers that numpy alone takes for something else, since no signed type has room for all of them."""
    if not all(type(one) is int for one in flat):
        raise tensor.wrong(f"data is not all {tensor.datatype}", "/data")
    try:
        return np.array(flat, wanted)
    except OverflowError:
        raise tensor.wrong(f"a value is beyond {tensor.datatype}", "/data") from None


def _texts(tensor: Declared, data: list[Any]) -> NDArray[Any]:
    flat = list(_flat(data))
    if not all(isinstance(one, str) for one in flat):
        raise tensor.wrong("data is not all texts", "/data")
    return np.array(flat, dtype=object)


def _flat(data: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    todo = [iter(data)]
    while todo:
        for one in todo[-1]:
            if isinstance(one, list):
                todo.append(iter(one))
                break
            found.append(one)
        else:
            todo.pop()
    return found


def _split(tensor: Declared, data: bytes) -> list[str]:
    """The texts of a binary tensor, each behind its length."""
    found, at = [], 0
    while at < len(data):
        if at + _LENGTH.size > len(data):
            raise tensor.wrong("its binary data ends within a length")
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if at + length > len(data):
            raise tensor.wrong("its binary data ends within a text")
        found.append(data[at : at + length])
        at += length
    try:
        return [one.decode() for one in found]
    except UnicodeDecodeError:
        raise tensor.wrong("a text is no UTF-8") from None
