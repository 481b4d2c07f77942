"""Verify: the bytes of a version are those of its manifest, every one, and there are no others."""

from __future__ import annotations

from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.findings import sort_key
from modelops_git.edges.stores import streams
from modelops_git.engine import attempts
from modelops_git.engine.crowds import attempt_all, crowd_of
from modelops_git.engine.inspecting import uninspected
from modelops_git.engine.listing import listing_of
from modelops_git.engine.reading import Ask, Digest, Read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.findings import Finding
    from modelops_git.edges.stores.streams import Progress
    from modelops_git.engine.attempts import Proof, Seen, Started, Work
    from modelops_git.engine.crowds import Crowd
    from modelops_git.engine.inspecting import Inspector
    from modelops_git.engine.listing import Item
    from modelops_git.engine.sharding import Shard
    from modelops_git.engine.stores import Holders

AHEAD = 256


class Mode(StrEnum):
    """How much is looked at: every byte, or what stores say without being read (which proves less)."""

    FULL = "full"
    METADATA = "metadata"


class Memory(Protocol):
    """What earlier readings found."""

    def recall(self, item: Item, /) -> Item:
        """The item with the identity of the object that was found to be right, if one was."""

    def keep(self, item: Item, seen: Seen, /) -> None:
        """Remember a file that was read and is right."""


class Forgetful:
    """Remembers nothing: all bytes are read."""

    def recall(self, item: Item, /) -> Item:
        """The item as it is."""
        return item

    def keep(self, item: Item, seen: Seen, /) -> None:
        """Do nothing."""


class How(NamedTuple):
    """How to go about it.

    Attributes:
        executor: Works on several files at once; None: one after the other, in this thread. Any executor of
            `concurrent.futures` will do, also one whose workers are on other machines.
        progress: Told the number of bytes each time some were read.
        mode: Every byte, or what stores say.
        digest: Which digest shall prove a file.
        memory: What earlier readings found.
        shard: The part of the work that is done here; None for all of it.
        inspector: Tells what looks at the content of files that are read.
        processes: How many processes may share very many small files of a disk; only beside threads.
    """

    executor: Executor | None = None
    progress: Progress = streams.ignore
    mode: Mode = Mode.FULL
    digest: Digest = Digest.SHA256
    memory: Memory = Forgetful()
    shard: Shard | None = None
    inspector: Inspector = uninspected
    processes: int = 1

    @property
    def is_here(self) -> bool:
        """Whether the workers are threads of this process, which can tell of their progress themselves."""
        return self.executor is None or isinstance(self.executor, ThreadPoolExecutor)

    def work(self, document: VersionDocument) -> Work:
        """What is done with each file of a version."""
        progress = self.progress if self.is_here else streams.ignore
        return self.work_telling(progress, document)

    def work_telling(self, progress: Progress, document: VersionDocument) -> Work:
        """The same, where another is told of the bytes."""
        if self.mode is Mode.METADATA:
            return Ask()
        return Read(self.digest, progress, self.inspector(document))

    def crowd(self, items: Sequence[Item]) -> Crowd:
        """The files that are shared by processes."""
        return crowd_of(items, self.processes if self.is_here and self.mode is Mode.FULL else 1)


ALONE = How()


@dataclass(frozen=True, slots=True)
class Verified:
    """The result for one version.

    Attributes:
        document: The version.
        findings: All that is wrong, sorted; nothing where it is verified.
        proofs: What proved how many of its files.
    """

    document: VersionDocument
    findings: tuple[Finding, ...]
    proofs: Mapping[Proof, int]


def verify_version(document: VersionDocument, holders: Holders, how: How = ALONE) -> tuple[Finding, ...]:
    """All that is wrong with the bytes of one version, sorted (MOG401-410, 412, 413).

    Args:
        document: The version's manifest.
        holders: Where its files are.
        how: How to go about it.

    Returns:
        Nothing only if each listed file was found as the manifest says, there is at least one, and there are
        no others. Failures of the store are findings with the code MOG413.
    """
    return next(verify_all([document], holders, how)).findings


def verify_all(
    documents: Iterable[VersionDocument], holders: Holders, how: How = ALONE
) -> Iterator[Verified]:
    """Verify many versions, one result after the other in the order given.

    `documents` is read as the work proceeds: about 256 files are in the executor at a time, so that small
    versions keep all cores busy and memory stays bounded.
    """
    waiting: deque[Started] = deque()
    try:
        for document in documents:
            waiting.append(_started(document, holders, how))
            while waiting and (how.executor is None or _parts(waiting) > AHEAD):
                yield _finished(waiting[0], how)
                waiting.popleft()
        while waiting:
            yield _finished(waiting[0], how)
            waiting.popleft()
    finally:
        for one in waiting:
            one.cancel()


def _started(document: VersionDocument, holders: Holders, how: How) -> Started:
    whole = listing_of(document, holders)
    listing = whole if how.shard is None else how.shard.of(document, whole)
    items = tuple(map(how.memory.recall, listing.items)) if how.mode is Mode.FULL else listing.items
    crowd = how.crowd(items)
    quiet = how.work_telling(streams.ignore, document)
    known = list(attempt_all(crowd, quiet, how.progress))  # before there are threads: then nothing may fork
    started = attempts.start(document, how.work(document), crowd.others, how.executor)
    for part, seen in known:
        started.know(part, seen)
    started.found += listing.findings
    if listing.store is not None and (how.shard is None or document.path in how.shard.versions):
        started.found += attempts.extra_files(document, listing, listing.store)
    return started


def _parts(waiting: deque[Started]) -> int:
    return sum(len(one.parts) for one in waiting)


def _finished(started: Started, how: How) -> Verified:
    proofs: Counter[Proof] = Counter()
    for item, seen in started.finish():
        if not how.is_here or how.mode is Mode.METADATA:
            how.progress(item.spec.size)
        if seen.proof is not None:
            proofs[seen.proof] += 1
            how.memory.keep(item, seen)
    return Verified(started.document, tuple(sorted(started.found, key=sort_key)), proofs)
