"""What an array file of numpy holds: numbers and texts, or Python objects, which are a pickle."""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Final

from modelops_git.core.formats.inspection import Inspection, UnsoundError

if TYPE_CHECKING:
    from modelops_git.core.formats.look import Look
    from modelops_git.core.formats.reading import View

MAGIC: Final = b"\x93NUMPY"
MAX_HEADER: Final = 65_536
_HEADER = re.compile(
    r"\{'descr': ('[^'\\]*'|\[.*\]), 'fortran_order': (?:True|False), "
    r"'shape': \(((?:\d{1,18}L?(?:, ?\d{1,18}L?)*,?)?)\), ?\}[ ]*\n",
    re.ASCII,
)
"""What numpy writes; never evaluated. numpy itself would take other ways to write the same."""
_OBJECT = re.compile(r"'[|<>=]?O\d*'")
_TIME = r"(?:\[\d{0,6}(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?"
_PLAIN = re.compile(
    rf"'[|<>=]?(?:(?P<number>b1|[iu][1248]|f(?:2|4|8|16)|c(?:8|16|32))|[mM](?P<time>8){_TIME}|[SUVa]\d{{1,9}})'",
    re.ASCII,
)
_MAX_RANK = 32
_MOST = 1 << 62
_CHARACTER = 4


def judge(_look: Look, view: View) -> Inspection:
    """What a file is that begins as an array of numpy."""
    try:
        return _checked(view)
    except UnsoundError as error:
        return Inspection("npy", mismatch=str(error))


def _checked(view: View) -> Inspection:
    version = view.at(6, 2)
    width = {b"\x01\x00": 2, b"\x02\x00": 4, b"\x03\x00": 4}.get(version, 0)
    if not width:
        raise UnsoundError("its version is unknown")
    length, start = int.from_bytes(view.at(8, width), "little"), 8 + width
    if length > MAX_HEADER:
        raise UnsoundError("its header is longer than there can be")
    text = view.at(start, length).decode("utf-8" if version == b"\x03\x00" else "latin-1", "replace")
    if _OBJECT.search(text):
        return Inspection("pickle", inside="an array of Python objects")
    found = _HEADER.fullmatch(text)
    if found is None:
        raise UnsoundError("its header is not what numpy writes")
    _refuse_length(view, start + length, found[1], [int(one) for one in re.findall(r"\d+", found[2])])
    return Inspection("npy")


def _refuse_length(view: View, start: int, kind: str, shape: list[int]) -> None:
    """Refuse data of another length than the header says; of records that is not told."""
    found = _PLAIN.fullmatch(kind)
    if found is None:
        if kind.startswith("'"):
            raise UnsoundError(f"its elements are of an unknown type {kind[:20]}")
        return
    digits = re.sub(r"\D", "", found["number"] or found["time"] or kind)
    size = int(digits) * (_CHARACTER if "U" in kind else 1)
    if len(shape) > _MAX_RANK or prod(filter(None, (*shape, size))) >= _MOST:
        raise UnsoundError("it has more elements than there can be")
    end = start + prod(shape) * size
    if end != start and len(view.at(end - 1, 1)) == 0:
        raise UnsoundError("it is cut off")
    if view.at(end, 1):
        raise UnsoundError("bytes follow its data")
