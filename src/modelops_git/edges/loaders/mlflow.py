"""MLflow folders, by their `python_function` flavor.

Its files are told by content like all others, so pickles are here only where the Registry allows them. An
MLflow folder can run code without a pickle too: Python files that it brings, a loader or a class that it
names, types that it tells skops to trust. Such a folder is refused unless the Registry allows pickles for the
model, for that allows as much.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.errors import UsageError
from modelops_git.core.formats.describing import mlmodel
from modelops_git.edges.loaders.base import ModelError, numpy_type
from modelops_git.edges.loaders.schemas import specs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.edges.loaders.base import Source, Tensor, TensorSpec

LOADERS = frozenset(f"mlflow.{name}" for name in ("catboost", "lightgbm", "onnx", "sklearn", "xgboost"))
"""The loaders of MLflow that read data, where no pickle is there to be read."""
CODE = ("code", "model_code_path", "skops_trusted_types")
"""Fields that name Python files of the folder, or types of whose making skops is not to be afraid."""
CLASSES = ("xgboost.", "lightgbm.")
"""What the names of classes begin with that may be made of a folder's data."""
ORIGIN = "uri"
"""The field with the place that a file was copied from, at which nothing is read again."""
PICKLES = frozenset({"pickle", "joblib"})


class _Columns(NamedTuple):
    """What the model's signature says of its input.

    Attributes:
        is_tensor: Whether it takes arrays, and no table.
        types: The types of elements by the name of the column, in numpy's words.
    """

    is_tensor: bool
    types: Mapping[str, Any]


class Pyfunc:
    """A model that MLflow has loaded."""

    def __init__(self, source: Source, model: Any) -> None:
        self.inputs = specs_of(source.interface["input"], "input", source.name)
        self.outputs = specs_of(source.interface["output"], "output", source.name)
        self._is_named = bool((source.interface["input"] or {}).get("properties"))
        self._model = model
        self._columns = _columns(model)

    def infer(self, tensors: Mapping[str, Tensor], /) -> dict[str, Any]:
        """What `predict` of the model gives for a table or an array (see `Predictor`)."""
        found = self._model.predict(self._given(tensors))
        if len(self.outputs) == 1:
            return {self.outputs[0].name: _as(self.outputs[0], found)}
        return {one.name: _as(one, found[one.name]) for one in self.outputs}

    def _given(self, tensors: Mapping[str, Tensor]) -> Any:
        if not self._is_named:
            (only,) = tensors.values()
            return only.astype(next(iter(self._columns.types.values()), only.dtype))
        typed = {name: one.astype(self._columns.types.get(name, one.dtype)) for name, one in tensors.items()}
        if self._columns.is_tensor:
            return typed
        return import_module("pandas").DataFrame({name: list(one) for name, one in typed.items()})


def load(source: Source) -> Pyfunc:
    """Load the MLflow model of a version.

    Raises:
        ModelError: It would run code that the Registry does not allow, or MLflow does not load it.
        UsageError: MLflow is not installed.
    """
    paths = [one.path for one in source.files if one.path.rpartition("/")[2] == mlmodel.NAME]
    if len(paths) != 1:
        raise ModelError(f"{source.name} has {len(paths)} files called {mlmodel.NAME}, where one is loaded")
    _refuse_code(source, _written(source, paths[0]))
    pyfunc = _pyfunc()
    try:
        model = pyfunc.load_model(str((source.folder / paths[0]).parent), suppress_warnings=True)
    except Exception as error:
        reason = " ".join(str(error).split())[:500] or type(error).__name__
        raise ModelError(f"MLflow does not load {source.name}: {reason}") from error
    return Pyfunc(source, model)


def _written(source: Source, path: str) -> Any:
    """What the `MLmodel` says, by a reader that knows no tags."""
    from modelops_git.core.manifests.yamltext import read

    text = read(source.read(path), path)
    if text.root is None:
        raise ModelError(f"{path} of {source.name} cannot be read: {text.findings[0].message}")
    return mlmodel.written(text.root)


def _refuse_code(source: Source, written: Any) -> None:
    """Refuse what would run or read anything but the folder's own data.

    Raises:
        ModelError: It would.
    """
    flavors = written.get("flavors") if isinstance(written, dict) else None
    flavor = flavors.get("python_function") if isinstance(flavors, dict) else None
    if not isinstance(flavors, dict) or not isinstance(flavor, dict):
        raise ModelError(f"the MLflow folder of {source.name} has no python_function flavor")
    for path in _paths(flavors):
        if path.startswith("/") or ".." in path.split("/"):
            raise ModelError(f"the {mlmodel.NAME} of {source.name} names {path}, outside of its folder")
    why = next(_running([written, *flavors.values()], flavor.get("loader_module")), "")
    if source.allowed & PICKLES or not why:
        return
    raise ModelError(
        f"the MLflow folder of {source.name} {why}: code of its own would run when it is loaded",
        hint="It is allowed where `formats.exceptions` of modelops.yaml allow pickle for the model.",
    )


def _running(parts: list[Any], loader: Any) -> Iterator[str]:
    """What of a folder would run code, as the middle of a sentence."""
    if loader not in LOADERS:
        yield f"names the loader {loader}"
    for part in (one for one in parts if isinstance(one, dict)):
        for name in CODE:
            if part.get(name):
                yield f"has `{name}`"
        if part.get("model_class") and not str(part["model_class"]).startswith(CLASSES):
            yield f"names the class {part['model_class']}"


def _paths(value: Any) -> Iterator[str]:
    """Every text in the flavors that may be a path."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _paths(part) if key != ORIGIN else ()
    elif isinstance(value, list):
        for part in value:
            yield from _paths(part)
    elif isinstance(value, str):
        yield value


def _pyfunc() -> Any:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # a server tells nobody what it serves
    try:
        return import_module("mlflow.pyfunc")
    except ImportError as error:
        raise UsageError(
            "MLflow folders are loaded by MLflow, which is not installed",
            hint="Run `pip install 'modelops-git[mlflow]'`.",
        ) from error


def _columns(model: Any) -> _Columns:
    signature = model.metadata.signature
    inputs = signature.inputs if signature else None
    if inputs is None:
        return _Columns(is_tensor=False, types={})
    kinds = inputs.input_dict() if inputs.has_input_names() else {"": inputs.inputs[0]}
    types = {name: one.type if inputs.is_tensor_spec() else _kind(one.type) for name, one in kinds.items()}
    return _Columns(inputs.is_tensor_spec(), {name: kind for name, kind in types.items() if kind is not None})


def _kind(type_: Any) -> Any:
    to_numpy = getattr(type_, "to_numpy", None)
    return to_numpy() if to_numpy else None


def _as(spec: TensorSpec, found: Any) -> Tensor:
    import numpy as np

    array = np.asarray(found)
    if array.ndim == len(spec.shape) + 1 and array.shape[-1] == 1:
        array = array[..., 0]
    return array.astype(numpy_type(spec.datatype))
