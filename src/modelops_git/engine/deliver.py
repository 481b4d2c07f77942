"""Deliver: hand the bytes of a version from one store to another, verified while they are copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.findings import sort_key
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import Expected
from modelops_git.engine import attempts
from modelops_git.engine.attempts import Proof, Seen, examined
from modelops_git.engine.flaws import FlawedError
from modelops_git.engine.listing import listing_of
from modelops_git.engine.reading import look_at
from modelops_git.engine.verify import ALONE

if TYPE_CHECKING:
    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.findings import Finding
    from modelops_git.edges.stores.base import Opened, Store
    from modelops_git.edges.stores.streams import Progress
    from modelops_git.engine.inspecting import Inspect
    from modelops_git.engine.listing import Item
    from modelops_git.engine.stores import Holders
    from modelops_git.engine.verify import How


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy one file, if its bytes are those of the manifest."""

    destination: Store
    progress: Progress = streams.ignore
    inspect: Inspect | None = None

    def __call__(self, item: Item, /) -> Seen:
        """Do it.

        Raises:
            StoreMismatchError: They are not; nothing was published.
            FlawedError: The registry does not allow what it is.
            StoreConflictError: The destination holds others.
        """
        with examined(item) as stream:
            expected = Expected(item.spec.sha256, item.spec.size)
            self._look(item, stream, expected)
            self.destination.put(item.name, streams.watched(stream, self.progress), expected)
        return Seen(None, Proof.SHA256)

    def _look(self, item: Item, stream: Opened, expected: Expected) -> None:
        """Look at what a file is, before anybody else can; of other bytes it is said that they are others."""
        if self.inspect is None:
            return
        try:
            look_at(self.inspect, item, stream)
        except FlawedError:
            stream.seek(0)
            streams.compare(item.key, streams.measure(stream, limit=expected.size), expected)
            raise


def deliver(
    document: VersionDocument,
    holders: Holders,
    destination: Store,
    how: How = ALONE,
) -> tuple[Finding, ...]:
    """Copy every file of a version; all that is wrong, sorted, as `verify_version` says it.

    Each file is hashed while it is written and published only if the hash is the manifest's, so what the
    destination holds afterwards is what was reviewed, whatever happens to the source meanwhile. Where the
    destination has a file already, that one is hashed, and the source's is not read. Delivering again is
    safe. A version whose list is refused, or that has extra files at its source, is not begun.

    Returns:
        Nothing only if the destination holds each listed file, verified now, and no others for this version.
    """
    listing = listing_of(document, holders)
    before = list(listing.findings)
    if listing.store is not None:
        before += attempts.extra_files(document, listing, listing.store)
    if before:
        return tuple(sorted(before, key=sort_key))
    copy = Copy(destination, how.progress, how.inspector(document))
    started = attempts.start(document, copy, listing.items, how.executor)
    found = [*started.findings(), *attempts.extra_files(document, listing, destination)]
    return tuple(sorted(found, key=sort_key))
