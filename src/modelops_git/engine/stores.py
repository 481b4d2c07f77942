"""The store that a version's artifacts are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import RefusedError
from modelops_git.edges.stores import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.stores.base import Store
    from modelops_git.edges.targets.base import Target


def store_of(registry: Registry, version: Document, root: Path) -> Store:
    """The store that the version names, or the registry's default; `root` is the registry's folder.

    Raises:
        RefusedError: modelops.yaml has no store of that name.
        StoreError: It cannot be opened.
    """
    return store_named(registry, version.manifest.store or registry.default_store, root)


def files_of(target: Target, root: Path) -> Store | None:
    """The store that a target wants the files of its versions in; None where it fetches them itself.

    Raises:
        StoreError: It cannot be opened.
    """
    from modelops_git.core.manifests.registry import Store as Settings

    return None if target.files is None else open_store("files", Settings(uri=target.files), root)


def store_named(registry: Registry, name: str, root: Path) -> Store:
    """The store called `name`. Raises as `store_of` does."""
    config = registry.stores.get(name)
    if config is None:
        raise RefusedError(
            f"modelops.yaml has no store {name!r}", hint=f"It has: {', '.join(registry.stores)}."
        )
    return open_store(name, config, root)
