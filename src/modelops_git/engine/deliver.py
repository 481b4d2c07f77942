"""Deliver: hand the bytes of a version from one store to another, verified while they are copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.findings import sort_key
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import Expected
from modelops_git.engine import attempts
from modelops_git.engine.attempts import Job
from modelops_git.engine.listing import listing_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.findings import Finding
    from modelops_git.edges.stores.base import Store
    from modelops_git.edges.stores.streams import Progress
    from modelops_git.engine.listing import Item


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy one file, if its bytes are those of the manifest."""

    source: Store
    destination: Store
    progress: Progress = streams.ignore

    def __call__(self, item: Item, /) -> None:
        """Do it.

        Raises:
            StoreMismatchError: They are not; nothing was published.
            StoreConflictError: The destination holds others.
        """
        with self.source.open(item.key) as stream:
            watched = streams.watched(stream, self.progress)
            self.destination.put(item.key, watched, Expected(item.spec.sha256, item.spec.size))


def deliver(
    document: VersionDocument,
    source: Store,
    destination: Store,
    *,
    executor: Executor | None = None,
    progress: Progress = streams.ignore,
) -> tuple[Finding, ...]:
    """Copy every file of a version; all that is wrong, sorted, as `verify_version` says it.

    Each file is hashed while it is written and published only if the hash is the manifest's, so what the
    destination holds afterwards is what was reviewed, whatever happens to the source meanwhile. Where the
    destination has a file already, that one is hashed, and the source's is not read. Delivering again is
    safe. A version that is not whole or has extra files in `source` is not begun.

    Returns:
        Nothing only if the destination holds each listed file, verified now, and no others for this version.
    """
    listing = listing_of(document)
    before = [*listing.findings, *attempts.extra_files(document, listing, source)]
    if before:
        return tuple(sorted(before, key=sort_key))
    started = attempts.start(Job(document, source, Copy(source, destination, progress)), listing, executor)
    found = [*started.finish(), *attempts.extra_files(document, listing, destination)]
    return tuple(sorted(found, key=sort_key))
