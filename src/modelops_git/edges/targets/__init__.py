"""Where versions are live."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from modelops_git.core.errors import TargetError

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.manifests.target import Target as TargetManifest
    from modelops_git.edges.targets.base import Target

TARGETS = {"gateway": "modelops_git.edges.targets.gateway"}
"""Every type of target that this release can reach, and the module with its `open_target`."""


def open_target(manifest: TargetManifest, root: Path) -> Target:
    """The target that `manifest` describes; relative addresses are relative to the registry's `root`.

    Raises:
        TargetError: This release cannot reach such a target, or its address makes no sense.
    """
    module = TARGETS.get(manifest.type)
    if module is None:
        raise TargetError(
            f"targets of type {manifest.type} cannot be reached by this release",
            hint=f"It reaches: {', '.join(sorted(TARGETS))}.",
        )
    target: Target = importlib.import_module(module).open_target(manifest, root)
    return target
