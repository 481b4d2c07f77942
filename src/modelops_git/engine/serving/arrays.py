"""JSON values as arrays, exactly: no text becomes a number, no fraction is cut, nothing overflows in silence.

Most values are of one type and fit, which numpy tells at once. The others are looked at one by one: some fit
too, such as 1.0 among integers, and of those that do not the first is named by its pointer.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from modelops_git.edges.loaders.base import ANY, BadInputError, numpy_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from modelops_git.edges.loaders.base import Tensor

MAX_SHOWN = 40
EXACT = 2.0**53
"""Fractions that are larger may stand for several integers."""
_SHORT = 2
"""Bytes of a number that is too short for the sum of a few squares."""
_LARGEST = {_SHORT: 65_504.0, 4: 3.4e38, 8: 1e150}
"""By the length in bytes."""


def array_of(value: Any, datatype: str, shape: Sequence[int], at: str = "") -> Tensor:
    """A JSON value as an array.

    Args:
        value: A number, text or boolean, or lists of them.
        datatype: Of the Open Inference Protocol.
        shape: The lengths that the dimensions must have, -1 for any.
        at: A pointer to the value.

    Raises:
        BadInputError: It has another shape, or an element that the datatype does not hold.
    """
    found = _at_once(value, datatype, shape)
    return _one_by_one(value, datatype, shape, at) if found is None else found


def fits(found: Sequence[int], shape: Sequence[int]) -> bool:
    """Whether an array of the lengths `found` has the `shape`, in which -1 is any length."""
    if len(found) != len(shape):
        return False
    for length, there in zip(shape, found, strict=True):  # noqa: SIM110 - `all` takes twice as long
        if length not in (ANY, there):
            return False
    return True


def surely_within(array: Tensor, most: float) -> bool:
    """Whether no element of an array of fractions is beyond `most`, or NaN, by the sum of their squares.

    That is one call, several times as fast as to look at each; False where it does not tell.
    """
    import numpy as np

    has_room = array.dtype.kind == "f" and array.dtype.itemsize > _SHORT
    return has_room and bool(np.vdot(array, array) <= most * most)


def largest(wanted: np.dtype[Any]) -> float:
    """The largest number that a type of fractions holds; of the largest type what can be squared."""
    return _LARGEST[wanted.itemsize]


def _at_once(value: Any, datatype: str, shape: Sequence[int]) -> Tensor | None:
    """The array, where all elements are alike and fit; None where that is to be looked at."""
    import numpy as np

    wanted = numpy_type(datatype)
    try:
        found = np.array(value, dtype=object if datatype == "BYTES" else None)
    except (ValueError, OverflowError, RecursionError):
        return None
    if not fits(found.shape, shape):
        return None
    if datatype == "BYTES":
        return found if all(type(one) is str for one in found.flat) else None
    if wanted.kind == "b":
        return found if found.dtype.kind == "b" else None
    return _numbers(found, wanted)


def _numbers(found: Tensor, wanted: np.dtype[Any]) -> Tensor | None:
    import numpy as np

    if wanted.kind == "f" and found.dtype.kind in "iuf":
        if surely_within(found, largest(wanted)):
            return found.astype(wanted)
        with np.errstate(over="ignore"):
            array = found.astype(wanted)
        return array if np.isfinite(array).all() else None
    if wanted.kind in "iu" and found.size and (found.dtype.kind in "iu" or _is_whole(found)):
        least, most = np.iinfo(wanted).min, np.iinfo(wanted).max
        in_range = least <= int(found.min()) and int(found.max()) <= most
        return found.astype(wanted) if in_range else None
    return None


def _is_whole(found: Tensor) -> bool:
    """Whether fractions are integers that none of them has lost a digit of."""
    import numpy as np

    is_exact = found.dtype.kind == "f" and bool((np.abs(found) < EXACT).all())
    return is_exact and bool((found == np.floor(found)).all())


def _one_by_one(value: Any, datatype: str, shape: Sequence[int], at: str) -> Tensor:
    import numpy as np

    lengths: list[int] = list(shape)
    flat = list(_elements(value, datatype, lengths, at, 0))
    array: NDArray[Any] = np.empty(len(flat), dtype=numpy_type(datatype))
    array[:] = flat
    return array.reshape([0 if length == ANY else length for length in lengths])


def _elements(value: Any, datatype: str, lengths: list[int], at: str, depth: int) -> Iterator[Any]:
    """The elements in their order; `lengths` become those of the first lists where they were open."""
    if depth == len(lengths):
        yield _element(value, datatype, at)
        return
    if not isinstance(value, list | tuple):
        raise BadInputError(at, f"{shown(value)} is not an array")
    if lengths[depth] == ANY:
        lengths[depth] = len(value)
    if len(value) != lengths[depth]:
        raise BadInputError(at, f"it has {len(value)} items where {lengths[depth]} are needed")
    for index, one in enumerate(value):
        yield from _elements(one, datatype, lengths, f"{at}/{index}", depth + 1)


def _element(value: Any, datatype: str, at: str) -> Any:
    if datatype == "BYTES":
        if isinstance(value, str):
            return value
        raise BadInputError(at, f"{shown(value)} is not a text")
    if datatype == "BOOL":
        if isinstance(value, bool):
            return value
        raise BadInputError(at, f"{shown(value)} is not true or false")
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN
        raise BadInputError(at, f"{shown(value)} is not a number")
    return _fraction(value, datatype, at) if datatype.startswith("FP") else _whole(value, datatype, at)


def _fraction(value: float, datatype: str, at: str) -> Any:
    import numpy as np

    try:
        with np.errstate(over="ignore"):
            found = numpy_type(datatype).type(float(value))
    except OverflowError:
        found = np.float64(math.inf)
    if not np.isfinite(found):
        raise BadInputError(at, f"{shown(value)} does not fit into {datatype}")
    return found


def _whole(value: float, datatype: str, at: str) -> int:
    import numpy as np

    if isinstance(value, float) and not value.is_integer():
        raise BadInputError(at, f"{shown(value)} is not a whole number")
    limits = np.iinfo(numpy_type(datatype))
    if not limits.min <= value <= limits.max:
        raise BadInputError(at, f"{shown(value)} does not fit into {datatype}")
    return int(value)


def shown(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    if isinstance(value, list | tuple | dict):
        return "an array" if isinstance(value, list | tuple) else "an object"
    if isinstance(value, int) and abs(value) >= 10**MAX_SHOWN:
        return f"a number of more than {MAX_SHOWN} digits"
    text = json.dumps(value[:MAX_SHOWN] if isinstance(value, str) else value, default=str, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN + 2 else f"{text[:MAX_SHOWN]}…"
