"""What a model gives as JSON: one value for each instance, by the interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.edges.loaders.base import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelops_git.edges.loaders.base import Tensor, TensorSpec
    from modelops_git.engine.serving.sides import Side


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


def unzipped(value: Any) -> Tensor:
    """An output as an array; maps from class to number become their numbers, in the order of the classes."""
    import numpy as np

    if type(value) is np.ndarray:
        return value
    if not isinstance(value, list):
        found: Tensor = np.asarray(value)
        return found
    return np.array([list(one.values()) for one in value], dtype=np.float32)


def _column(value: Any, spec: TensorSpec, schema: Any, count: int) -> list[Any]:
    if value is None:
        raise ModelError(f"the model gave no {spec.name}")
    if isinstance(value, list):
        return _maps(value, spec, schema, count)
    import numpy as np

    if value.dtype.kind == "f" and not np.isfinite(value).all():
        raise ModelError(f"{spec.name} holds NaN or infinity, which JSON cannot say")
    # Some exporters say nothing of an output's shape; what it is then tells.
    is_batch = spec.has_batch or (not spec.shape and value.shape[:1] == (count,))
    rows: Any = value.tolist() if is_batch else [value.tolist()]
    if not isinstance(rows, list) or len(rows) != count:
        shape = list(value.shape)
        raise ModelError(f"{spec.name} has the shape {shape}, which does not fit {count} instances")
    return rows


def _maps(maps: Sequence[Mapping[Any, Any]], spec: TensorSpec, schema: Any, count: int) -> list[Any]:
    """Numbers by class, or a list of them where the interface says that."""
    if len(maps) != count:
        raise ModelError(f"{spec.name} has {len(maps)} maps, which does not fit {count} instances")
    if isinstance(schema, dict) and schema.get("type") == "array":
        return [[float(number) for number in one.values()] for one in maps]
    return [{str(key): float(number) for key, number in one.items()} for one in maps]
