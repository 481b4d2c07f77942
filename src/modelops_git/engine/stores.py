"""The stores of a registry, and which of them holds what."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.artifacts import key_within, printable
from modelops_git.core.errors import RefusedError, StoreError
from modelops_git.edges.stores import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.stores.base import Store
    from modelops_git.edges.targets.base import Target


class Held(NamedTuple):
    """Where an object is."""

    store: Store
    key: str


class Holders(Protocol):
    """How it is found out where the files of a version are."""

    def of(self, document: VersionDocument, /) -> Store:
        """The store that holds the files of a version.

        Raises:
            StoreError: It cannot be opened.
        """

    def at(self, uri: str, /) -> Held:
        """Where the object is that a uri of its own names.

        Raises:
            StoreError: No store covers it, or that one cannot be opened.
        """


class Stores:
    """The stores of a registry, each opened once.

    Args:
        registry: `modelops.yaml`.
        root: The registry's folder.
    """

    def __init__(self, registry: Registry, root: Path) -> None:
        self._registry = registry
        self._open = cache(lambda name: store_named(registry, name, root))

    def of(self, document: VersionDocument, /) -> Store:
        """The store that a version names, or the default one (see `Holders`)."""
        name = getattr(document.manifest, "store", None) or self._registry.default_store
        try:
            return self._open(name)
        except RefusedError as error:
            raise StoreError(error.message, hint=error.hint) from error

    def at(self, uri: str, /) -> Held:
        """The store that covers `uri`, and the key there (see `Holders`)."""
        for name, config in self._registry.stores.items():
            if key := key_within(config.uri, uri):
                return Held(self._open(name), key)
        raise nowhere(uri)


class Only(NamedTuple):
    """One store that holds all there is.

    Attributes:
        store: The store.
    """

    store: Store

    def of(self, _document: VersionDocument, /) -> Store:
        """The store."""
        return self.store

    def at(self, uri: str, /) -> Held:
        """Nowhere (see `Holders`)."""
        raise nowhere(uri)


def nowhere(uri: str) -> StoreError:
    """The error that no store covers `uri`."""
    return StoreError(
        f"no store of the Registry covers {printable(uri)}",
        hint="Put the file into a store of the Registry, or let the platform team declare one.",
    )


def files_of(target: Target, root: Path) -> Store | None:
    """The store that a target wants the files of its versions in; None where it fetches them itself.

    Raises:
        StoreError: It cannot be opened.
    """
    from modelops_git.core.manifests.registry import Store as Settings

    return None if target.files is None else open_store("files", Settings(uri=target.files), root)


def store_named(registry: Registry, name: str, root: Path) -> Store:
    """The store called `name`; `root` is the registry's folder.

    Raises:
        RefusedError: modelops.yaml has no store of that name.
        StoreError: It cannot be opened.
    """
    config = registry.stores.get(name)
    if config is None:
        raise RefusedError(
            f"modelops.yaml has no store {name!r}", hint=f"It has: {', '.join(registry.stores)}."
        )
    return open_store(name, config, root)
