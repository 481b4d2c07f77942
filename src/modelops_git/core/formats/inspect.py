"""What a file is, by its content: one table of what files begin with, and one reader for each.

The name is asked only where the content fits and has no mark that is enough: skops among zip files, joblib
among pickles. No reader carries anything out, and none trusts a length that a file states.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from modelops_git.core.formats import pickles, safetensors, tars, texts
from modelops_git.core.formats.inspection import UNKNOWN, Inspection, UnscannableError
from modelops_git.core.formats.look import Look
from modelops_git.core.formats.onnx_file import START as ONNX_START
from modelops_git.core.formats.reading import CHUNK, FileView

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelops_git.core.formats.reading import View

HDF5: Final = b"\x89HDF\r\n\x1a\n"
_FIRST_BLOCK, _LAST_BLOCK = 512, 1 << 24
_CLOSED = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x1f\x9d": "compress",
    b"MSCF\0\0\0\0": "cabinet",
}
"""What there is no reader of here, though it could hold anything."""


class _Kind(NamedTuple):
    """A format: whether a file begins like it, and its reader, as `module.function`."""

    starts: Callable[[bytes], object]
    reader: str


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


TABLE: Final = (
    _Kind(_begins(b"GGUF"), "gguf.judge"),
    _Kind(_begins(b"PK\x03\x04", b"PK\x05\x06"), "zips.judge"),
    _Kind(_begins(b"\x93NUMPY"), "npy.judge"),
    _Kind(_begins(b"\x04\x22\x4d\x18"), "compressed.judge_lz4"),
    _Kind(safetensors.starts, "safetensors.judge"),
    _Kind(tars.is_tar, "tars.judge"),
    _Kind(re.compile(rb"\x1f\x8b|BZh|\xfd7zXZ|\x5d\x00|\x78|ZF").match, "compressed.judge"),
    _Kind(texts.UBJ.match, "texts.judge_ubj"),
    _Kind(texts.JSON_START.match, "texts.judge_json"),
    _Kind(texts.LIGHTGBM.match, "texts.judge_lightgbm"),
    _Kind(ONNX_START.match, "onnx_file.judge"),
)
"""The formats in the order in which they are tried. A reader that answers None leaves a file to the next."""


def inspect(name: str, stream: BinaryIO, size: int) -> Inspection:
    """What a file is.

    Args:
        name: Its name or path.
        stream: Its bytes; seekable. Reads are bounded, and few for all but zip files and large ONNX graphs.
        size: How many there are.

    Returns:
        A judgement on any bytes at all. Only what `stream` raises is raised.
    """
    look, view = Look(name, _judge), FileView(stream, size)
    found = _judge(look, view)
    if found.unscannable:
        return found
    try:
        return _with_tail(look, view, found)
    except UnscannableError as error:
        return found._replace(unscannable=str(error))


def _judge(look: Look, view: View) -> Inspection:
    head = b""
    try:
        head = view.at(0, CHUNK)
        found = _by_content(look, view, head)
        is_told = found.runs_code or found.format == UNKNOWN  # then that was asked already
        is_both = not is_told and pickles.verdict(view) is pickles.Verdict.CODE
    except UnscannableError as error:
        return Inspection(_first(head), unscannable=str(error))
    return Inspection("pickle", inside="the whole, which is also a sound file") if is_both else found


def _by_content(look: Look, view: View, head: bytes) -> Inspection:
    if pickles.MARKED.match(head):
        return pickles.marked(look.name, view)
    closed = next((kind for mark, kind in _CLOSED.items() if head.startswith(mark)), "")
    if closed:
        return Inspection(closed, unscannable="nothing here can look into such a file")
    for kind in TABLE:
        if kind.starts(head) and (found := _read(kind.reader, look, view)):
            return found
    if head.startswith(b"CBM1"):
        return Inspection("catboost")
    if head and _is_hdf5(view, head):
        return Inspection("h5")
    return pickles.unmarked(look.name, view) or Inspection(UNKNOWN)


def _read(reader: str, look: Look, view: View) -> Inspection | None:
    module, _, function = reader.partition(".")
    found: Inspection | None = getattr(import_module(f"modelops_git.core.formats.{module}"), function)(
        look, view
    )
    return found


def _is_hdf5(view: View, head: bytes) -> bool:
    """Whether the mark of HDF5 is at the start, or behind a block of the user's own, of 512 bytes doubled."""
    if head.startswith(HDF5):
        return True
    block = _FIRST_BLOCK
    while block <= _LAST_BLOCK:
        mark = head[block : block + len(HDF5)] if block < len(head) else view.at(block, len(HDF5))
        if mark == HDF5:
            return True
        if len(mark) < len(HDF5):
            return False
        block *= 2
    return False


def _with_tail(look: Look, view: View, found: Inspection) -> Inspection:
    """The same, unless it ends as a zip file without having begun as one: some readers look at the end."""
    from modelops_git.core.formats.zip_directory import ends_as_zip

    if found.runs_code or view.at(0, 2) == b"PK" or not view.size or not ends_as_zip(view):
        return found
    inner = _read("zips.judge", look, view)
    if inner is not None and inner.runs_code:
        return inner
    what = "it begins as another one" if found.format != UNKNOWN else "it does not begin as one"
    return found._replace(unscannable=f"it ends as a zip file, and {what}")


def _first(head: bytes) -> str:
    """What a file begins as that cannot be looked into."""
    return "zip" if head.startswith(b"PK\x03\x04") else UNKNOWN
