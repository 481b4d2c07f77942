"""Stores of artifacts: one protocol, one file for each backend, one table."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelops_git.edges.stores.base import Store, StoreConfig

# Scheme -> the module and its function (name, config, root) -> Store; imported when one is opened.
_FSSPEC = ("modelops_git.edges.stores.through_fsspec.store", "open_fsspec_store")
_HTTP = ("modelops_git.edges.stores.http.store", "open_http_store")
BACKENDS = {
    "file": ("modelops_git.edges.stores.file", "open_file_store"),
    "s3": ("modelops_git.edges.stores.s3.store", "open_s3_store"),
    "hf": ("modelops_git.edges.stores.hub", "open_hub_store"),
    **dict.fromkeys(("http", "https"), _HTTP),
    **dict.fromkeys(("gs", "gcs", "az", "abfs", "abfss", "memory"), _FSSPEC),
}


def open_store(name: str, config: StoreConfig, root: Path) -> Store:
    """The store that the Registry calls `name`.

    Args:
        name: For messages.
        config: What the Registry says about it.
        root: The registry's folder, which relative URIs start from.

    Raises:
        StoreError: No backend reads its URI, or the URI is malformed.
    """
    scheme, colon, _ = config.uri.partition(":")
    if not colon or scheme not in BACKENDS:
        raise StoreError(
            f"store {name}: {printable(config.uri)} cannot be opened; this build reads {_supported()} stores",
            hint="Use `file:` and a folder, such as `file:store`.",
        )
    module, function = BACKENDS[scheme]
    opener = cast("Callable[[str, StoreConfig, Path], Store]", getattr(import_module(module), function))
    return opener(name, config, root)


def _supported() -> str:
    return ", ".join(f"{scheme}:" for scheme in sorted(BACKENDS))
