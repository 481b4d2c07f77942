"""Put the files of a version into its store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.errors import RefusedError
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import StoreMismatchError
from modelops_git.edges.stores.failures import translated
from modelops_git.engine.registering.artifacts import opened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

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
    """Store one file."""

    store: Store
    progress: Progress = streams.ignore

    def __call__(self, parcel: Parcel, /) -> None:
        """Do it; done already where the same bytes are there.

        Raises:
            RefusedError: The file is not what it was when it was hashed.
            StoreConflictError: Other bytes are there.
            StoreError: The store or the file failed.
        """
        with translated(str(parcel.source.file)):
            stream = opened(parcel.source.file)
        with stream:
            try:
                self.store.put(parcel.key, streams.watched(stream, self.progress), parcel.expected)
            except StoreMismatchError as error:
                raise RefusedError(
                    f"{parcel.source.file} changed while it was registered; nothing was written",
                    hint="Register again when nothing writes to it any more.",
                ) from error


def put_all(put: Put, parcels: Sequence[Parcel], executor: Executor | None = None) -> None:
    """Store all files; at once in `executor`, where one is given. Raises as `Put` does."""
    run = map if executor is None else executor.map
    list(run(put, parcels))
