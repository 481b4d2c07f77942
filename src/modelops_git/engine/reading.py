"""What is done with one stored file to see whether it is the right one: asked of its store, or read."""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import Expected
from modelops_git.edges.stores.reading import Whole
from modelops_git.engine import flaws
from modelops_git.engine.attempts import Proof, Seen, examined, refuse
from modelops_git.engine.flaws import FlawedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from modelops_git.core.artifacts import ArtifactSpec
    from modelops_git.edges.stores.base import Opened
    from modelops_git.edges.stores.streams import Hasher, Progress
    from modelops_git.engine.inspecting import Inspect
    from modelops_git.engine.listing import Item


LARGE = 1 << 25
"""Bytes; below, it takes longer to begin threads than they save."""
THREADS = -1
_ALONE = threading.Lock()


class Digest(StrEnum):
    """Which digest shall prove a file.

    `sha256`: SHA-256, and BLAKE3 beside it where the manifest has one: that one must be true as well, since
    later readings may rest on it. `blake3`: BLAKE3 alone where the manifest has one, which is several times
    as fast.
    """

    SHA256 = "sha256"
    BLAKE3 = "blake3"


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the store, and read nothing."""

    def __call__(self, item: Item, /) -> Seen:
        """Do it: one request.

        Raises:
            FlawedError: It is not what the manifest says.
        """
        found = item.store.stat(item.key, item.spec.version if item.own else "")
        refuse(item, found)
        if found is None or not found.sha256:
            return Seen(None, Proof.SIZE)
        if found.sha256 != item.spec.sha256:
            raise FlawedError(flaws.stored(item.spec, found.sha256))
        return Seen(None, Proof.STORED)


@dataclass(frozen=True, slots=True)
class Read:
    """Read all bytes, and compare their digest.

    Attributes:
        digest: Which one.
        progress: Told the number of bytes.
        inspect: Looks at what they are, after that; None for nothing.
    """

    digest: Digest = Digest.SHA256
    progress: Progress = streams.ignore
    inspect: Inspect | None = None

    def __call__(self, item: Item, /) -> Seen:
        """Do it; nothing is read of an object that is known to be right.

        Raises:
            StoreMismatchError: It is not what the manifest says.
            FlawedError: Likewise, and that is known without reading it.
        """
        with examined(item) as stream:
            identity = stream.found.identity
            if item.known and item.known == identity:
                proof = Proof.REMEMBERED
                self.progress(item.spec.size)
            else:
                proof = self._prove(stream, item.spec)
            if self.inspect is not None:  # always: what is allowed may have changed
                look_at(self.inspect, item, stream)
        return Seen(None, proof, identity)

    def _prove(self, stream: Opened, spec: ArtifactSpec) -> Proof:
        if isinstance(stream, Whole):
            return self._compare(spec, self._checks(spec, 1), (stream.getvalue(),))
        with _haste(spec, self.digest) as is_alone:
            pieces = streams.pieces_ahead if is_alone else streams.pieces
            return self._compare(
                spec, self._checks(spec, THREADS if is_alone else 1), pieces(stream, spec.size)
            )

    def _compare(
        self, spec: ArtifactSpec, checks: Sequence[_Check], pieces: Iterable[memoryview | bytes]
    ) -> Proof:
        size = 0
        for piece in pieces:
            for check in checks:
                check.hasher.update(piece)
            size += len(piece)
            self.progress(len(piece))
        found = Expected("", size)
        streams.compare_size(spec.path, found, spec.size)
        for check in checks:
            streams.compare_digest(spec.path, found, (check.name, check.hasher.hexdigest(), check.wanted))
        return checks[0].proof

    def _checks(self, spec: ArtifactSpec, threads: int) -> list[_Check]:
        """The digests that are compared; what the first one proves is said."""
        sha256 = _Check("SHA-256", hashlib.sha256(), spec.sha256, Proof.SHA256)
        if not spec.blake3 or not blake3_installed():
            return [sha256]
        blake3 = _Check("BLAKE3", new_blake3(threads), spec.blake3, Proof.BLAKE3)
        return [blake3] if self.digest is Digest.BLAKE3 else [sha256, blake3]


@contextmanager
def _haste(spec: ArtifactSpec, digest: Digest) -> Iterator[bool]:
    """Whether a file gets several threads and large buffers: one at a time, if BLAKE3 proves it."""
    is_fast = digest is Digest.BLAKE3 and spec.blake3 and spec.size >= LARGE and blake3_installed()
    is_alone = bool(is_fast) and _ALONE.acquire(blocking=False)
    try:
        yield is_alone
    finally:
        if is_alone:
            _ALONE.release()


def look_at(inspect: Inspect, item: Item, stream: Opened) -> None:
    """Refuse a file of which the registry does not allow what it is; the stream is at its start afterwards.

    Raises:
        FlawedError: It is refused.
    """
    if flaw := inspect(item.spec, stream, item.spec.size):
        raise FlawedError(flaw)
    stream.seek(0)


class _Check(NamedTuple):
    name: str
    hasher: Hasher
    wanted: str
    proof: Proof


@cache
def blake3_installed() -> bool:
    """Whether BLAKE3 can be computed here (the extra `blake3`)."""
    return importlib.util.find_spec("blake3") is not None


def new_blake3(threads: int = 1) -> Hasher:
    """A hasher of BLAKE3, of the official library; `THREADS` for as many threads as there are cores."""
    from blake3 import blake3

    hasher: Hasher = blake3(max_threads=threads)
    return hasher
