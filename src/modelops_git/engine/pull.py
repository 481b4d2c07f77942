"""Pull: the verified bytes of a version in a folder of the user, through the local cache."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import RefusedError
from modelops_git.core.findings import sort_key
from modelops_git.edges.stores import publishing, sharing, streams, tree
from modelops_git.edges.stores.base import (
    Expected,
    StoreMissingError,
    StoreUnsafeError,
)
from modelops_git.edges.stores.failures import translated
from modelops_git.edges.stores.reading import stable_reader
from modelops_git.edges.stores.sharing import Way
from modelops_git.engine import attempts
from modelops_git.engine.attempts import Proof, Seen, examined
from modelops_git.engine.listing import listing_of

if TYPE_CHECKING:
    from collections.abc import Mapping
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
        copies: Whether files are copied, to be edited; otherwise they share their bytes with the cache where
            the file system can, and are read-only where that is by a link.
    """

    folder: Path
    cache: Cache
    overwrite: bool = False
    copies: bool = False


@dataclass(frozen=True, slots=True)
class Pulled:
    """What was pulled.

    Attributes:
        findings: All that is wrong, sorted; then nothing was placed.
        ways: How many files were handed out in which way; files that were there already are in none.
    """

    findings: tuple[Finding, ...] = ()
    ways: Mapping[Way, int] = field(default_factory=dict)


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
) -> Pulled:
    """Place the verified files of a version, or say all that is wrong, as `verify_version` says it.

    First every file is brought into the cache and verified; if one is not as the manifest says, none is
    placed. Then each is hashed again and handed out, and gets its name only when it is whole.

    Raises:
        RefusedError: The folder has files with other bytes under these names, and `overwrite` is not set.
        StoreError: The cache or the folder cannot be written.
    """
    listing = listing_of(document, holders)
    found = list(listing.findings) or _fetched(
        document, listing, Fetch(destination.cache, progress), executor
    )
    if found:
        return Pulled(tuple(sorted(found, key=sort_key)))
    return Pulled(ways=_place_all(listing, destination))


def _fetched(
    document: VersionDocument, listing: Listing, fetch: Fetch, executor: Executor | None
) -> list[Finding]:
    fetch.cache.prepare()
    return attempts.start(document, fetch, listing.items, executor).findings()


def _place_all(listing: Listing, destination: Destination) -> Counter[Way]:
    with translated(str(destination.folder)):
        publishing.sweep(destination.folder)
    states = [(item, _is_there(destination.folder, item)) for item in listing.items]
    others = [item for item, same in states if same is False]
    if others and not destination.overwrite:
        raise _refusal(destination.folder, others)
    placed = [_place(item, destination) for item, same in states if not same]
    return Counter(way for way in placed if way)


def _place(item: Item, destination: Destination) -> Way | None:
    """Hand out a file; None where another has just placed the very same one."""
    try:
        return _placed(item, destination)
    except StoreMissingError:  # another has just removed it from the cache
        Fetch(destination.cache)(item)
        return _placed(item, destination)


def _placed(item: Item, destination: Destination) -> Way | None:
    publish = publishing.replace if destination.overwrite else publishing.create_by_link
    manner, parts, expected = publishing.Manner(publish), item.spec.path.split("/"), _expected(item)
    subject = f"{destination.folder}, {item.spec.path}"
    with destination.cache.open(expected) as stream, translated(subject):
        if not destination.copies:
            streams.compare(item.spec.path, streams.measure(stream, limit=expected.size), expected)
            if way := sharing.share(destination.folder, parts, stream.fileno(), manner):
                return way
            stream.seek(0)
        if publishing.place(destination.folder, parts, stream, expected, manner):
            return Way.COPY
    if not _is_there(destination.folder, item):
        raise _refusal(destination.folder, [item])
    return None


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
