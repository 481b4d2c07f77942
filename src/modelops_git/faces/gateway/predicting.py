"""Predictions, right from the server: they do not pass the framework, which takes longer than a small model.

A request is one pass over its headers, one read of its body, and two messages with the answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import ClientDisconnect

from modelops_git.faces.gateway import codecs
from modelops_git.faces.gateway.answering import Answer, Asking, Caller
from modelops_git.faces.gateway.bodies import body_of
from modelops_git.faces.gateway.codecs import Done, refused
from modelops_git.faces.gateway.inference import HEADER_LENGTH
from modelops_git.faces.gateway.refusals import INVALID, RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from modelops_git.faces.gateway.answering import Answering
    from modelops_git.faces.gateway.bodies import Room
    from modelops_git.faces.gateway.settings import Limits

PREDICT = re.compile(r"/models/(.*)/predict")
INFER = re.compile(r"/v2/models/(.*?)(?:/versions/([^/]+))?/infer")


class Place(NamedTuple):
    """What the path of a request asks.

    Attributes:
        model: The model's name.
        version: The version that is asked for; empty where the routes decide.
        codec: How it is asked.
    """

    model: str
    version: str
    codec: codecs.Codec


def place_asked(path: str) -> Place | None:
    """What a path asks; None where it asks for no prediction."""
    if found := INFER.fullmatch(path):
        return Place(found[1], found[2] or "", codecs.infer)
    if found := PREDICT.fullmatch(path):
        return Place(found[1], "", codecs.predict)
    return None


class Predicting:
    """The application: answers what asks for a prediction, and leaves everything else to another one.

    Args:
        answering: Answers requests.
        limits: What requests may take.
        room: What their bodies may take together.
        others: Answers what asks for no prediction.
    """

    def __init__(self, answering: Answering, limits: Limits, room: Room, others: ASGIApp) -> None:
        self._answering, self._limits, self._room, self._others = answering, limits, room, others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what the server was asked."""
        is_posted = scope["type"] == "http" and scope["method"] == "POST"
        place = place_asked(scope["path"]) if is_posted else None
        if place is None:
            await self._others(scope, receive, send)
            return
        answer = await self._answer(place, headers_of(scope["headers"]), receive)
        status, headers = answer.done.status, _headers(answer)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.done.content})

    async def _answer(self, place: Place, headers: dict[str, str], receive: Receive) -> Answer:
        with self._room.keep() as keep:
            try:
                body = await body_of(headers, receive, self._limits, keep)
            except RefusalError as refusal:
                return Answer(refused(refusal))
            except ClientDisconnect:  # nobody reads it: the caller has hung up
                return Answer(Done(INVALID, b""))
            return await self._answering.answer(Asking(*place, body, Caller(headers)))


def headers_of(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in small letters; the first of several, but all cookies."""
    found: dict[str, str] = {}
    for name, value in pairs:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        if key not in found:
            found[key] = text
        elif key == "cookie":
            found[key] += f"; {text}"
    return found


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    done = answer.done
    length, kind = b"%d" % len(done.content), codecs.content_type(done).encode()
    found = [(b"content-length", length), (b"content-type", kind)]
    if answer.tag:
        found += answer.tag.headers
    if done.header_length is not None:
        found.append((HEADER_LENGTH.lower().encode(), b"%d" % done.header_length))
    return found
