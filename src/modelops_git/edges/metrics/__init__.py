"""Where the measurements of analyses come from."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from modelops_git.core.errors import MetricsError

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.manifests.provider import Provider
    from modelops_git.edges.metrics.base import MetricProvider

PROVIDERS = {
    "file": "modelops_git.edges.metrics.file",
    "http": "modelops_git.edges.metrics.http",
    "prometheus": "modelops_git.edges.metrics.prometheus",
}
"""Every type of provider that this release can ask, and the module with its `open_provider`."""


def open_provider(manifest: Provider, root: Path) -> MetricProvider:
    """The provider that `manifest` describes; relative addresses are relative to the registry's `root`.

    Raises:
        MetricsError: This release cannot ask such a provider, or its address makes no sense.
    """
    module = PROVIDERS.get(manifest.type)
    if module is None:
        raise MetricsError(
            f"metrics of {manifest.type} cannot be asked for by this release",
            hint=f"It asks: {', '.join(sorted(PROVIDERS))}.",
        )
    provider: MetricProvider = importlib.import_module(module).open_provider(manifest, root)
    return provider
