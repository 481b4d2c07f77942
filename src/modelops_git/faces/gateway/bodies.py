"""The bodies of requests: no longer than allowed, and not waited for longer than allowed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from modelops_git.faces.gateway.codecs import Body
from modelops_git.faces.gateway.inference import HEADER_LENGTH
from modelops_git.faces.gateway.refusals import INVALID, SLOW, TOO_LARGE, RefusalError

if TYPE_CHECKING:
    from starlette.requests import Request

    from modelops_git.faces.gateway.settings import Limits


async def body_of(request: Request, limits: Limits) -> Body:
    """What a request has sent.

    Raises:
        RefusalError: It is too long, comes too slowly, or is packed in a way that is not read.
        ClientDisconnect: Its sender has gone.
    """
    _refuse_packed(request.headers.get("content-encoding", "identity"))
    length = _number(request.headers.get("content-length"))
    if length is not None and length > limits.body:
        raise _too_large(limits)
    pieces, size = [], 0
    try:
        async with asyncio.timeout(limits.seconds):
            async for piece in request.stream():
                size += len(piece)
                if size > limits.body:
                    raise _too_large(limits)
                pieces.append(piece)
    except TimeoutError:
        raise RefusalError(SLOW, f"the request was not read in {limits.seconds:g} seconds") from None
    content = pieces[0] if len(pieces) == 1 else b"".join(pieces)
    return Body(content, _header_length(request.headers.get(HEADER_LENGTH.lower())))


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
