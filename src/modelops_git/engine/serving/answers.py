"""What a model gives as JSON: one value for each instance, by the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.edges.loaders.base import ModelError, numpy_type
from modelops_git.engine.serving.arrays import surely_within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelops_git.edges.loaders.base import Tensor, TensorSpec
    from modelops_git.engine.serving.sides import Side

_SQUARED = 1e9
"""What is larger is looked at one by one: the squares of many may be too much for the shortest type."""


def answers_of(tensors: Mapping[str, Any], side: Side, count: int) -> list[Any]:
    """The JSON value of each of `count` instances: of one tensor the bare value, of several an object.

    Raises:
        ModelError: A tensor is missing, is not of so many instances, or holds what JSON cannot say.
    """
    columns = [
        _column(tensors.get(spec.name), spec, schema, count)
        for spec, schema in zip(side.specs, side.schemas, strict=True)
    ]
    if side.keys is None:
        return columns[0]
    keys = side.keys
    return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]


def unzipped(value: Any, datatype: str) -> Tensor:
    """An output as an array; maps from class to number become their numbers, in the order of the classes.

    Args:
        value: What the model gave.
        datatype: What numbers of maps become.

    Raises:
        ModelError: It is neither.
    """
    import numpy as np

    try:
        found: Tensor = np.asarray([_numbers(one) for one in value] if _is_maps(value) else value)
    except (ValueError, TypeError) as error:
        raise ModelError(f"the model gave something that is no array: {error}") from error
    return found.astype(numpy_type(datatype)) if _is_maps(value) else found


def _is_maps(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _column(value: Any, spec: TensorSpec, schema: Any, count: int) -> list[Any]:
    if value is None:
        raise ModelError(f"the model gave no {spec.name}")
    if _is_maps(value):
        return _maps(value, spec, schema, count)
    array = unzipped(value, spec.datatype)
    _refuse_unsaid(array, spec)
    # Some exporters say nothing of an output's shape; what it is then tells.
    is_batch = spec.has_batch or (not spec.shape and array.shape[:1] == (count,))
    rows: Any = array.tolist() if is_batch else [array.tolist()]
    if not isinstance(rows, list) or len(rows) != count:
        shape = list(array.shape)
        raise ModelError(f"{spec.name} has the shape {shape}, which does not fit {count} instances")
    return rows


def _refuse_unsaid(array: Tensor, spec: TensorSpec) -> None:
    """Refuse what JSON cannot say.

    Raises:
        ModelError: It cannot.
    """
    import numpy as np

    kind = array.dtype.kind
    if kind == "f" and not (surely_within(array, _SQUARED) or np.isfinite(array).all()):
        raise ModelError(f"{spec.name} holds NaN or infinity, which JSON cannot say")
    if kind not in "biufUO" or (kind == "O" and not all(isinstance(one, str) for one in array.flat)):
        raise ModelError(f"{spec.name} holds something else than numbers, texts and booleans")


def _maps(maps: Sequence[Mapping[Any, Any]], spec: TensorSpec, schema: Any, count: int) -> list[Any]:
    """Numbers by class, or a list of them where the interface says that."""
    import numpy as np

    if len(maps) != count:
        raise ModelError(f"{spec.name} has {len(maps)} maps, which does not fit {count} instances")
    rows = [_numbers(one) for one in maps]
    if not all(np.isfinite(row).all() for row in rows):
        raise ModelError(f"{spec.name} holds NaN or infinity, which JSON cannot say")
    if isinstance(schema, dict) and schema.get("type") == "array":
        return rows
    return [dict(zip(map(str, one), row, strict=True)) for one, row in zip(maps, rows, strict=True)]


def _numbers(one: Mapping[Any, Any]) -> list[float]:
    try:
        return [float(number) for number in one.values()]
    except (TypeError, ValueError) as error:
        raise ModelError(f"the model gave a map of something else than numbers: {error}") from error
