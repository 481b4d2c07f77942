"""The tensors that an interface amounts to, for models whose files do not say what they take and give.

It is the way back of how an interface is read from an ONNX graph: a number, text or boolean is one element of
each instance, an array a dimension more, and an object with properties has a tensor for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.edges.loaders.base import ANY, ModelError, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelops_git.edges.loaders.base import Source, Tensor

MAX_RANK = 16
_DATATYPES = {"number": "FP64", "integer": "INT64", "string": "BYTES", "boolean": "BOOL"}
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string"}


class Function(NamedTuple):
    """A predictor that is a function of tensors.

    Attributes:
        inputs: What it takes.
        outputs: What it gives.
        infer: The function.
    """

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    infer: Callable[[Mapping[str, Tensor]], Mapping[str, Any]]


def by_interface(source: Source, infer: Callable[[Mapping[str, Tensor]], Mapping[str, Any]]) -> Function:
    """A predictor with the tensors that the interface of a version amounts to.

    Args:
        source: The version.
        infer: From arrays by name to arrays by name. The names are those of the interface's properties, or
            `input` and `output` where it has none. Called by several threads at once.

    Raises:
        ModelError: The interface amounts to no tensors.
    """
    return Function(
        specs_of(source.interface["input"], "input", source.name),
        specs_of(source.interface["output"], "output", source.name),
        infer,
    )


def specs_of(schema: Any, side: str, subject: str) -> tuple[TensorSpec, ...]:
    """The tensors of one side of an interface: `input` or `output`; each with a batch.

    Raises:
        ModelError: It leaves open what they are.
    """
    properties = schema.get("properties") if isinstance(schema, dict) else None
    named = properties if isinstance(properties, dict) and properties else {side: schema}
    return tuple(_spec(name, part, f"the {side} of {subject}") for name, part in named.items())


def is_map(schema: Any) -> bool:
    """Whether a schema is that of an object of numbers by any name, as of probabilities by class."""
    return isinstance(schema, dict) and schema.get("type") == "object" and not schema.get("properties")


def _spec(name: str, schema: Any, subject: str) -> TensorSpec:
    if is_map(schema):
        return TensorSpec(name, "FP64", (ANY, ANY))
    shape: list[int] = [ANY]
    while isinstance(schema, dict) and schema.get("type") == "array":
        if len(shape) > MAX_RANK:
            raise _open(name, subject)
        shape.append(_length(schema))
        schema = _item(schema)
    return TensorSpec(name, _datatype(name, schema, subject), tuple(shape))


def _length(schema: Mapping[str, Any]) -> int:
    least, most = schema.get("minItems"), schema.get("maxItems")
    return least if isinstance(least, int) and least == most else ANY


def _item(schema: Mapping[str, Any]) -> Any:
    """The schema of all items; of items that are listed one by one it is the first's, if they are alike."""
    listed = schema.get("prefixItems")
    if not isinstance(listed, list) or not listed:
        return schema.get("items")
    kinds = {one.get("type") if isinstance(one, dict) else None for one in listed}
    if kinds == {"integer", "number"}:
        return {"type": "number"}
    return listed[0] if len(kinds) == 1 else None


def _datatype(name: str, schema: Any, subject: str) -> str:
    said = schema.get("type") if isinstance(schema, dict) else None
    if said is None and isinstance(schema, dict):
        values = schema.get("enum") or [schema.get("const")]
        kinds = {_TYPES.get(type(one)) for one in values}
        said = kinds.pop() if len(kinds) == 1 else None
    if said not in _DATATYPES:
        raise _open(name, subject)
    return _DATATYPES[said]


def _open(name: str, subject: str) -> ModelError:
    return ModelError(
        f"{subject} leaves open what {name} is",
        hint="Say its `type` in the interface: number, integer, string or boolean, or arrays of one of them.",
    )
