"""Work on each file of a version: in an executor, with every failure turned into a finding."""

from __future__ import annotations

from collections import deque
from concurrent.futures import BrokenExecutor, Future
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from modelops_git.core import artifacts
from modelops_git.core.artifacts import printable
from modelops_git.core.checks.artifacts import COULD_NOT_VERIFY, EXTRA_FILE
from modelops_git.core.errors import StoreError
from modelops_git.engine import flaws
from modelops_git.engine.flaws import Flaw
from modelops_git.engine.listing import finding_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.findings import Finding
    from modelops_git.edges.stores.base import Store
    from modelops_git.engine.listing import Item, Listing

MAX_EXTRA = 1000
_REMOVE = "Remove it from the store; a model server would read it."


class Work(Protocol):
    """What is done with one file; picklable, where the executor's workers are processes."""

    def __call__(self, item: Item, /) -> None:
        """Do it.

        Raises:
            StoreError: The bytes are not what the manifest says, or a store failed.
        """


@dataclass(frozen=True, slots=True)
class Job:
    """What is done with the files of one version.

    Attributes:
        document: The version.
        source: Where its files are.
        work: What is done with each after a first look; nothing more where it is None.
    """

    document: VersionDocument
    source: Store
    work: Work | None


@dataclass(slots=True)
class Started:
    """A version whose files are in an executor.

    Attributes:
        document: The version.
        parts: The files and what will be found about them.
        found: What is known already.
    """

    document: VersionDocument
    parts: deque[tuple[Item, Future[Flaw | None]]] = field(default_factory=deque)
    found: list[Finding] = field(default_factory=list)

    def finish(self) -> Iterator[Finding]:
        """All findings, once the parts are done."""
        yield from self.found
        while self.parts:
            item, future = self.parts.popleft()
            if flaw := _result(item, future):
                yield finding_of(self.document, flaw, item.index)

    def cancel(self) -> None:
        """Give up the parts that have not begun."""
        for _, future in self.parts:
            future.cancel()


def start(job: Job, listing: Listing, executor: Executor | None) -> Started:
    """Submit the work on every file; without an executor it is done at once."""
    started = Started(job.document)
    for item in listing.items:
        started.parts.append((item, _submit(executor, job, item)))
    return started


def attempt(work: Work | None, source: Store, item: Item) -> Flaw | None:
    """Look at one file of `source`, then do the work; what is wrong with it, if anything."""
    try:
        found = source.stat(item.key)
        size = None if found is None else found.size
        pointer = work is not None and _is_pointer(source, item.key, size)
        flaw = flaws.pointer(item.spec) if pointer else flaws.size(item.spec, size)
        if flaw is None and work is not None:
            work(item)
    except StoreError as error:
        return flaws.failure(item.spec, error)
    return flaw


def extra_files(document: VersionDocument, listing: Listing, store: Store) -> Iterator[Finding]:
    """What lies beside the files of a version and is not in its manifest; at most 1,000 are named."""
    # Of the whole list, refused paths included: those have findings of their own.
    known = {listing.prefix + row.path for row in document.manifest.artifacts if row.uri is None}
    try:
        found = (key for key in store.keys(listing.prefix) if key not in known)
        for key in islice(found, MAX_EXTRA):
            yield finding_of(
                document, Flaw(EXTRA_FILE.code, f"{printable(key)} is not in the manifest", _REMOVE)
            )
        if next(found, None) is not None:
            message = (
                f"{printable(listing.prefix)} holds more than {MAX_EXTRA} files that are not in the manifest"
            )
            yield finding_of(document, Flaw(EXTRA_FILE.code, message, _REMOVE))
    except StoreError as error:
        yield finding_of(document, flaws.could_not(f"{printable(listing.prefix)} could not be listed", error))


def _submit(executor: Executor | None, job: Job, item: Item) -> Future[Flaw | None]:
    if executor is not None:
        return executor.submit(attempt, job.work, job.source, item)
    future: Future[Flaw | None] = Future()
    future.set_result(attempt(job.work, job.source, item))
    return future


def _result(item: Item, future: Future[Flaw | None]) -> Flaw | None:
    try:
        return future.result()
    except BrokenExecutor as error:
        return Flaw(COULD_NOT_VERIFY.code, f"{printable(item.spec.path)} could not be verified: {error}")


def _is_pointer(store: Store, key: str, size: int | None) -> bool:
    if size is None or size > artifacts.MAX_LFS_POINTER:
        return False
    with store.open(key) as stream:
        return stream.read(len(artifacts.LFS_POINTER)) == artifacts.LFS_POINTER
