"""What goes from the local cache: what was not used for a while, and the longest unused beyond a size."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.edges.stores.cache import Cache, Entry


class Limits(NamedTuple):
    """What may stay.

    Attributes:
        before: Entries that were last used before this time go, in seconds since 1970; None for none.
        size: So many bytes may stay; None for any number.
    """

    before: float | None = None
    size: int | None = None


class Pruned(NamedTuple):
    """What went, and what is left."""

    removed: tuple[Entry, ...]
    left: tuple[Entry, ...]


def prune(cache: Cache, limits: Limits) -> Pruned:
    """Remove entries from the cache; safe beside others that use it.

    Raises:
        StoreError: The cache cannot be read or written.
    """
    entries = cache.entries()
    chosen = goes(entries, limits)
    for entry in chosen:
        cache.remove(entry)
    gone = {entry.sha256 for entry in chosen}
    return Pruned(tuple(chosen), tuple(entry for entry in entries if entry.sha256 not in gone))


def goes(entries: Sequence[Entry], limits: Limits) -> list[Entry]:
    """Which of `entries`, the longest unused first, go."""
    size = sum(entry.size for entry in entries)
    chosen: list[Entry] = []
    for entry in entries:
        is_old = limits.before is not None and entry.used < limits.before
        if is_old or (limits.size is not None and size > limits.size):
            chosen.append(entry)
            size -= entry.size
    return chosen
