"""Pull: the verified bytes of a version in a folder of the user, through the local cache."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import RefusedError
from modelops_git.core.findings import sort_key
from modelops_git.edges.stores import publishing, streams, tree
from modelops_git.edges.stores.base import (
    Expected,
    StoreMissingError,
    StoreUnsafeError,
)
from modelops_git.edges.stores.failures import translated
from modelops_git.edges.stores.reading import stable_reader
from modelops_git.engine import attempts
from modelops_git.engine.attempts import Proof, Seen, examined
from modelops_git.engine.listing import listing_of

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.findings import Finding
    from modelops_git.edges.stores.cache import Cache
    from modelops_git.edges.stores.streams import Progress
    from modelops_git.engine.listing import Item, Listing
    from modelops_git.engine.stores import Holders


@dataclass(frozen=True, slots=True)
class Destination:
    """Where pulled files go.

    Attributes:
        folder: Made if it is not there; files that are not of the version stay as they are.
        cache: The local cache.
        overwrite: Whether files with other bytes are replaced.
    """

    folder: Path
    cache: Cache
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring one file into the cache, verified."""

    cache: Cache
    progress: Progress = streams.ignore

    def __call__(self, item: Item, /) -> Seen:
        """Do it; no store is asked where the cache has the file.

        Raises:
            StoreMismatchError: It is not what the manifest says.
        """
        self.cache.fill(_expected(item), partial(examined, item), self.progress)
        return Seen(None, Proof.SHA256)


def pull(
    document: VersionDocument,
    holders: Holders,
    destination: Destination,
    *,
    executor: Executor | None = None,
    progress: Progress = streams.ignore,
) -> tuple[Finding, ...]:
    """Place the verified files of a version; all that is wrong, sorted, as `verify_version` says it.

    First every file is brought into the cache and verified; if one is not as the manifest says, none is
    placed. Then each is copied, hashed again on the way, and gets its name only when it is whole. Copies, not
    links: editing a pulled file leaves the cache alone.

    Raises:
        RefusedError: The folder has files with other bytes under these names, and `overwrite` is not set.
        StoreError: The cache or the folder cannot be written.
    """
    listing = listing_of(document, holders)
    found = list(listing.findings) or _fetched(
        document, listing, Fetch(destination.cache, progress), executor
    )
    if found:
        return tuple(sorted(found, key=sort_key))
    _place_all(listing, destination)
    return ()


def _fetched(
    document: VersionDocument, listing: Listing, fetch: Fetch, executor: Executor | None
) -> list[Finding]:
    fetch.cache.prepare()
    return attempts.start(document, fetch, listing.items, executor).findings()


def _place_all(listing: Listing, destination: Destination) -> None:
    with translated(str(destination.folder)):
        publishing.sweep(destination.folder)
    states = [(item, _is_there(destination.folder, item)) for item in listing.items]
    others = [item for item, same in states if same is False]
    if others and not destination.overwrite:
        raise _refusal(destination.folder, others)
    for item, same in states:
        if not same:
            _place(item, destination)


def _place(item: Item, destination: Destination) -> None:
    publish = publishing.replace if destination.overwrite else publishing.create_by_link
    manner = publishing.Manner(publish)
    expected = _expected(item)
    with destination.cache.open(expected) as stream, translated(f"{destination.folder}, {item.spec.path}"):
        parts = item.spec.path.split("/")
        placed = publishing.place(destination.folder, parts, stream, expected, manner)
    if not placed and not _is_there(destination.folder, item):
        raise _refusal(destination.folder, [item])


def _is_there(folder: Path, item: Item) -> bool | None:
    """Whether the folder has the very bytes of `item`; None where it has nothing of that name."""
    subject = f"{folder}, {item.spec.path}"
    parts = item.spec.path.split("/")
    try:
        with translated(subject):
            descriptor = tree.open_file(folder, parts)
        with stable_reader(descriptor, subject) as stream:
            return streams.measure(stream, limit=item.spec.size) == _expected(item)
    except StoreMissingError:
        return None
    except StoreUnsafeError:
        return False


def _refusal(folder: Path, others: list[Item]) -> RefusedError:
    names = ", ".join(printable(item.spec.path) for item in others[:10])
    more = f" and {len(others) - 10} more" if len(others) > 10 else ""  # noqa: PLR2004 - as many as are named
    return RefusedError(
        f"{folder} has other bytes under the names of this version: {names}{more}",
        hint="Pull into another folder, or say that they may be overwritten.",
    )


def _expected(item: Item) -> Expected:
    return Expected(item.spec.sha256, item.spec.size)
