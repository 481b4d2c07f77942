"""Models that skops stored: of the types that skops itself trusts, and no others."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import UsageError
from modelops_git.edges.loaders.base import ModelError
from modelops_git.edges.loaders.estimators import Estimator

if TYPE_CHECKING:
    from modelops_git.edges.loaders.base import Source

FEW = 10


def load(source: Source) -> Estimator:
    """Load the estimator of a version.

    Raises:
        ModelError: The version has several files, or a type in them is none that skops trusts.
        UsageError: skops is not installed.
    """
    paths = [one.path for one in source.models()]
    if len(paths) != 1:
        raise ModelError(f"{source.name} has {len(paths)} skops files as its model, where one is loaded")
    skops, data = _skops(), source.read(paths[0])
    try:
        refused = skops.get_untrusted_types(data=data)
        fitted = None if refused else skops.loads(data, trusted=[])
    except Exception as error:
        reason = " ".join(str(error).split())[:500] or type(error).__name__
        raise ModelError(f"skops does not load {source.name}: {reason}") from error
    if refused:
        raise ModelError(
            f"{source.name} holds types that skops does not trust: {', '.join(sorted(refused)[:FEW])}",
            hint="Export the model to ONNX.",
        )
    return Estimator(source, fitted)


def _skops() -> Any:
    try:
        return import_module("skops.io")
    except ImportError as error:
        raise UsageError(
            "skops files are loaded by skops, which is not installed",
            hint="Run `pip install 'modelops-git[skops]'`.",
        ) from error
