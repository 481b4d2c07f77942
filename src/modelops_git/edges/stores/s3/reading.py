"""Reading an object: by ranges, several at once ahead of the reader, each resumed where its connection broke.

All ranges are of one object: the first answer says which (entity tag, and version where there are some), and
the others ask for that one. What is held in memory is bounded for all readers of the process together.
"""

from __future__ import annotations

import io
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.base import Stat
from modelops_git.edges.stores.s3 import failures
from modelops_git.edges.stores.s3.budget import MIB, READS
from modelops_git.edges.stores.s3.ranges import Pinned, fetch, receive
from modelops_git.edges.stores.s3.target import Target, is_gone, version_in

FIRST = MIB // 2
AHEAD = 4
AT_ONCE = 8
PATIENCE = 2.0
"""Seconds; who waits longer for memory may be the one who keeps it, by another reader."""


class _Coming(NamedTuple):
    """Bytes on their way.

    Attributes:
        start: Where they begin in the object.
        content: Where they will be.
        buffer: The memory of that, which was lent.
        done: When they are there.
    """

    start: int
    content: memoryview
    buffer: bytearray
    done: Future[None]


class Reader(io.RawIOBase):
    """The bytes of an object, from any position on; quick where they are read in order."""

    def __init__(self, pinned: Pinned, head: memoryview) -> None:
        self._pinned = pinned
        self._position = 0
        self._start, self._here = 0, head
        self._lent: bytearray | None = None
        self._ahead: deque[_Coming] = deque()
        self._given_up = False

    @property
    def found(self) -> Stat:
        """What the server says of the object."""
        version = self._pinned.target.version
        return Stat(self._pinned.size, version, identity=version)

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes, though each jump costs a request."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to another position; nothing is read yet."""
        self._position = streams.sought(offset, whence, self._position, self._pinned.size)
        return self._position

    def readinto(self, buffer: Any, /) -> int:
        """As many bytes as are here already, at least one before the end.

        Raises:
            StoreError: The server gives them no longer.
            StoreChangedError: The object was replaced.
        """
        if self._position >= self._pinned.size:
            return 0
        offset = self._position - self._start
        if not 0 <= offset < len(self._here):
            self._advance()
            offset = self._position - self._start
        view = memoryview(buffer).cast("B")
        count = min(len(view), len(self._here) - offset)
        view[:count] = self._here[offset : offset + count]
        self._position += count
        return count

    def close(self) -> None:
        """Give up what is on its way."""
        self._given_up = True
        self._forget()
        self._hold(0, memoryview(b""), None)
        super().close()

    def _advance(self) -> None:
        """Have the bytes at the position."""
        in_order = self._position == self._start + len(self._here)
        if not in_order or (self._ahead and self._ahead[0].start != self._position):
            self._forget()
        if in_order:
            self._release()
            self._order(PATIENCE)
        if self._ahead:
            self._take(self._ahead.popleft())
            self._order()
            return
        few = memoryview(bytearray(min(FIRST, self._pinned.size - self._position)))
        fetch(self._pinned, self._position, few, self._is_given_up)
        self._hold(self._position, few, None)

    def _take(self, coming: _Coming) -> None:
        try:
            coming.done.result()
        except BaseException:
            coming.done.add_done_callback(partial(_give_back, coming.buffer))
            raise
        self._hold(coming.start, coming.content, coming.buffer)

    def _order(self, patience: float = 0) -> None:
        """Have more bytes sent, as far as memory is free; for the first ones it is waited for a while."""
        last = self._ahead[-1] if self._ahead else None
        start = last.start + len(last.content) if last else self._start + len(self._here)
        while len(self._ahead) < AHEAD and start < self._pinned.size:
            if (buffer := READS.take(0 if self._ahead else patience)) is None:
                return
            content = memoryview(buffer)[: self._pinned.size - start]
            done = _pool(os.getpid()).submit(fetch, self._pinned, start, content, self._is_given_up)
            self._ahead.append(_Coming(start, content, buffer, done))
            start += len(content)

    def _is_given_up(self) -> bool:
        return self._given_up

    def _hold(self, start: int, content: memoryview, lent: bytearray | None) -> None:
        self._release()
        self._start, self._here, self._lent = start, content, lent

    def _release(self) -> None:
        """Give back the memory of what is here; who waits for memory holds none."""
        if self._lent is not None:
            end = self._start + len(self._here)
            READS.give_back(self._lent)
            self._start, self._here, self._lent = end, memoryview(b""), None

    def _forget(self) -> None:
        """Drop what was ordered; its memory is free when nobody writes to it any more."""
        while self._ahead:
            coming = self._ahead.popleft()
            coming.done.cancel()
            coming.done.add_done_callback(partial(_give_back, coming.buffer))


def _give_back(buffer: bytearray, _done: Future[None]) -> None:
    READS.give_back(buffer)


def begin(target: Target) -> Reader:
    """A reader of an object.

    Raises:
        StoreMissingError: There is none, or not in this version.
        StoreError: The server does not give it.
    """
    from botocore.exceptions import ClientError

    with failures.translated(target.subject):
        try:
            answer = target.get(f"bytes=0-{FIRST - 1}")
        except ClientError as error:
            if is_gone(error):
                raise target.missing(error) from error
            if failures.code_of(error) in {"InvalidRange", "416"}:
                return _empty(target)
            raise
    with answer["Body"] as body:
        with failures.translated(target.subject):
            pinned = _pinned(target, answer)
        head = memoryview(bytearray(min(FIRST, pinned.size)))
        done = receive(body, head, _never)
    if done < len(head):
        fetch(pinned, done, head[done:], _never)
    return Reader(pinned, head)


def _empty(target: Target) -> Reader:
    """A reader of an object without a byte, of which no range can be asked."""
    with failures.translated(target.subject):
        answer = target.client.head_object(**target.pinned)
        size, tag = answer["ContentLength"], answer["ETag"]
    if size:
        raise StoreError(
            f"{printable(target.subject)}: the server gives no ranges", hint="Use another server."
        )
    return Reader(Pinned(target, tag, 0), memoryview(b""))


def _pinned(target: Target, answer: Any) -> Pinned:
    """What the first answer says, where it speaks of the version that is meant."""
    version = version_in(answer)
    if target.version and version != target.version:  # some servers ignore a version that they do not know
        raise target.absent()
    span, _, whole = str(answer.get("ContentRange", "")).rpartition("/")
    if span and not span.startswith("bytes 0-"):
        raise StoreError(f"{printable(target.subject)}: the server sends another range than was asked for")
    size = int(whole) if whole.isdecimal() else int(answer["ContentLength"])
    return Pinned(target._replace(version=version), answer["ETag"], size)


def _never() -> bool:
    return False


@lru_cache(1)
def _pool(_process: int) -> ThreadPoolExecutor:
    """The threads of this process that fetch ahead."""
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="modelops-s3")
