"""Models that joblib or pickle stored. Loading one runs whatever is in it.

So nothing gets here that the Registry does not allow: `engine.serving.loading` has told the format by content
and asked the rules before, and this asks once more.
"""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import UsageError
from modelops_git.edges.loaders.base import ModelError
from modelops_git.edges.loaders.estimators import Estimator

if TYPE_CHECKING:
    from modelops_git.edges.loaders.base import Source


def load(source: Source) -> Estimator:
    """Unpickle the estimator of a version.

    Raises:
        ModelError: The Registry does not allow it for this model, or it cannot be unpickled.
        UsageError: joblib is not installed.
    """
    files = source.models()
    if len(files) != 1:
        raise ModelError(f"{source.name} has {len(files)} pickles as its model, where one is loaded")
    if files[0].format not in source.allowed:
        raise ModelError(f"the Registry does not allow {files[0].format} for {source.model}")
    joblib, data = _joblib(), source.read(files[0].path)
    try:
        fitted = joblib.load(io.BytesIO(data))
    except Exception as error:
        reason = " ".join(str(error).split())[:500] or type(error).__name__
        raise ModelError(f"joblib does not load {source.name}: {reason}") from error
    return Estimator(source, fitted)


def _joblib() -> Any:
    try:
        return import_module("joblib")
    except ImportError as error:
        raise UsageError(
            "this model is loaded by joblib, which is not installed", hint="Run `pip install joblib`."
        ) from error
