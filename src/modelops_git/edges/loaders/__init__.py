"""What makes a model of the files of a version: one loader for each format."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from modelops_git.edges.loaders.base import ENTRY_POINTS, ModelError
from modelops_git.edges.loaders.installed import installed

if TYPE_CHECKING:
    from modelops_git.edges.loaders.base import Loader, Source

MLFLOW = "MLmodel"
"""The file that makes a folder an MLflow model."""
LOADERS = {
    "joblib": "modelops_git.edges.loaders.joblib",
    "mlflow": "modelops_git.edges.loaders.mlflow",
    "onnx": "modelops_git.edges.loaders.onnx",
    "pickle": "modelops_git.edges.loaders.joblib",
    "safetensors": "modelops_git.edges.loaders.safetensors",
    "skops": "modelops_git.edges.loaders.skops",
}
"""Every format that this release loads itself, and the module with its `load`."""


def loader_of(source: Source) -> Loader:
    """The loader for what the model of a version is: this release's own, or one that is installed beside it.

    Raises:
        ModelError: The version has files of several formats as its model, or none, or nothing loads it.
    """
    kind = format_of(source)
    if kind in LOADERS:
        own: Loader = importlib.import_module(LOADERS[kind]).load
        return own
    return _installed(source, kind)


def format_of(source: Source) -> str:
    """The format that decides: `mlflow` for an MLflow folder, else that of the files whose role is `model`.

    Raises:
        ModelError: They are of several, or there are none.
    """
    if any(one.path.rpartition("/")[2] == MLFLOW for one in source.files):
        return "mlflow"
    kinds = sorted({one.format for one in source.models()})
    if len(kinds) == 1:
        return kinds[0]
    what = f"a model of several formats: {', '.join(kinds)}" if kinds else "no file that is a model"
    raise ModelError(
        f"{source.name} has {what}",
        hint="Register it again: the role `model` for what is loaded, another for the rest.",
    )


def _installed(source: Source, kind: str) -> Loader:
    """The loader that somebody else wrote for a format.

    Raises:
        ModelError: None is installed, or it cannot be imported.
    """
    found: Loader | None = installed(ENTRY_POINTS, kind)
    if found is None:
        raise ModelError(
            f"nothing here loads {kind} files, of which {source.name} is made",
            hint=f"This release loads {', '.join(sorted(LOADERS))}. For other formats install a package with "
            f"an entry point of the group {ENTRY_POINTS} whose name is {kind}.",
        )
    return found
