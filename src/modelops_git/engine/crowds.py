"""Very many small files on a disk, read by several processes at once: threads would only take turns at them.

The processes are forks, so that nothing has to be sent to them. Where this one cannot be forked safely, such
as after an executor has begun threads, the files are read by the executor as all others are.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.edges import processes
from modelops_git.engine import attempts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.edges.stores.streams import Progress
    from modelops_git.engine.attempts import Seen, Work
    from modelops_git.engine.listing import Item

LEAST = 2_000
"""So many files are a crowd: for fewer it takes longer to begin a process than it saves."""
ROUND = 20_000
"""So many are read before progress is told of them."""


class Crowd(NamedTuple):
    """Small files, and who reads them.

    Attributes:
        items: The files; none where there are too few of them, or nobody to share them with.
        others: The files that are not among them.
        readers: How many processes share them, this one included.
    """

    items: Sequence[Item]
    others: Sequence[Item]
    readers: int


def crowd_of(items: Sequence[Item], most: int) -> Crowd:
    """The small files among `items`, for at most so many processes."""
    readers = min(most, processes.available()) if most > 1 and len(items) >= LEAST else 1
    small = [item for item in items if attempts.is_small(item)] if readers > 1 else []
    if len(small) < LEAST:
        return Crowd((), items, 1)
    return Crowd(small, [item for item in items if not attempts.is_small(item)], readers)


def attempt_all(crowd: Crowd, work: Work, progress: Progress) -> Iterator[tuple[Sequence[Item], list[Seen]]]:
    """Do the work on all of a crowd.

    Args:
        crowd: The files.
        work: What is done with each. It tells no progress: a process of its own would tell it to nobody.
        progress: Told the number of bytes, here, after each round.
    """
    for start in range(0, len(crowd.items), ROUND):
        some = crowd.items[start : start + ROUND]
        share = -(-len(some) // crowd.readers)
        parts = [some[at : at + share] for at in range(0, len(some), share)]
        seen = processes.each_in_a_process(partial(attempts.attempt, work), parts)
        progress(sum(item.spec.size for item in some))
        yield from zip(parts, seen, strict=True)
