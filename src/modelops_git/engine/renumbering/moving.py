"""The bytes of a version under the keys of its new number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
from modelops_git.edges.stores.base import Expected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from modelops_git.core.manifests.parse import Document
    from modelops_git.edges.stores.base import Store


class Move(NamedTuple):
    """A file on its way inside a store.

    Attributes:
        path: Within the version.
        source: The key where it is.
        key: The key where it is to be as well.
        expected: What it is.
    """

    path: str
    source: str
    key: str
    expected: Expected


def moves(version: Document, number: str) -> Iterator[Move]:
    """What has to be moved for `version` to have another number; files with a `uri` of their own stay."""
    model, digest = version.home.model, artifacts_digest(version.written)
    old, new = (artifact_prefix(model, one, digest) for one in (version.home.name, number))
    for row in version.manifest.artifacts:
        if row.uri is None:
            yield Move(row.path, old + row.path, new + row.path, Expected(row.sha256, row.size))


def move_all(store: Store, wanted: list[Move], executor: Executor | None = None) -> dict[str, str]:
    """Store all of them under their new keys as well; what is there already is left. The old keys stay.

    Returns:
        The versions of the objects by their paths, where the store keeps versions.

    Raises:
        StoreError: The bytes are not there, are others, or the store failed.
    """
    mover = _Mover(store)
    made = map(mover, wanted) if executor is None else executor.map(mover, wanted)
    return {move.path: version for move, version in zip(wanted, made, strict=True) if version}


@dataclass(frozen=True, slots=True)
class _Mover:
    """Moves one file."""

    store: Store

    def __call__(self, move: Move, /) -> str:
        """Copy within the store, or through here; the version of the object, empty where there are none."""
        copied = self.store.copy(move.source, move.key, move.expected)
        if copied is not None:
            return copied
        with self.store.open(move.source) as stream:
            return self.store.put(move.key, stream, move.expected)
