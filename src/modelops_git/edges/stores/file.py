"""A store in a folder: `file:` URIs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreConflictError, StoreError
from modelops_git.edges.stores import publishing, streams, tree
from modelops_git.edges.stores.base import (
    Expected,
    StoreMissingError,
    StoreUnsafeError,
    refuse_key,
)
from modelops_git.edges.stores.failures import translated
from modelops_git.edges.stores.reading import stable_file, stat_of
from modelops_git.edges.uris import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from modelops_git.edges.stores.base import Opened, Stat, StoreConfig
    from modelops_git.edges.stores.publishing import Publish

INCOMING = ".incoming"
READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class FileStore:
    """Objects as files below a folder, under their keys.

    Attributes:
        root: The folder; made by the first `put`.
        uri: Where it is, for people.
        publish: How a finished file gets its name; create-only.
    """

    root: Path
    uri: str
    publish: Publish = publishing.create_by_link

    def put(self, key: str, source: BinaryIO, expected: Expected) -> str:
        """Store what `source` holds, whole or not at all (see `Store.put`); a folder keeps no versions."""
        parts = _parts(key)
        with translated(f"{self.uri}, {key}"):
            publishing.sweep(self.root, (INCOMING,))
            manner = publishing.Manner(self.publish, (INCOMING,), READ_ONLY)
            if self._holds(key, expected) or publishing.place(self.root, parts, source, expected, manner):
                return ""
        if not self._holds(key, expected):  # another was faster: the same bytes, or a conflict
            raise StoreError(f"{self.uri}, {printable(key)}: vanished while it was stored", hint="Try again.")
        return ""

    def copy(self, source: str, key: str, expected: Expected) -> str | None:  # noqa: ARG002 - of the protocol
        """Nothing: to copy a file inside a folder takes as long as to copy it there."""
        return None

    def open(self, key: str, version: str = "") -> AbstractContextManager[Opened]:
        """The bytes under `key` (see `Store.open`).

        Raises:
            StoreMissingError: Also where a version is asked for: a folder keeps none.
        """
        _refuse_version(self.uri, key, version)
        with translated(f"{self.uri}, {key}"):
            descriptor, status = tree.open_known(self.root, _parts(key))
        return stable_file(descriptor, f"{self.uri}, {key}", status)

    def stat(self, key: str, version: str = "") -> Stat | None:
        """What is under `key`; None where nothing is, and where a version is asked for."""
        with translated(f"{self.uri}, {key}"):
            found = None if version else tree.status_of(self.root, _parts(key))
        return None if found is None else stat_of(found)

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with `prefix`, sorted, without unfinished files."""
        folder = _parts(prefix.rpartition("/")[0]) if "/" in prefix else ()
        with translated(self.uri):
            for key in tree.walk(self.root, folder):
                if key.startswith(prefix) and not key.startswith(INCOMING + "/"):
                    yield key

    def _holds(self, key: str, expected: Expected) -> bool:
        """Whether the expected bytes are there; a conflict if others are."""
        try:
            with self.open(key) as stored:
                found = streams.measure(stored, limit=expected.size)
        except StoreMissingError:
            return False
        if found != expected:
            raise StoreConflictError(
                f"{self.uri}, {printable(key)}: other bytes are stored under this key already",
                hint="Nothing is ever overwritten. Find out who changed the stored file.",
            )
        return True


def open_file_store(name: str, config: StoreConfig, root: Path) -> FileStore:
    """The store that a `file:` URI names.

    `file:store` and `file:a/b` are relative to `root`, the registry's folder; `file:/abs` and `file:///abs`
    are absolute. Percent escapes are decoded as UTF-8 (RFC 8089), so a `%` in a folder's name is written
    `%25`, and `?` and `#` are `%3F` and `%23`; a space may stand as it is.

    Raises:
        StoreError: The URI names another host, or no folder.
    """
    try:
        path = folder_of(config.uri)
    except ValueError as error:
        raise StoreError(
            f"store {name}: {printable(config.uri)} {error}",
            hint="Write `file:folder` (relative to the registry) or `file:///folder`.",
        ) from error
    return FileStore(root / path, config.uri)


def _refuse_version(uri: str, key: str, version: str) -> None:
    if version:
        raise StoreMissingError(
            f"{uri}, {printable(key)}: there is no version {printable(version)}, since a folder keeps none"
        )


def _parts(key: str) -> tuple[str, ...]:
    """The folders and the name of a key.

    Raises:
        StoreUnsafeError: It leads out of the store, or to where unfinished files lie.
    """
    refuse_key(key)
    parts = tuple(key.split("/"))
    if parts[0].casefold() == INCOMING:
        raise StoreUnsafeError(f"the key {printable(key)} lies in the folder of unfinished files")
    return parts
