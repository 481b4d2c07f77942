"""Shares of a verification: the same files give the same shares on every machine, each about as much work."""

from __future__ import annotations

import re
from dataclasses import replace
from heapq import heapify, heapreplace
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.engine.listing import Listing

ONE_FILE = 1 << 18
"""Bytes that could be read in the time that it takes to ask for one more file."""
MOST = 10_000
_WRITTEN = re.compile(r"(?a)(\d{1,5})/(\d{1,5})")


class Shard(NamedTuple):
    """One share.

    Attributes:
        files: The files that belong to it: the manifest's path, and the position in its list.
        versions: The manifests about which as a whole this share tells what is wrong.
        size: How many bytes the files have.
    """

    files: frozenset[tuple[str, int]]
    versions: frozenset[str]
    size: int

    def of(self, document: VersionDocument, listing: Listing) -> Listing:
        """The part of a listing that belongs to this share."""
        items = tuple(item for item in listing.items if (document.path, item.index) in self.files)
        told = document.path in self.versions
        return replace(listing, items=items, findings=listing.findings if told else ())


def parse_shard(text: str) -> tuple[int, int]:
    """The number of a share, from 1 on, and how many there are, from `I/N`.

    Raises:
        UsageError: It is not of that form, or I is not among the N.
    """
    found = _WRITTEN.fullmatch(text)
    number, count = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= count <= MOST:
        raise UsageError(
            f"{text!r} is no share", hint="Write I/N with I from 1 to N, such as 1/4, 2/4, 3/4 and 4/4."
        )
    return number, count


def shard_of(documents: Sequence[VersionDocument], number: int, count: int) -> Shard:
    """Share `number` (from 1 on) of `count`: the largest file first, to the share that has the least yet."""
    shares: list[list[tuple[str, int]]] = [[] for _ in range(count)]
    loads = [(0, share) for share in range(count)]
    heapify(loads)
    largest_first = sorted(_files(documents), key=lambda file: (-file[0], *file[1:]))
    for size, path, index in largest_first:
        load, share = loads[0]
        heapreplace(loads, (load + size + ONE_FILE, share))
        shares[share].append((path, index))
    mine = frozenset(shares[number - 1])
    told = frozenset(sorted(one.path for one in documents)[number - 1 :: count])
    return Shard(mine, told, sum(size for size, *file in _files(documents) if tuple(file) in mine))


def _files(documents: Iterable[VersionDocument]) -> Iterable[tuple[int, str, int]]:
    for document in documents:
        for index, row in enumerate(document.manifest.artifacts):
            yield row.size, document.path, index
