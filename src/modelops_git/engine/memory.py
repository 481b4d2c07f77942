"""What earlier readings found to be right, kept in the clone: what has not changed since is right still.

An object is known by its identity: the version at an S3 store, or what the file system says of a file
(device, number, size and times). It is kept for its key and its SHA-256, in a file that may be deleted at any
time.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from modelops_git.edges.remembered import Remembered
from modelops_git.engine.attempts import Proof

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.attempts import Seen
    from modelops_git.engine.listing import Item

FORMAT = "objects that were read and right, 1"
_READ = frozenset({Proof.SHA256, Proof.BLAKE3})


class Readings:
    """What was read and right.

    Args:
        remembered: The file that keeps it.
        believed: Whether what it says is believed; otherwise all is read, and only learned.
    """

    def __init__(self, remembered: Remembered, *, believed: bool) -> None:
        self._remembered = remembered
        self._believed = believed

    def recall(self, item: Item) -> Item:
        """The item with the identity of the object that was found to be right, if one was."""
        known = self._remembered.get(_key(item)) if self._believed else None
        return replace(item, known=known) if known else item

    def keep(self, item: Item, seen: Seen) -> None:
        """Remember a file that was read and is right; it is on the disk after `save` of what remembers."""
        if seen.proof in _READ and seen.identity and " " not in seen.identity:
            self._remembered.learn(_key(item), seen.identity)


@contextmanager
def readings(repository: Repository, *, believed: bool) -> Iterator[Readings]:
    """What was read in this clone; what is learned is kept when the block ends, also by an error."""
    remembered = Remembered(repository.common_dir / "modelops" / "read", FORMAT)
    try:
        yield Readings(remembered, believed=believed)
    finally:
        remembered.save()


def _key(item: Item) -> str:
    parts = (item.store.uri, item.key, item.spec.version, item.spec.sha256)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
