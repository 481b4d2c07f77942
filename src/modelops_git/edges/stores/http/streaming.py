"""The bytes behind a URL: in one request as long as they are read in order, in another where they are not.

A request that goes on in the middle, after a jump or a broken connection, is for the same object: it names
the validator of the first answer (`ETag`, or else `Last-Modified`). Without one, what came before proves
nothing of what comes then, so nothing does.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import Stat, StoreChangedError
from modelops_git.edges.stores.http.client import BAD_RANGE, PARTIAL, ask, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3 import BaseHTTPResponse

STALLED = 5
"""How many tries in a row may bring no byte."""
SLICE = 1 << 18
_BASE_WAIT, _LONGEST_WAIT = 0.1, 5.0


class Source(NamedTuple):
    """What is read.

    Attributes:
        url: Where.
        subject: What to call it in messages.
        headers: What is sent along.
        is_pinned: Whether the URL names the same bytes for ever, so that no validator is needed.
    """

    url: str
    subject: str
    headers: Mapping[str, str]
    is_pinned: bool = False


class Stream:
    """An open answer; another one where other bytes are wanted.

    Args:
        source: What is read.

    Raises:
        StoreMissingError: Nothing is there.
        StoreError: The server does not give it, or does not say how long it is.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._answer = ask("GET", source.url, source.headers)
        self._position = 0
        try:
            refuse(self._answer, source.subject)
            self.found = stat_of(self._answer, source)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection up."""
        self._answer.close()

    def fetch(self, start: int, end: int) -> bytearray:
        """The bytes from `start` to before `end`.

        Raises:
            StoreChangedError: The object was replaced.
            StoreError: The server gives them no longer, or breaks off again and again.
        """
        content = bytearray(end - start)
        view = memoryview(content)
        done = stalled = 0
        while done < len(content):
            if start + done != self._position:
                self._go_to(start + done)
            got = self._receive(view[done:])
            done += got
            stalled = 0 if got else stalled + 1
            if stalled == STALLED:
                raise StoreError(
                    f"{printable(self._source.subject)}: the connection broke off {STALLED} times "
                    f"at byte {start + done} of {self.found.size}",
                    hint="Check the network; then try again.",
                )
            if stalled:
                time.sleep(random.uniform(0.5, 1) * min(_BASE_WAIT * 2**stalled, _LONGEST_WAIT))  # noqa: S311 - jitter
        return content

    def _receive(self, view: memoryview) -> int:
        """Take what comes, until it is all there or the connection breaks; how many bytes came."""
        from urllib3.exceptions import HTTPError

        done = 0
        while done < len(view):
            try:
                piece = self._answer.read1(min(SLICE, len(view) - done))
            except (HTTPError, OSError):  # what came so far counts; the rest is asked for again
                piece = b""
            if not piece:
                self._position = -1
                return done
            view[done : done + len(piece)] = piece
            done += len(piece)
            self._position += len(piece)
        return done

    def _go_to(self, position: int) -> None:
        """Have an answer that goes on at `position`."""
        self.close()
        if not self.found.identity and not self._source.is_pinned:
            raise StoreError(
                f"{printable(self._source.subject)}: the connection broke off, or bytes were wanted twice, "
                "and the server sends no ETag or Last-Modified by which the rest could be told from another "
                "file's",
                hint="Let the server send ETag headers.",
            )
        wanted = {"Range": f"bytes={position}-"}
        self._answer = ask("GET", self._source.url, {**self._source.headers, **wanted})
        if self._answer.status == BAD_RANGE:
            raise self._changed()
        refuse(self._answer, self._source.subject)
        self._position = self._begin(position)
        self._skip(position - self._position)

    def _begin(self, position: int) -> int:
        """Where the answer begins: at the position, or at 0 where the server knows no ranges."""
        is_part = self._answer.status == PARTIAL
        if is_part and not self._answer.headers.get("Content-Range", "").startswith(f"bytes {position}-"):
            raise StoreError(
                f"{printable(self._source.subject)}: the server sends another range than was asked for"
            )
        now = stat_of(self._answer, self._source)
        if now.size != self.found.size or now.identity != self.found.identity:
            raise self._changed()
        return position if is_part else 0

    def _skip(self, count: int) -> None:
        """Read over bytes that are not wanted."""
        while count > 0:
            got = self._receive(memoryview(bytearray(min(SLICE, count))))
            if not got:
                return
            count -= got

    def _changed(self) -> StoreChangedError:
        return StoreChangedError(
            f"{printable(self._source.subject)} was replaced while it was read",
            hint="Find out who writes to the store; nothing may be overwritten there.",
        )


def stat_of(answer: BaseHTTPResponse, source: Source) -> Stat:
    """What an answer says of the whole object.

    Raises:
        StoreError: It does not say how long that is.
    """
    whole = answer.headers.get("Content-Length", "")
    if answer.status == PARTIAL:
        whole = answer.headers.get("Content-Range", "").rpartition("/")[2]
    if not (whole.isascii() and whole.isdecimal()):
        raise StoreError(
            f"{printable(source.subject)}: the server does not say how long it is",
            hint="Let the server send Content-Length headers.",
        )
    tag = "" if source.is_pinned else answer.headers.get("ETag", "")
    strong = tag if tag.startswith('"') else ""  # a weak one may be that of other bytes
    date = "" if source.is_pinned else answer.headers.get("Last-Modified", "")
    return Stat(int(whole), identity=strong or date.replace(" ", "_"))
