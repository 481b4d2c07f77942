"""Where the measurements of analyses come from."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from modelops_git.core.errors import MetricsError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.manifests.provider import Provider
    from modelops_git.edges.metrics.base import MetricProvider
    from modelops_git.edges.metrics.sql.fetching import LogStore, Objects
    from modelops_git.edges.metrics.sql.folders import OpenStore

PROVIDERS = {
    "cloudwatch": "modelops_git.edges.metrics.cloudwatch",
    "file": "modelops_git.edges.metrics.file",
    "http": "modelops_git.edges.metrics.http",
    "prometheus": "modelops_git.edges.metrics.prometheus",
    "sql": "modelops_git.edges.metrics.sql.provider",
}
"""Every type of provider that this release can ask, and the module with its `open_provider`."""
OF_STORES = frozenset({"sql"})
"""Those that read from stores, which another edge opens."""


def _no_store(name: str, config: LogStore, root: Path) -> Objects:  # noqa: ARG001 - of the type
    raise StoreError(f"store {name}: {config.uri} is read by programs that open stores only")


def open_provider(manifest: Provider, root: Path, open_store: OpenStore = _no_store) -> MetricProvider:
    """The provider that `manifest` describes.

    Args:
        manifest: Its manifest.
        root: The registry's folder, which relative addresses start from.
        open_store: Opens a store that logs are read from.

    Raises:
        MetricsError: This release cannot ask such a provider, or its address makes no sense.
    """
    module = PROVIDERS.get(manifest.type)
    if module is None:
        raise MetricsError(
            f"metrics of {manifest.type} cannot be asked for by this release",
            hint=f"It asks: {', '.join(sorted(PROVIDERS))}.",
        )
    with_stores = (open_store,) if manifest.type in OF_STORES else ()
    provider: MetricProvider = importlib.import_module(module).open_provider(manifest, root, *with_stores)
    return provider
