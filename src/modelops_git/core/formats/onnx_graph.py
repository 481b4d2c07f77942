"""The interface that an ONNX graph has, as JSON Schema of one instance.

How a type becomes a schema:

- The first dimension is the batch, and is dropped, where it is unknown (symbolic, absent, 0 or -1) or fixed
  at 1, which is how exporters write a model that was traced with one example. A first dimension fixed at 2
  or more is kept: nothing tells a batch of 16 from a vector of 16, and nobody may send less.
- Each further dimension is an array: of exactly that length, or of any length where it is unknown.
- Floating-point elements are numbers, integers are integers, strings and booleans are what they are.
- A sequence of maps, which scikit-learn classifiers give unless zipmap is off, is a batch of maps; a map is
  an object with values of its value type. Any other sequence is an array.
- One input is its bare schema. Several are an object by name that takes no other name, since a runtime
  refuses unknown feeds. One output is its bare schema too; several are an object by name, to which a later
  version may add names.

What cannot be said (an unknown rank, complex numbers, sparse tensors) is an error, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import ModelopsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_RANK = 16
MAX_DIMENSION = 2**31 - 1
MAX_NESTING = 8
MAX_TEXT = 200
NUMBERS = ("FLOAT", "FLOAT16", "DOUBLE", "BFLOAT16")
INTEGERS = ("INT4", "INT8", "INT16", "INT32", "INT64", "UINT4", "UINT8", "UINT16", "UINT32", "UINT64")
ELEMENTS = {
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys(INTEGERS, "integer"),
    "STRING": "string",
    "BOOL": "boolean",
}
Schema = dict[str, Any]
Lengths = list[int | None]


class OnnxError(ModelopsError):
    """The bytes are no ONNX model, or one whose interface cannot be told from its graph."""


class DamagedError(OnnxError):
    """The bytes are no ONNX model at all: cut off, or never one."""


@dataclass(frozen=True, slots=True)
class OnnxSummary:
    """What an ONNX file says about itself.

    Attributes:
        interface: `{protocol, input, output}`, as in a ModelVersion.
        producer: The tool that wrote the file, such as `skl2onnx`; empty where it does not say.
        producer_version: The tool's version; empty likewise.
        opset: The version of the default operator set; 0 where it names none.
        beside: Files beside it that hold its weights, sorted, by their paths from its folder.
    """

    interface: Schema
    producer: str
    producer_version: str
    opset: int
    beside: tuple[str, ...] = ()


def summary_of(data: bytes) -> OnnxSummary:
    """What an ONNX model says about itself, given as the bytes of its file.

    Raises:
        UsageError: The `onnx` package is not installed.
        DamagedError: The bytes are no ONNX model.
        OnnxError: Its interface cannot be told from the graph.
    """
    model = _parsed(data)
    defaults = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in defaults]
    interface = {
        "protocol": "json",
        "input": _side(inputs, "input"),
        "output": _side(model.graph.output, "output"),
    }
    opsets = [entry.version for entry in model.opset_import if entry.domain in {"", "ai.onnx"}]
    producer, version = _plain(model.producer_name), _plain(model.producer_version)
    return OnnxSummary(interface, producer, version, max(opsets, default=0), _beside(model))


def _beside(model: Any) -> tuple[str, ...]:
    entries = (entry for tensor in model.graph.initializer for entry in tensor.external_data)
    return tuple(sorted({_plain(entry.value) for entry in entries if entry.key == "location"}))


def _parsed(data: bytes) -> Any:
    try:
        onnx = import_module("onnx")
    except ImportError as error:
        hint = 'Run `pip install "modelops-git[onnx]"`, or state the interface in the manifest.'
        raise UsageError("reading the interface of an ONNX file needs the onnx package", hint=hint) from error
    unparsable: type[Exception] = import_module("google.protobuf.message").DecodeError
    try:
        return onnx.ModelProto.FromString(data)
    except unparsable as error:
        raise DamagedError("the file cannot be parsed as an ONNX model", hint="export it again") from error


def _text(field: Any) -> str:
    """A text field; protobuf hands out bytes where a file holds no UTF-8."""
    if isinstance(field, str):
        return field
    raise OnnxError("the ONNX model holds a name that is not UTF-8", hint="export it again")


def _plain(field: Any) -> str:
    """Text from a file that nobody checked, fit for a terminal."""
    text = _text(field)
    return "".join(char for char in text[:MAX_TEXT] if char.isprintable())


def _side(values: Iterable[Any], side: str) -> Schema:
    named = [(_text(value.name), value.type) for value in values]
    names = [name for name, _ in named]
    if not named:
        raise OnnxError(f"the ONNX graph has no {side}", hint="is it a whole model?")
    if not all(names) or len(set(names)) < len(names):
        raise OnnxError(f"the ONNX graph has an {side} without a name, or two of the same name")
    schemas = {name: _of_batch(kind, f"{side} {_plain(name)!r}") for name, kind in named}
    if len(schemas) == 1:
        return schemas[names[0]]
    schema: Schema = {"type": "object", "properties": schemas, "required": names}
    return {**schema, "additionalProperties": False} if side == "input" else schema


def _of_batch(kind: Any, what: str) -> Schema:
    """The schema of one instance, given the type of a batch."""
    name = kind.WhichOneof("value")
    if name == "tensor_type":
        lengths = _lengths(kind.tensor_type, what)
        instance = lengths[1:] if lengths and lengths[0] in {None, 1} else lengths
        return _tensor(kind.tensor_type, instance, what)
    if name == "sequence_type" and kind.sequence_type.elem_type.WhichOneof("value") == "map_type":
        return _of_type(kind.sequence_type.elem_type, what, MAX_NESTING)
    return _of_type(kind, what, MAX_NESTING)


def _of_type(kind: Any, what: str, depth: int) -> Schema:
    """The schema of a type without a batch."""
    name = kind.WhichOneof("value")
    if depth == 0:
        raise _untold(what, "nests too deep")
    if name == "tensor_type":
        return _tensor(kind.tensor_type, _lengths(kind.tensor_type, what), what)
    if name == "sequence_type":
        return {"type": "array", "items": _of_type(kind.sequence_type.elem_type, what, depth - 1)}
    if name == "map_type":
        return {"type": "object", "additionalProperties": _map_value(kind.map_type.value_type, what, depth)}
    if name == "optional_type":
        return {"anyOf": [_of_type(kind.optional_type.elem_type, what, depth - 1), {"type": "null"}]}
    raise _untold(what, f"is a {name.removesuffix('_type').replace('_', ' ')}" if name else "has no type")


def _map_value(kind: Any, what: str, depth: int) -> Schema:
    """The values of a map; exporters write a scalar there as a tensor without a shape."""
    if kind.WhichOneof("value") == "tensor_type" and not kind.tensor_type.HasField("shape"):
        return _tensor(kind.tensor_type, [], what)
    return _of_type(kind, what, depth - 1)


def _lengths(tensor: Any, what: str) -> Lengths:
    """The length of each dimension; None where it is unknown."""
    if not tensor.HasField("shape"):
        raise _untold(what, "has an unknown number of dimensions")
    lengths = [dim.dim_value if dim.dim_value > 0 else None for dim in tensor.shape.dim]
    if len(lengths) > MAX_RANK or any(length and length > MAX_DIMENSION for length in lengths):
        raise _untold(what, f"has more than {MAX_RANK} dimensions, or one beyond {MAX_DIMENSION:,}")
    return lengths


def _tensor(tensor: Any, lengths: Lengths, what: str) -> Schema:
    schema: Schema = {"type": _element(tensor.elem_type, what)}
    for length in reversed(lengths):
        schema = {"type": "array", "items": schema}
        if length is not None:
            schema |= {"minItems": length, "maxItems": length}
    return schema


def _element(code: int, what: str) -> str:
    """The JSON type of a tensor's elements."""
    kinds = import_module("onnx").TensorProto.DataType
    name = {number: name for name, number in kinds.items()}.get(code, str(code))
    if name.startswith("FLOAT8"):
        return "number"
    if name not in ELEMENTS:
        raise _untold(what, f"has elements of type {name}, which JSON cannot say")
    return ELEMENTS[name]


def _untold(what: str, why: str) -> OnnxError:
    message = f"the interface cannot be told from the ONNX graph: {what} {why}"
    return OnnxError(message, hint="state the interface by hand")
