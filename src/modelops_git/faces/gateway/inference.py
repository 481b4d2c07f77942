"""The body of an inference request of the Open Inference Protocol, and of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from modelops_git.engine.serving.arrays import fits
from modelops_git.faces.gateway import tensors
from modelops_git.faces.gateway.refusals import INVALID, UNPROCESSABLE, RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from modelops_git.edges.loaders.base import TensorSpec
    from modelops_git.faces.gateway.tags import Tag

HEADER_LENGTH = "Inference-Header-Content-Length"
"""The header that says where the JSON of a body ends and its binary data begins."""


class Asked(NamedTuple):
    """What a request asks for.

    Attributes:
        id: How the caller names it; empty where it does not.
        inputs: By their names.
        outputs: The names of what it wants; all where there are none.
        binary: Those of them that it wants in binary.
    """

    id: str
    inputs: dict[str, NDArray[Any]]
    outputs: tuple[str, ...]
    binary: frozenset[str] | None


def asked(body: bytes, header_length: int | None, wanted: Sequence[TensorSpec]) -> Asked:
    """What a request asks for.

    Args:
        body: Its body.
        header_length: How long its JSON is; None where there is nothing else.
        wanted: The inputs of the version.

    Raises:
        RefusalError: It makes no sense, or does not fit the version.
    """
    length = len(body) if header_length is None else header_length
    if not 0 <= length <= len(body):
        raise RefusalError(INVALID, f"{HEADER_LENGTH} is more than the body has")
    document = parsed(body[:length])
    inputs = document.get("inputs")
    if not isinstance(inputs, list):
        raise RefusalError(UNPROCESSABLE, "inputs is a list of tensors", "/inputs")
    arrays = _arrays(inputs, body[length:])
    _require(arrays, wanted)
    return Asked(_text(document.get("id")), arrays, *_outputs(document))


def answered(request: Asked, outputs: Mapping[str, NDArray[Any]], tag: Tag) -> tuple[bytes, int | None]:
    """The body of an answer, and how long its JSON is where binary data follows.

    Raises:
        RefusalError: It asks for an output that there is not.
    """
    unknown = [name for name in request.outputs if name not in outputs]
    if unknown:
        raise RefusalError(UNPROCESSABLE, f"there is no output {unknown[0]}", "/outputs")
    rows, binary = [], []
    for name in request.outputs or outputs:
        array = outputs[name]
        row: dict[str, Any] = {
            "name": name,
            "datatype": tensors.datatype_of(array),
            "shape": list(array.shape),
        }
        if request.binary is None or name in request.binary:
            binary.append(tensors.to_bytes(array))
            rows.append(row | {"parameters": {"binary_data_size": len(binary[-1])}})
        else:
            rows.append(row | {"data": tensors.to_json(array)})
    head = orjson.dumps(
        {
            "model_name": tag.model,
            "model_version": tag.route.version,
            "id": request.id or tag.id,
            "parameters": {"digest": tag.route.digest, "role": tag.route.role, "prediction_id": tag.id},
            "outputs": rows,
        }
    )
    return b"".join([head, *binary]), len(head) if binary else None


def parsed(body: bytes) -> dict[str, Any]:
    """The object that a body is the JSON of.

    Raises:
        RefusalError: It is none.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RefusalError(INVALID, f"the body is no JSON: {error}") from None
    if not isinstance(document, dict):
        raise RefusalError(INVALID, "the body is no JSON object")
    return document


def _arrays(inputs: list[Any], binary: bytes) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    at = 0
    for number, value in enumerate(inputs):
        tensor = tensors.declared(value, f"/inputs/{number}")
        if tensor.name in arrays:
            raise tensor.wrong("is there twice")
        size = _binary_size(value.get("parameters"))
        if size is None:
            arrays[tensor.name] = tensors.from_json(tensor, value.get("data"))
        else:
            arrays[tensor.name] = tensors.from_bytes(tensor, binary[at : at + size])
            at += size
    if at != len(binary):
        raise RefusalError(
            INVALID, f"there are {len(binary):,} bytes behind the JSON, and the inputs have {at:,}"
        )
    return arrays


def _binary_size(parameters: Any) -> int | None:
    size = parameters.get("binary_data_size") if isinstance(parameters, dict) else None
    return size if type(size) is int and size >= 0 else None


def _require(arrays: Mapping[str, NDArray[Any]], wanted: Sequence[TensorSpec]) -> None:
    """Refuse what does not fit the version's inputs."""
    specs = {spec.name: spec for spec in wanted}
    for number, (name, array) in enumerate(arrays.items()):
        where = f"/inputs/{number}"
        spec = specs.get(name)
        if spec is None:
            known = ", ".join(specs)
            raise RefusalError(UNPROCESSABLE, f"there is no input {name}; there is {known}", f"{where}/name")
        datatype = tensors.datatype_of(array)
        if datatype != spec.datatype:
            raise RefusalError(
                UNPROCESSABLE, f"{name} is {spec.datatype}, not {datatype}", f"{where}/datatype"
            )
        if not fits(array.shape, spec.shape):
            shape = ", ".join("any" if one < 0 else str(one) for one in spec.shape)
            raise RefusalError(UNPROCESSABLE, f"the shape of {name} is [{shape}]", f"{where}/shape")
    missing = [name for name in specs if name not in arrays]
    if missing:
        raise RefusalError(UNPROCESSABLE, f"the input {missing[0]} is missing", "/inputs")
    if len({array.shape[:1] for array in arrays.values()}) > 1:
        raise RefusalError(UNPROCESSABLE, "the inputs are of different numbers of instances", "/inputs")


def _outputs(document: dict[str, Any]) -> tuple[tuple[str, ...], frozenset[str] | None]:
    """The outputs that are wanted, and which of them in binary; None for all."""
    rows = document.get("outputs") or []
    if not rows:
        return (), None if _flag(document, "binary_data_output") else frozenset()
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and isinstance(row.get("name"), str) for row in rows
    ):
        raise RefusalError(UNPROCESSABLE, "outputs is a list of objects with a name", "/outputs")
    names = tuple(row["name"] for row in rows)
    if len(set(names)) < len(names):  # a short request would ask for any amount of memory
        raise RefusalError(UNPROCESSABLE, "an output is asked for twice", "/outputs")
    return names, frozenset(row["name"] for row in rows if _flag(row, "binary_data"))


def _flag(value: dict[str, Any], name: str) -> bool:
    parameters = value.get("parameters")
    return isinstance(parameters, dict) and parameters.get(name) is True


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RefusalError(UNPROCESSABLE, "id is a text", "/id")
    return value
