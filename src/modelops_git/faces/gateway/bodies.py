"""The bodies of requests: no longer than allowed, and not waited for longer than allowed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from starlette.requests import ClientDisconnect

from modelops_git.faces.gateway.codecs import Body
from modelops_git.faces.gateway.inference import HEADER_LENGTH
from modelops_git.faces.gateway.refusals import BUSY, INVALID, SLOW, TOO_LARGE, RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Receive

    from modelops_git.faces.gateway.settings import Limits


ROOM = 256 << 20
"""Bytes of all bodies that a process has in memory."""


class Room:
    """What bodies take of the memory together: many callers who each send what is allowed would fill it.

    Attributes:
        most: Bytes.
        taken: How many of them are taken.
    """

    def __init__(self, most: int) -> None:
        self.most, self.taken = most, 0

    def keep(self) -> Keep:
        """Room for one body, given back at the end of a `with` block."""
        return Keep(self)


class Keep:
    """The room of one body, which grows."""

    def __init__(self, room: Room) -> None:
        self._room, self.size = room, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._room.taken -= self.size

    def grow(self, size: int) -> None:
        """Take so many bytes more.

        Raises:
            RefusalError: There is no room for them.
        """
        if self._room.taken + size > self._room.most:
            raise RefusalError(BUSY, "too much is sent at once")
        self._room.taken += size
        self.size += size


async def body_of(headers: Mapping[str, str], receive: Receive, limits: Limits, keep: Keep) -> Body:
    """What a request has sent.

    Args:
        headers: Its headers, by their names in small letters.
        receive: Gives the next piece.
        limits: What it may take.
        keep: The room that it takes.

    Raises:
        RefusalError: It is too long, too slow, packed in a way that is not read, or there is no room.
        ClientDisconnect: Its sender has gone.
    """
    _refuse_packed(headers.get("content-encoding", "identity"))
    length = _number(headers.get("content-length"))
    if length is not None and length > limits.body:
        raise _too_large(limits)
    pieces = []
    try:
        async with asyncio.timeout(limits.seconds):
            is_more = True
            while is_more:
                piece, is_more = _piece(await receive())
                if keep.size + len(piece) > limits.body:
                    raise _too_large(limits)
                keep.grow(len(piece))
                pieces.append(piece)
    except TimeoutError:
        raise RefusalError(SLOW, f"the request was not read in {limits.seconds:g} seconds") from None
    content = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return Body(content, _header_length(headers.get(HEADER_LENGTH.lower())))


def _piece(message: Message) -> tuple[bytes, bool]:
    """A piece of the body, and whether more follows."""
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def _header_length(written: str | None) -> int | None:
    number = _number(written)
    if written is not None and number is None:
        raise RefusalError(INVALID, f"{HEADER_LENGTH} is no number")
    return number


def _number(written: str | None) -> int | None:
    is_number = written is not None and written.isascii() and written.isdigit() and len(written) < 20  # noqa: PLR2004 - more than any length
    return int(written or "") if is_number else None


def _refuse_packed(encoding: str) -> None:
    if encoding.lower() != "identity":
        raise RefusalError(INVALID, "bodies are not unpacked: send them without Content-Encoding")


def _too_large(limits: Limits) -> RefusalError:
    return RefusalError(TOO_LARGE, f"the body is longer than {limits.body:,} bytes")
