"""Estimators of scikit-learn, however they were stored: what is asked of them is what the interface says.

A single value for each instance is what `predict` gives. An array of numbers, or an object of numbers by
class, is what `predict_proba` of a classifier gives.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import UsageError
from modelops_git.edges.loaders.base import ModelError, numpy_type
from modelops_git.edges.loaders.schemas import is_map, specs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelops_git.edges.loaders.base import Source, Tensor, TensorSpec

KINDS = {"b": "b", "i": "biu", "u": "biu", "f": "biuf", "O": "OSU"}
"""What a model may give for what the interface says, by kinds of elements in numpy's letters."""


class Estimator:
    """A fitted estimator of scikit-learn, or anything with its methods."""

    def __init__(self, source: Source, fitted: Any) -> None:
        if not callable(getattr(fitted, "predict", None)):
            raise ModelError(f"{source.name} is a {type(fitted).__name__}, which has no `predict`")
        self.inputs = specs_of(source.interface["input"], "input", source.name)
        self.outputs = specs_of(source.interface["output"], "output", source.name)
        self._fitted = fitted
        self._maps = _maps(source.interface["output"])
        self._by_class = {one.name for one in self.outputs if _is_by_class(fitted, one)}
        self._columns = _columns(source, fitted)

    def infer(self, tensors: Mapping[str, Tensor], /) -> dict[str, Any]:
        """What the interface's output says, of `predict` and `predict_proba` (see `Predictor`)."""
        rows = self._rows(tensors)
        needs = {one.name in self._by_class for one in self.outputs}
        label = self._fitted.predict(rows) if False in needs else None
        shares = self._fitted.predict_proba(rows) if True in needs else None
        return {
            one.name: self._shares(one, shares) if one.name in self._by_class else _as(one, label)
            for one in self.outputs
        }

    def _rows(self, tensors: Mapping[str, Tensor]) -> Any:
        if self._columns:
            return _frame({name: tensors[name] for name in self._columns})
        (spec,) = self.inputs
        rows = tensors[spec.name]
        return rows.reshape(-1, 1) if rows.ndim == 1 and spec.datatype != "BYTES" else rows

    def _shares(self, spec: TensorSpec, shares: Any) -> Any:
        if spec.name not in self._maps:
            return _as(spec, shares)
        names = [str(one) for one in self._fitted.classes_]
        return [dict(zip(names, row, strict=True)) for row in shares.tolist()]


def _maps(schema: Any) -> set[str]:
    """The names of outputs that are numbers by class."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    named = properties if isinstance(properties, dict) and properties else {"output": schema}
    return {name for name, part in named.items() if is_map(part)}


def _is_by_class(fitted: Any, spec: TensorSpec) -> bool:
    is_numbers = spec.datatype.startswith("FP") and len(spec.shape) > 1
    return is_numbers and hasattr(fitted, "classes_") and hasattr(fitted, "predict_proba")


def _columns(source: Source, fitted: Any) -> tuple[str, ...]:
    """The names of the columns that the estimator was fitted on, where the interface takes an object.

    Raises:
        ModelError: The interface has other names, or the estimator none.
    """
    schema = source.interface["input"]
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not properties:
        return ()
    named = getattr(fitted, "feature_names_in_", None)
    columns = () if named is None else tuple(map(str, named))
    if set(columns) != set(properties):
        what = f"was fitted on the columns {', '.join(columns)}" if columns else "was fitted without names"
        raise ModelError(
            f"the estimator of {source.name} {what}, and its interface takes {', '.join(sorted(properties))}",
            hint="Register a version whose interface has those names, or an array where there are none.",
        )
    return columns


def _frame(columns: Mapping[str, Tensor]) -> Any:
    try:
        pandas = import_module("pandas")
    except ImportError as error:
        raise UsageError(
            "an estimator that was fitted on named columns needs pandas, which is not installed",
            hint="Run `pip install pandas`.",
        ) from error
    return pandas.DataFrame(dict(columns))


def _as(spec: TensorSpec, found: Any) -> Tensor:
    """What the estimator gave, as the interface says it.

    Raises:
        ModelError: It is of another kind.
    """
    import numpy as np

    array, wanted = np.asarray(found), numpy_type(spec.datatype)
    if array.dtype.kind not in KINDS[wanted.kind]:
        raise ModelError(f"{spec.name} is {array.dtype} of numpy, and the interface says {spec.datatype}")
    if array.ndim == len(spec.shape) + 1 and array.shape[-1] == 1:
        array = array[..., 0]
    return array.astype(wanted)
