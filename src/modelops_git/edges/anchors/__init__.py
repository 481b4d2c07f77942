"""Anchors: where the tips of journals are noted, out of reach of whoever can rewrite their branches."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelops_git.core.manifests.registry import FileAnchor, ObjectLockAnchor
    from modelops_git.edges.anchors.base import Anchor

# Type -> the module and its function (manifest, root) -> Anchor; imported when one is opened.
ANCHORS = {
    "file": ("modelops_git.edges.anchors.file", "open_file_anchor"),
    "s3-object-lock": ("modelops_git.edges.anchors.s3_object_lock", "open_object_lock_anchor"),
}


def open_anchor(manifest: FileAnchor | ObjectLockAnchor, root: Path) -> Anchor:
    """The anchor that `manifest` describes; a relative path starts from the registry's `root`.

    Raises:
        AnchorError: Its address makes no sense.
    """
    module, function = ANCHORS[manifest.type]
    opener = cast(
        "Callable[[FileAnchor | ObjectLockAnchor, Path], Anchor]", getattr(import_module(module), function)
    )
    return opener(manifest, root)
