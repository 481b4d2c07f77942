"""The parts that a large object is sent in, or copied in."""

from __future__ import annotations

import base64
import io
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from modelops_git.edges.stores.s3 import failures
from modelops_git.edges.stores.s3.budget import MIB, WRITES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelops_git.edges.stores.s3.target import Target

PART = 8 * MIB
MOST_PARTS = 10_000
COPIED_PART = 1024 * MIB
AT_ONCE = 4


class Part(NamedTuple):
    """One part that the server has.

    Attributes:
        number: Its place, from 1 on.
        tag: Its entity tag.
        crc32: Its checksum in Base64; empty where none was asked for.
    """

    number: int
    tag: str
    crc32: str

    @property
    def said(self) -> Any:
        """As it is named in the last request."""
        known = {"ChecksumCRC32": self.crc32} if self.crc32 else {}
        return {"PartNumber": self.number, "ETag": self.tag, **known}


class Span(NamedTuple):
    """Where a part lies in the object.

    Attributes:
        number: Its place, from 1 on.
        start: Its first byte.
        end: The byte behind its last one.
    """

    number: int
    start: int
    end: int


def spans(size: int) -> Iterator[Span]:
    """The parts that an object of `size` bytes is copied in."""
    for number, start in enumerate(range(0, size, COPIED_PART), 1):
        yield Span(number, start, min(start + COPIED_PART, size))


def part_size(size: int) -> int:
    """How large the parts of an object of `size` bytes are, that there are not too many."""
    least = -(-size // MOST_PARTS)
    return max(PART, -(-least // MIB) * MIB)


class Sending:
    """Parts on their way to the server, a few at a time; a context, which waits for them when it is left."""

    def __init__(self, target: Target, upload: str) -> None:
        self._target, self._upload = target, upload
        self._stack = ExitStack()
        self._waiting: deque[Future[Part]] = deque()
        self._parts: list[Part] = []
        self._part = bytearray()
        self._size = 0
        self._lent = 0
        self._given_up = False

    def __enter__(self) -> Self:
        self._pool = self._stack.enter_context(
            ThreadPoolExecutor(AT_ONCE, thread_name_prefix="modelops-s3-put")
        )
        return self

    def __exit__(self, *raised: object) -> None:
        """Wait for what is on its way, so that no part arrives behind the upload's being taken back.

        Where all was in vain, such as after Ctrl-C, nothing is tried again.
        """
        self._given_up = raised[0] is not None
        for future in self._waiting:
            future.cancel()
        self._stack.close()
        WRITES.give_back(self._lent)

    def writer(self, size: int) -> Callable[[memoryview], None]:
        """Takes pieces, and sends a part whenever `size` bytes are there."""
        self._size = size
        return self._write

    def finish(self) -> list[Part]:
        """All parts, when the server has them."""
        if self._part:
            self._send()
        while self._waiting:
            self._parts.append(self._waiting.popleft().result())
        return self._parts

    def _write(self, piece: memoryview) -> None:
        while piece:
            if not self._part:
                self._lent = WRITES.borrow(self._size)
            room = self._size - len(self._part)
            self._part += piece[:room]
            piece = piece[room:]
            if len(self._part) == self._size:
                self._send()

    def _send(self) -> None:
        number = len(self._parts) + len(self._waiting) + 1
        body, lent, self._part, self._lent = self._part, self._lent, bytearray(), 0
        content = _Content(body, lambda: self._given_up)
        future = self._pool.submit(_sent, self._target, self._upload, number, content)
        future.add_done_callback(lambda _: WRITES.give_back(lent))
        self._waiting.append(future)
        while len(self._waiting) > AT_ONCE or (self._waiting and self._waiting[0].done()):
            self._parts.append(self._waiting.popleft().result())


class _GivenUp(BaseException):
    """Nobody needs this part any more."""


class _Content(io.BytesIO):
    """The bytes of a part, which boto3 reads once for each try; nothing can be read once it is given up."""

    def __init__(self, content: bytearray, is_given_up: Callable[[], bool]) -> None:
        super().__init__(content)
        self._is_given_up = is_given_up

    def read(self, size: int | None = -1, /) -> bytes:
        if self._is_given_up():
            raise _GivenUp
        return super().read(size)


def _sent(target: Target, upload: str, number: int, content: _Content) -> Part:
    """Send one part, with a checksum that the server compares."""
    crc = base64.b64encode(zlib.crc32(content.getbuffer()).to_bytes(4, "big")).decode()
    sums = {"ChecksumCRC32": crc} if target.settings.sends_sums else {}
    request = {**target.place, "UploadId": upload, "PartNumber": number, "Body": content, **sums}
    with failures.translated(target.subject):
        answer = target.client.upload_part(**request)
        return Part(number, answer["ETag"], crc if sums else "")


def copied(target: Target, upload: str, source: Target, span: Span) -> Part:
    """Have the server copy a part of `source`.

    Raises:
        StoreError: It refuses, such as where `source` has another entity tag by now.
    """
    same: Any = {"CopySourceIfMatch": source.tag} if source.tag else {}
    with failures.translated(target.subject):
        answer = target.client.upload_part_copy(
            **target.place,
            **same,
            UploadId=upload,
            PartNumber=span.number,
            CopySource=source.pinned,
            CopySourceRange=f"bytes={span.start}-{span.end - 1}",
        )
        result = answer["CopyPartResult"]
        return Part(span.number, result["ETag"], result.get("ChecksumCRC32", ""))
