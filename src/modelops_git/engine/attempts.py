"""Work on each file of a version: in an executor, with every failure turned into a finding."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core import artifacts
from modelops_git.core.artifacts import printable
from modelops_git.core.checks.artifacts import COULD_NOT_VERIFY, EXTRA_FILE
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.file import FileStore
from modelops_git.edges.stores.reading import SMALL
from modelops_git.engine import flaws
from modelops_git.engine.flaws import Flaw, FlawedError
from modelops_git.engine.listing import finding_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.findings import Finding
    from modelops_git.edges.stores.base import Opened, Stat, Store
    from modelops_git.engine.listing import Item, Listing

MAX_EXTRA = 1000
LEAST_PARTS = 128
"""So many parts a version has, where it has so many files: each worker gets some, also the slow ones."""
MOST_TOGETHER = 32
"""How many files are one part at most: to hand one over takes as long as to read a small file."""
_TURN = threading.Lock()
"""Held while small files are read from a disk: each system call hands the interpreter over to another thread,
so that threads that read small files at once take three times as long as one that reads them all."""
_REMOVE = "Remove it from the store; a model server would read it."


class Proof(StrEnum):
    """What shows that a file is the one of the manifest, the strongest first.

    `sha256`, `blake3`: its bytes were read, and have this digest. `remembered`: they were read before, and
    have not changed, as their store says. `stored`: the store computed their SHA-256 itself when it took
    them. `size`: nothing but their number.
    """

    SHA256 = "sha256"
    BLAKE3 = "blake3"
    REMEMBERED = "remembered"
    STORED = "stored"
    SIZE = "size"


class Seen(NamedTuple):
    """What was seen of one file.

    Attributes:
        flaw: What is wrong; None if nothing is.
        proof: What shows it; None where something is wrong.
        identity: Of the object whose bytes were read; empty where none were, or where nothing identifies it.
    """

    flaw: Flaw | None = None
    proof: Proof | None = None
    identity: str = ""


class Work(Protocol):
    """What is done with one file; picklable, where the executor's workers are processes."""

    def __call__(self, item: Item, /) -> Seen:
        """Do it.

        Raises:
            StoreError: The bytes are not what the manifest says, or a store failed.
        """


@dataclass(slots=True)
class Started:
    """A version whose files are in an executor.

    Attributes:
        document: The version.
        parts: The files and what will be found about them.
        found: What is known already.
    """

    document: VersionDocument
    parts: deque[tuple[Sequence[Item], Future[list[Seen]]]] = field(default_factory=deque)
    found: list[Finding] = field(default_factory=list)

    def know(self, items: Sequence[Item], seen: list[Seen]) -> None:
        """Take what was seen of files that are done already."""
        done: Future[list[Seen]] = Future()
        done.set_result(seen)
        self.parts.append((items, done))

    def finish(self) -> Iterator[tuple[Item, Seen]]:
        """What was seen of each file, once it is done; what is wrong with it is among the findings then."""
        while self.parts:
            items, future = self.parts.popleft()
            for item, seen in zip(items, _result(items, future), strict=True):
                if seen.flaw:
                    self.found.append(finding_of(self.document, seen.flaw, item.index))
                yield item, seen

    def findings(self) -> list[Finding]:
        """All findings, once all files are done."""
        for _ in self.finish():
            pass
        return self.found

    def cancel(self) -> None:
        """Give up the parts that have not begun."""
        for _, future in self.parts:
            future.cancel()


def start(document: VersionDocument, work: Work, items: Sequence[Item], executor: Executor | None) -> Started:
    """Submit the work on every file; without an executor it is done at once."""
    started = Started(document)
    together = max(1, min(MOST_TOGETHER, len(items) // LEAST_PARTS))
    for at in range(0, len(items), together):
        part = items[at : at + together]
        started.parts.append((part, _submit(executor, work, part)))
    return started


def attempt(work: Work, items: Sequence[Item]) -> list[Seen]:
    """Do the work on one file after the other; a failure is a flaw."""
    with _TURN if all(map(is_small, items)) else nullcontext():
        return [_attempt(work, item) for item in items]


def is_small(item: Item) -> bool:
    """Whether it is a small file on a disk."""
    return item.spec.size <= SMALL and isinstance(item.store, FileStore)


def _attempt(work: Work, item: Item) -> Seen:
    try:
        return work(item)
    except StoreError as error:
        return Seen(flaws.failure(item.spec, error))


@contextmanager
def examined(item: Item) -> Iterator[Opened]:
    """The bytes of a file, which is open and can be the right one, by all that is known before they are read.

    Raises:
        FlawedError: It cannot.
        StoreMissingError: There is none.
        StoreError: The store failed.
    """
    with item.store.open(item.key, item.spec.version if item.own else "") as stream:
        if stream.found.size <= artifacts.MAX_LFS_POINTER:
            if stream.read(len(artifacts.LFS_POINTER)) == artifacts.LFS_POINTER:
                raise FlawedError(flaws.pointer(item.spec))
            stream.seek(0)
        refuse(item, stream.found)
        yield stream


def refuse(item: Item, found: Stat | None) -> None:
    """Refuse a file that cannot be the right one.

    Raises:
        FlawedError: It is missing, was overwritten, or has another size.
    """
    spec = item.spec
    if found is not None and spec.version and not item.own and found.version != spec.version:
        raise FlawedError(flaws.overwritten(spec, found.version))
    if flaw := flaws.size(spec, None if found is None else found.size):
        raise FlawedError(flaw)


def extra_files(document: VersionDocument, listing: Listing, store: Store) -> Iterator[Finding]:
    """What lies beside the files of a version and is not in its manifest; at most 1,000 are named."""
    # Of the whole list, refused paths included: those have findings of their own.
    known = {listing.prefix + row.path for row in document.manifest.artifacts}
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


def _submit(executor: Executor | None, work: Work, items: Sequence[Item]) -> Future[list[Seen]]:
    future: Future[list[Seen]] = Future()
    if executor is None:
        future.set_result(attempt(work, items))
        return future
    try:
        return executor.submit(attempt, work, items)
    except BrokenExecutor as error:
        future.set_exception(error)
        return future


def _result(items: Sequence[Item], future: Future[list[Seen]]) -> list[Seen]:
    try:
        return future.result()
    except BrokenExecutor as error:
        return [Seen(_broken(item, error)) for item in items]


def _broken(item: Item, error: BrokenExecutor) -> Flaw:
    return Flaw(COULD_NOT_VERIFY.code, f"{printable(item.spec.path)} could not be verified: {error}")
