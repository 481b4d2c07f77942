"""ONNX models, by onnxruntime on the CPU."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import UsageError
from modelops_git.edges.loaders.base import ANY, ModelError, TensorSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelops_git.edges.loaders.base import Source, Tensor

MOST_IN_MEMORY = 256 * 2**20
"""Bytes; a larger graph is read from its file, since it would be in memory twice."""
PROVIDERS = ["CPUExecutionProvider"]
FATAL = 4
"""The level of the runtime's own log; what goes wrong is an exception, and said once."""
_DATATYPES = {
    "tensor(bool)": "BOOL",
    "tensor(float16)": "FP16",
    "tensor(float)": "FP32",
    "tensor(double)": "FP64",
    "tensor(string)": "BYTES",
    **{f"tensor(int{bits})": f"INT{bits}" for bits in (8, 16, 32, 64)},
    **{f"tensor(uint{bits})": f"UINT{bits}" for bits in (8, 16, 32, 64)},
}
_MAPS = re.compile(r"seq\(map\((?:int64|string),(tensor\([a-z0-9]+\))\)\)")
"""What scikit-learn's classifiers give as probabilities, unless they are exported with zipmap off."""


class OnnxPredictor:
    """A session of onnxruntime; it runs in as many threads at once as call it."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.inputs = tuple(map(_input, session.get_inputs()))
        self.outputs = tuple(map(_output, session.get_outputs()))
        self._names = [one.name for one in self.outputs]

    def infer(self, tensors: Mapping[str, Tensor], /) -> dict[str, Tensor | list[dict[Any, Any]]]:
        """All outputs of the graph (see `Predictor`)."""
        return dict(zip(self._names, self._session.run(self._names, dict(tensors)), strict=True))


def load(source: Source) -> OnnxPredictor:
    """Load the ONNX model of a version; its other files may hold the weights.

    Raises:
        ModelError: The version has several, or onnxruntime does not take it.
        UsageError: onnxruntime is not installed.
    """
    graphs = [one.path for one in source.models() if one.format == "onnx"]
    if len(graphs) != 1:
        raise ModelError(
            f"{source.name} has {len(graphs)} ONNX models, {', '.join(graphs[:3])}",
            hint="Register it again with the role `model` for the one that serves, and another for the rest.",
        )
    runtime, graph = _runtime(), _graph(source, graphs[0])
    try:
        session = runtime.InferenceSession(graph, _options(runtime, source.threads), providers=PROVIDERS)
    except Exception as error:
        raise ModelError(f"onnxruntime does not load {source.name}: {said(error)}") from error
    return OnnxPredictor(session)


def said(error: Exception) -> str:
    """What onnxruntime says, on one line."""
    return " ".join(str(error).split())[:500] or type(error).__name__


def _runtime() -> Any:
    try:
        return import_module("onnxruntime")
    except ImportError as error:
        raise UsageError(
            "ONNX models are served by onnxruntime, which is not installed",
            hint="Run `pip install 'modelops-git[serve]'`.",
        ) from error


def _graph(source: Source, path: str) -> bytes | str:
    """The verified bytes; the verified file where it is large, or where others may hold its weights."""
    file = source.folder / path
    if len(source.files) > 1 or file.stat().st_size > MOST_IN_MEMORY:
        return str(file)
    return source.read(path)


def _options(runtime: Any, threads: int) -> Any:
    options = runtime.SessionOptions()
    options.log_severity_level = FATAL
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait take the cores from other requests.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _input(value: Any) -> TensorSpec:
    return TensorSpec(value.name, _datatype(value, value.type), _shape(value.shape))


def _output(value: Any) -> TensorSpec:
    maps = _MAPS.fullmatch(value.type)
    if maps:
        return TensorSpec(value.name, _datatype(value, maps[1]), (ANY, ANY))
    return TensorSpec(value.name, _datatype(value, value.type), _shape(value.shape))


def _datatype(value: Any, kind: str) -> str:
    if kind not in _DATATYPES:
        raise ModelError(
            f"{value.name} of the ONNX graph is a {value.type}, which no request or answer can hold",
            hint=f"Export the model with one of: {', '.join(_DATATYPES)}.",
        )
    return _DATATYPES[kind]


def _shape(lengths: Sequence[Any]) -> tuple[int, ...]:
    """The shape; what is unknown has a name there, or is None."""
    return tuple(one if isinstance(one, int) and one > 0 else ANY for one in lengths)
