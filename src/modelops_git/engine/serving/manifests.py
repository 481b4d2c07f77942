"""The manifest of a version that is served: from beside the routes or elsewhere, believed for its digest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.artifacts import artifacts_digest
from modelops_git.core.digests import of_bytes, short
from modelops_git.core.errors import TargetError
from modelops_git.core.findings import Place
from modelops_git.core.manifests.room import MAX_VERSION
from modelops_git.edges.files import read_bounded
from modelops_git.edges.targets.gateway import manifest_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelops_git.core.manifests.version import ModelVersion
    from modelops_git.core.routes import Route

    Find = Callable[[str, Route], bytes | None]
    """Given a model and a route, the canonical JSON of the manifest from somewhere else; None for nowhere."""

MOST = 2 * MAX_VERSION
"""Bytes; a manifest's text has at most half as many, and its canonical JSON is about as long."""
_APPLY = "Apply the version again: `modelops apply` writes its manifest beside the routes."


class Served(NamedTuple):
    """A version's manifest as a document.

    Attributes:
        path: The file it was read from.
        manifest: What it says; all its files lie where they were handed over, whatever it says of addresses.
        written: The same as it was written.
    """

    path: str
    manifest: ModelVersion
    written: dict[str, Any]

    def place(self, pointer: str) -> Place:
        """The place of a value; canonical JSON has no lines."""
        return Place(self.path, pointer=pointer)


def served_manifest(root: Path, model: str, route: Route, find: Find) -> Served:
    """The manifest of the version that a route of a gateway names.

    Args:
        root: The gateway's folder.
        model: The model.
        route: The route, whose digest decides.
        find: Asked where the gateway has none.

    Raises:
        TargetError: There is none with that digest, or it is no manifest of that version.
    """
    path = manifest_path(root, route.digest)
    data = _read(path)
    if data is None:
        data = find(model, route)
    if data is None:
        raise TargetError(f"{model} {route.version} has no manifest at {path}", hint=_APPLY)
    if of_bytes(data) != route.digest:
        raise TargetError(
            f"{path} has the digest {short(of_bytes(data))}… and the route of {model} {route.version} names "
            f"{short(route.digest)}…",
            hint=f"Somebody changed it. Delete it. {_APPLY}",
        )
    return _parsed(str(path), model, route, data)


def _read(path: Path) -> bytes | None:
    try:
        return read_bounded(path, MOST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TargetError(f"cannot read {path}: {error.strerror or error}") from error


def _parsed(path: str, model: str, route: Route, data: bytes) -> Served:
    from modelops_git.core.manifests.version import ModelVersion

    try:
        written = json.loads(data)
        manifest = ModelVersion.model_validate_json(data)
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise TargetError(f"{path} is no manifest of a version: {reason}", hint=_APPLY) from error
    said = (manifest.model, manifest.version, artifacts_digest(written))
    if said != (model, route.version, route.artifacts):
        raise TargetError(
            f"the route of {model} {route.version} names the manifest of {said[0]} {said[1]}, or other files "
            "than that one",
            hint="Somebody changed the route table. Apply the rollout again.",
        )
    rows = tuple(one.model_copy(update={"uri": None, "version_id": None}) for one in manifest.artifacts)
    return Served(path, manifest.model_copy(update={"artifacts": rows}), written)
