"""Verify: the bytes of a version are those of its manifest, every one, and there are no others."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from modelops_git.core.errors import StoreError
from modelops_git.core.findings import sort_key
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import Expected
from modelops_git.engine import attempts, flaws
from modelops_git.engine.attempts import Job, Started
from modelops_git.engine.listing import finding_of, listing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Executor

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.findings import Finding
    from modelops_git.edges.stores.base import Store
    from modelops_git.edges.stores.streams import Progress
    from modelops_git.engine.listing import Item

AHEAD = 256


class Mode(StrEnum):
    """How much is looked at: every byte, or names and sizes only (which proves no content)."""

    FULL = "full"
    METADATA = "metadata"


class OpenStore(Protocol):
    """How the store of a version is found."""

    def __call__(self, document: VersionDocument, /) -> Store:
        """The store that `document` names.

        Raises:
            StoreError: It cannot be opened.
        """


@dataclass(frozen=True, slots=True)
class Verified:
    """The result for one version.

    Attributes:
        document: The version.
        findings: All that is wrong, sorted; nothing where it is verified.
    """

    document: VersionDocument
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Hash:
    """Read a file of a store and compare its digest."""

    store: Store
    progress: Progress = streams.ignore

    def __call__(self, item: Item, /) -> None:
        """Do it.

        Raises:
            StoreMismatchError: It is not what the manifest says.
        """
        spec = item.spec
        with self.store.open(item.key) as stream:
            found = streams.measure(stream, limit=spec.size, progress=self.progress)
        streams.compare(item.key, found, Expected(spec.sha256, spec.size))


def verify_version(
    document: VersionDocument,
    store: Store,
    *,
    executor: Executor | None = None,
    progress: Progress = streams.ignore,
    mode: Mode = Mode.FULL,
) -> tuple[Finding, ...]:
    """All that is wrong with the bytes of one version, sorted (MOG401-407, 413).

    Args:
        document: The version's manifest.
        store: Where its files are.
        executor: Works on several files at once; None: one after the other, in this thread.
        progress: Told the number of bytes hashed each time, by the executor's workers.
        mode: Every byte, or sizes only.

    Returns:
        Nothing only if each listed file was found as the manifest says, there is at least one, and there are
        no others. Failures of the store are findings with the code MOG413.
    """
    opener = _Given(store)
    return next(verify_all([document], opener, executor=executor, progress=progress, mode=mode)).findings


def verify_all(
    documents: Iterable[VersionDocument],
    open_store: OpenStore,
    *,
    executor: Executor | None = None,
    progress: Progress = streams.ignore,
    mode: Mode = Mode.FULL,
) -> Iterator[Verified]:
    """Verify many versions, one result after the other in the order given.

    `documents` is read as the work proceeds: about 256 files are in the executor at a time, so that small
    versions keep all cores busy and memory stays bounded.
    """
    waiting: deque[Started] = deque()
    try:
        for document in documents:
            waiting.append(_started(document, open_store, executor, progress, mode))
            while waiting and (executor is None or _parts(waiting) > AHEAD):
                yield _finished(waiting[0])
                waiting.popleft()
        while waiting:
            yield _finished(waiting[0])
            waiting.popleft()
    finally:
        for one in waiting:
            one.cancel()


@dataclass(frozen=True, slots=True)
class _Given:
    store: Store

    def __call__(self, _document: VersionDocument, /) -> Store:
        return self.store


def _started(
    document: VersionDocument,
    open_store: OpenStore,
    executor: Executor | None,
    progress: Progress,
    mode: Mode,
) -> Started:
    listing = listing_of(document)
    try:
        store = open_store(document)
    except StoreError as error:
        flaw = flaws.could_not("the store cannot be opened", error)
        return Started(document, found=[*listing.findings, finding_of(document, flaw)])
    work = Hash(store, progress) if mode is Mode.FULL else None
    started = attempts.start(Job(document, store, work), listing, executor)
    started.found += [*listing.findings, *attempts.extra_files(document, listing, store)]
    return started


def _parts(waiting: deque[Started]) -> int:
    return sum(len(one.parts) for one in waiting)


def _finished(started: Started) -> Verified:
    return Verified(started.document, tuple(sorted(started.finish(), key=sort_key)))
