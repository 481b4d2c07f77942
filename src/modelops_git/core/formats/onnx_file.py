"""Whether a file is a whole ONNX model, and whether the files beside it that it names lie in its folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from modelops_git.core.artifacts import printable, unsafe_path
from modelops_git.core.formats.inspection import Inspection, UnsoundError
from modelops_git.core.formats.protobuf import BYTES, VARINT, Field, fields

if TYPE_CHECKING:
    from modelops_git.core.formats.look import Look
    from modelops_git.core.formats.reading import View

START: Final = re.compile(rb"\x08[\x01-\x7f][\x12\x1a\x22\x28\x32\x3a\x42]")  # ir_version, then a next field
_ENTRY, _TYPE = "entry", "type"
TABLE: Final = {
    "model": {7: "graph", 8: "opset", 14: _ENTRY, 20: "training", 25: "function"},
    "graph": {
        1: "node",
        5: "tensor",
        14: "annotation",
        15: "sparse",
        16: _ENTRY,
        **dict.fromkeys((11, 12, 13), "value"),
    },
    "training": {1: "graph", 2: "graph", 3: _ENTRY, 4: _ENTRY},
    "function": {7: "node", 9: "opset", 11: "attribute", 12: "value", 14: _ENTRY},
    "node": {5: "attribute", 9: _ENTRY},
    "attribute": {
        5: "tensor",
        6: "graph",
        10: "tensor",
        11: "graph",
        14: _TYPE,
        15: _TYPE,
        22: "sparse",
        23: "sparse",
    },
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {3: "segment", 13: "location", 16: _ENTRY},
    "annotation": {2: _ENTRY},
    "value": {2: _TYPE, 4: _ENTRY},
    _TYPE: {1: "tensor-type", 4: "sequence", 5: "map", 8: "tensor-type", 9: "sequence"},
    "tensor-type": {2: "shape"},
    "sequence": {1: _TYPE},
    "map": {2: _TYPE},
    "shape": {1: "dimension"},
}
"""The messages of onnx.proto that have messages in them, by the numbers of their fields."""
IR_VERSION, GRAPH = 1, 7
_VALUE = 2
_MAX_NUMBER = 40
"""No message of ONNX has a field with a larger number; one that has is something else."""
_MAX_PATH = 4096


def judge(_look: Look, view: View) -> Inspection | None:
    """What a file is that may be an ONNX model; None where it begins like no model at all."""
    try:
        return _checked(view)
    except UnsoundError as error:
        return Inspection("onnx", mismatch=str(error)) if START.match(view.at(0, 3)) else None


def _checked(view: View) -> Inspection:
    seen: list[int] = []
    for field in fields(view, "model", TABLE):
        if field.message == "model":
            seen.append(_top(field))
        elif field.message == "location" and field.number == _VALUE and field.kind == BYTES:
            _refuse_outside(view, field)
    if seen.count(IR_VERSION) != 1 or seen.count(GRAPH) != 1:
        raise UnsoundError("it holds no graph, or several")
    return Inspection("onnx")


def _top(field: Field) -> int:
    expected = {IR_VERSION: VARINT, GRAPH: BYTES}.get(field.number, field.kind)
    if field.number > _MAX_NUMBER or field.kind != expected:
        raise UnsoundError("it holds what no ONNX model does")
    return field.number


def _refuse_outside(view: View, field: Field) -> None:
    """Refuse weights that do not lie below the model's folder: a runtime would read any file for them.

    What else is said of such weights (offset, length, checksum) is a safe path as well, so that it makes no
    difference which is which, and in what order key and value come.
    """
    path = view.at(field.start, min(field.value, _MAX_PATH)).decode("utf-8", "replace")
    plain = path.removeprefix("./")
    if why := unsafe_path(plain):
        raise UnsoundError(f"it wants weights from {printable(path[:200])!r}, which {why}")
