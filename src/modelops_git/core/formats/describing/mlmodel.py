"""What the `MLmodel` of an MLflow folder says: framework, run, signature.

It is YAML that nobody checked. It is read by the reader of manifests, which is bounded and knows no tags or
aliases, so nothing in it can name code that would run; a file that holds some says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.formats.describing.mlflow_schema import UntoldError, interface_of
from modelops_git.core.formats.describing.said import Said, at, framework, plain
from modelops_git.core.manifests.nodes import ListNode, MapNode
from modelops_git.core.manifests.room import MAX_BYTES

if TYPE_CHECKING:
    from typing import BinaryIO

    from modelops_git.core.manifests.nodes import Node

NAME = "MLmodel"
_NULLS = ("", "~", "null")
_FLAVORS = {
    "sklearn": ("scikit-learn", "sklearn_version"),
    "xgboost": ("xgboost", "xgb_version"),
    "lightgbm": ("lightgbm", "lgb_version"),
    "catboost": ("catboost", "catboost_version"),
    "pytorch": ("pytorch", "pytorch_version"),
    "tensorflow": ("tensorflow", "tensorflow_version"),
    "keras": ("keras", "keras_version"),
    "transformers": ("transformers", "transformers_version"),
    "sentence_transformers": ("sentence-transformers", "sentence_transformers_version"),
    "spark": ("pyspark", "pyspark_version"),
    "statsmodels": ("statsmodels", "statsmodels_version"),
    "prophet": ("prophet", "prophet_version"),
    "spacy": ("spacy", "spacy_version"),
    "h2o": ("h2o", "h2o_version"),
    "paddle": ("paddlepaddle", "paddle_version"),
    "onnx": ("onnx", "onnx_version"),
}
"""What a flavor is made with, and its field with the version; the first that a model has is its framework."""


def describe(name: str, stream: BinaryIO) -> Said:
    """What the file called `name` says."""
    from modelops_git.core.manifests.yamltext import read

    text = read(stream.read(MAX_BYTES + 1), name)
    if text.root is None:
        why = f"{name} cannot be read: {plain(text.findings[0].message.rstrip('.'))}"
        return Said({}, (f"{why}.",), (why, ""))
    return _said(name, written(text.root))


def written(node: Node) -> Any:
    """What a node holds: mappings, lists and texts; a number is the text that it was written as."""
    if isinstance(node, MapNode):
        return {entry.key.value: written(entry.value) for entry in node.entries}
    if isinstance(node, ListNode):
        return [written(item) for item in node.items]
    is_null = node.style == "plain" and node.value in _NULLS
    return None if is_null else node.value


def _said(name: str, model: Any) -> Said:
    flavors = at(model, "flavors")
    fields = _framework(flavors) | _training(model, flavors)
    by = plain(at(model, "mlflow_version"))
    note = f"{name} was written by MLflow{' ' + by if by else ''}."
    try:
        return Said({**fields, "interface": interface_of(at(model, "signature"))}, (note,))
    except UntoldError as error:
        hint = "log the model with a signature: `mlflow.models.infer_signature`"
        return Said(fields, (note,), (f"{name}: {plain(str(error))}", hint))


def _framework(flavors: Any) -> dict[str, Any]:
    for flavor, (name, field) in _FLAVORS.items():
        if isinstance(at(flavors, flavor), dict):
            return framework(name, at(flavors, flavor, field))
    return {}


def _training(model: Any, flavors: Any) -> dict[str, Any]:
    run = plain(at(model, "run_id"))
    python = plain(at(flavors, "python_function", "python_version"))
    found: dict[str, Any] = {"run": {"tracker": "mlflow", "id": run}} if run else {}
    if python:
        found["environment"] = {"python": python}
    return {"training": found} if found else {}
