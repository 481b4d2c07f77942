"""The bytes of a version under the keys of its new number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import Expected
from modelops_git.engine.signing import bundle_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from modelops_git.core.manifests.parse import Document
    from modelops_git.edges.stores.base import Store
    from modelops_git.edges.stores.streams import Progress


class Move(NamedTuple):
    """A file on its way inside a store.

    Attributes:
        path: Within the version; empty for what lies beside its files.
        source: The key where it is.
        key: The key where it is to be as well.
        expected: What it is.
    """

    path: str
    source: str
    key: str
    expected: Expected


def moves(version: Document, number: str) -> Iterator[Move]:
    """What has to be moved for `version` to have another number; files with a `uri` of their own stay.

    A signature is over the files and not over the number, so its bundle goes along.
    """
    manifest, digest = version.manifest, artifacts_digest(version.written)
    old, new = (artifact_prefix(manifest.model, one, digest) for one in (manifest.version, number))
    for row in manifest.artifacts:
        if row.uri is None:
            yield Move(row.path, old + row.path, new + row.path, Expected(row.sha256, row.size))
    signature = manifest.signature
    if signature is not None:
        bundle = bundle_key(version)
        key = new.removesuffix("/") + bundle.removeprefix(old.removesuffix("/"))
        yield Move("", bundle, key, Expected(signature.bundle.sha256, signature.bundle.size))


def move_all(mover: Mover, wanted: Sequence[Move], executor: Executor | None = None) -> dict[str, str]:
    """Store all of them under their new keys as well; what is there already is left. The old keys stay.

    Returns:
        The versions of the objects by their paths, where the store keeps versions.

    Raises:
        StoreError: The bytes are not there, are others, or the store failed.
    """
    made = map(mover, wanted) if executor is None else executor.map(mover, wanted)
    return {move.path: version for move, version in zip(wanted, made, strict=True) if version}


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves one file.

    Attributes:
        store: Where it is, and where it goes.
        progress: Told the number of bytes.
    """

    store: Store
    progress: Progress = streams.ignore

    def __call__(self, move: Move, /) -> str:
        """Copy within the store, or through here; the version of the object, empty where there are none.

        Raises:
            StoreError: As `move_all` does.
        """
        copied = self.store.copy(move.source, move.key, move.expected)
        if copied is not None:
            self.progress(move.expected.size)
            return copied
        with self.store.open(move.source) as stream:
            return self.store.put(move.key, streams.watched(stream, self.progress), move.expected)
