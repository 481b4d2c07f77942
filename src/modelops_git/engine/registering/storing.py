"""Put the files of a version into its store, and its manifests into the work tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelops_git.core.errors import LostRaceError, RefusedError, StoreError
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import StoreMismatchError
from modelops_git.edges.stores.failures import translated
from modelops_git.engine.files import create_file
from modelops_git.engine.registering.artifacts import opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from modelops_git.edges.stores.base import Expected, Store
    from modelops_git.edges.stores.streams import Progress
    from modelops_git.engine.registering.sources import Source


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file on its way.

    Attributes:
        key: Where it goes.
        source: Where it comes from.
        expected: What it was when it was hashed.
    """

    key: str
    source: Source
    expected: Expected


@dataclass(frozen=True, slots=True)
class Put:
    """Store one file.

    Attributes:
        store: Where it goes.
        progress: Told the number of bytes.
        known: Keys in the store of bytes that other versions have, by their SHA-256: they need no upload.
    """

    store: Store
    progress: Progress = streams.ignore
    known: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, parcel: Parcel, /) -> str:
        """Do it; done already where the same bytes are there.

        Returns:
            The version of the object; empty where the store keeps none.

        Raises:
            RefusedError: The file is not what it was when it was hashed.
            StoreConflictError: Other bytes are there.
            StoreError: The store or the file failed.
        """
        known = self.known.get(parcel.expected.sha256)
        copied = self.store.copy(known, parcel.key, parcel.expected) if known else None
        if copied is not None:
            self.progress(parcel.expected.size)
            return copied
        with translated(str(parcel.source.file)):
            stream = opened(parcel.source.file)
        with stream:
            try:
                return self.store.put(parcel.key, streams.watched(stream, self.progress), parcel.expected)
            except StoreMismatchError as error:
                raise RefusedError(
                    f"{parcel.source.file} changed while it was registered; nothing was written",
                    hint="Register again when nothing writes to it any more.",
                ) from error


def put_all(put: Put, parcels: Sequence[Parcel], executor: Executor | None = None) -> list[str]:
    """Store all files; at once in `executor`, where one is given. For each, as `Put` does."""
    run = map if executor is None else executor.map
    return list(run(put, parcels))


def write_all(texts: Mapping[Path, str], root: Path) -> None:
    """Write new files, in this order, all or none of them.

    Args:
        texts: What each is to hold.
        root: The registry's folder, by which they are named in messages.

    Raises:
        LostRaceError: Another has just written one of them; those before it stay.
        StoreError: One cannot be written; those before it are taken back.
    """
    written: list[Path] = []
    for target, text in texts.items():
        name = target.relative_to(root).as_posix()
        try:
            with translated(name):
                is_new = create_file(target, text)
        except StoreError:
            for done in written:
                done.unlink(missing_ok=True)
            raise
        if not is_new:
            raise LostRaceError(
                f"{name} has just been written by another; this version is not registered",
                hint="Look at theirs; then register again, and the number is found anew.",
            )
        written.append(target)
