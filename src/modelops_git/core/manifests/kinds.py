"""The one table of kinds: the name of each, and where its model is. Models load when asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelops_git.core.manifests.base import Part

_MODULES = {
    "Registry": "registry",
    "Model": "model",
    "ModelVersion": "version",
    "Notice": "notice",
    "Rollout": "rollout",
    "Experiment": "experiment",
    "Analysis": "analysis",
}
KINDS = tuple(_MODULES)


def model_of(kind: str) -> type[Part]:
    """The class of the manifests of `kind`.

    Raises:
        KeyError: There is no such kind.
    """
    module = import_module(f"modelops_git.core.manifests.{_MODULES[kind]}")
    model: type[Part] = getattr(module, kind)
    return model
