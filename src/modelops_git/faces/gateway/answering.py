"""Answer requests: choose the version, let it predict, write it down, show it to mirrors."""

from __future__ import annotations

import random
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import cookie_parser

from modelops_git.core.serving.choosing import (
    assigned_by,
    chosen,
    key_said,
    mirrors_at,
    place_of,
    preview_of,
)
from modelops_git.core.serving.prediction_ids import BITS, prediction_id
from modelops_git.faces.gateway.codecs import Done, refused, run
from modelops_git.faces.gateway.pool import Pool
from modelops_git.faces.gateway.recording import Call
from modelops_git.faces.gateway.refusals import BUSY, LATE, MISSING, RefusalError
from modelops_git.faces.gateway.shadowing import Shadows, Shown, timed
from modelops_git.faces.gateway.tags import PREVIEW, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelops_git.core.routes import Assign, Route
    from modelops_git.engine.serving.live import Live, Routing
    from modelops_git.engine.serving.loaded import Loaded
    from modelops_git.faces.gateway.codecs import Body, Codec
    from modelops_git.faces.gateway.metrics import Metrics
    from modelops_git.faces.gateway.recording import Records
    from modelops_git.faces.gateway.settings import Limits


class Caller(NamedTuple):
    """What a request says beside its body.

    Attributes:
        headers: Its headers, by their names in small letters.
    """

    headers: Mapping[str, str]

    def key(self, assign: Assign | None) -> str | None:
        """What decides which version answers; None where chance does, or where the caller says nothing."""
        if assign is None:
            return None
        if assign.header is not None:
            said = self.headers.get(assign.header.lower())
        else:
            said = cookie_parser(self.headers.get("cookie", "")).get(assign.cookie or "")
        return None if said is None else key_said(said)


class Asking(NamedTuple):
    """A request that is to be answered.

    Attributes:
        model: The model's name.
        version: The version that is asked for; empty where the routes decide.
        codec: How it is asked.
        body: What was sent.
        caller: What else the request says.
    """

    model: str
    version: str
    codec: Codec
    body: Body
    caller: Caller


class Answer(NamedTuple):
    """What is sent back; without a tag where no version was asked."""

    done: Done
    tag: Tag | None = None


class _Choice(NamedTuple):
    """The route that answers, its version, the mirrors that are shown the request, and what decided."""

    route: Route
    version: Loaded
    mirrors: tuple[Route, ...] = ()
    key: str | None = None


class Answering:
    """Answers requests by what is live."""

    def __init__(self, live: Live[Loaded], records: Records, metrics: Metrics, limits: Limits) -> None:
        self._live, self._records, self._metrics, self._limits = live, records, metrics, limits
        self._pool = Pool(limits.threads)
        self._shadows = Shadows(limits.shadow_bytes, self._shown)
        self._in_flight = 0

    async def answer(self, asking: Asking) -> Answer:
        """The answer to a request. What goes wrong is an answer as well."""
        routing = self._live.routing(asking.model)
        try:
            choice = _choice(asking, routing)
        except RefusalError as refusal:
            return Answer(refused(refusal))
        if self._in_flight >= self._limits.in_flight:
            self._metrics.turned_away()
            return Answer(refused(RefusalError(BUSY, "too many requests at once")))
        self._in_flight += 1
        try:
            return await self._predicted(asking, choice, routing)
        finally:
            self._in_flight -= 1

    @property
    def is_busy(self) -> bool:
        """Whether a version is at a prediction, be it that it hangs."""
        return self._pool.is_busy

    def close(self) -> None:
        """Come to an end; what mirrors wait for is still shown to them, for a while."""
        self._shadows.close(5.0)
        self._pool.close()

    async def _predicted(self, asking: Asking, choice: _Choice, routing: Routing[Loaded] | None) -> Answer:
        at, began = time.time_ns() // 1_000_000, time.perf_counter()
        tag = _tag(asking.model, choice.route, at)
        done = await self._done(partial(run, asking.codec, asking.body, choice.version, tag), tag)
        call = Call(at, len(asking.body.content), choice.key)
        self._records.prediction(tag, call, done, time.perf_counter() - began)
        for mirror in choice.mirrors:
            self._show(asking, mirror, routing, tag.id, choice.key)
        return Answer(done, tag)

    async def _done(self, work: Callable[[], Done], tag: Tag) -> Done:
        """What comes of a prediction; one that hangs keeps its thread, and only those of its own version.

        As many as may be made at once hang of it: then it is not asked until one of them ends.
        """
        of = tag.model, tag.route.digest
        if self._pool.hangs(of):
            return refused(RefusalError(BUSY, f"{tag.model} {tag.route.version} hangs"), tag)
        try:
            return await self._pool.run(work, self._limits.seconds, of)
        except TimeoutError:
            said = f"{tag.model} {tag.route.version} has not answered in {self._limits.seconds:g} seconds"
            return refused(RefusalError(LATE, said), tag)

    def _show(
        self, asking: Asking, mirror: Route, routing: Routing[Loaded] | None, answered: str, key: str | None
    ) -> None:
        version = routing.versions.get(mirror.digest) if routing else None
        if version is None:
            return
        tag = _tag(asking.model, mirror, time.time_ns() // 1_000_000)
        if not self._shadows.show(Shown(asking.codec, asking.body, version, tag, answered, key)):
            self._metrics.unshown(asking.model)

    def _shown(self, shown: Shown) -> None:
        at = time.time_ns() // 1_000_000
        found = timed(partial(run, shown.codec, shown.body, shown.version, shown.tag))
        call = Call(at, len(shown.body.content), shown.key, shown.answered)
        self._records.prediction(shown.tag, call, found.done, found.seconds)


def _choice(asking: Asking, routing: Routing[Loaded] | None) -> _Choice:
    """Who answers.

    Raises:
        RefusalError: There is no such model, or no such version of it.
    """
    if routing is None:
        raise RefusalError(MISSING, f"there is no model {asking.model[:200]!r}")
    if asking.version:
        return _named(asking, routing)
    if PREVIEW.lower() in asking.caller.headers:
        preview = preview_of(routing.routes)
        if preview is not None and preview.digest in routing.versions:
            return _Choice(preview, routing.versions[preview.digest])
    key = asking.caller.key(assigned_by(routing.routes))
    place = random.random() * 100 if key is None else place_of(asking.model, routing.routes, key)  # noqa: S311 - a share
    route = _loaded(chosen(routing.routes, place), routing)
    if route is None:
        raise RefusalError(BUSY, f"{asking.model} is not loaded yet")
    mirrors = mirrors_at(routing.routes, random.random() * 100)  # noqa: S311 - a share
    return _Choice(route, routing.versions[route.digest], tuple(mirrors), key)


def _named(asking: Asking, routing: Routing[Loaded]) -> _Choice:
    """The version that a request names; none that is only shown requests."""
    for route in routing.routes:
        if route.version == asking.version and route.role != "mirror" and route.digest in routing.versions:
            return _Choice(route, routing.versions[route.digest])
    raise RefusalError(MISSING, f"{asking.model} {asking.version[:100]!r} is not served here")


def _loaded(route: Route | None, routing: Routing[Loaded]) -> Route | None:
    """The route, or the stable one where its version could not be loaded."""
    if route is not None and route.digest in routing.versions:
        return route
    return next(
        (one for one in routing.routes if one.role == "stable" and one.digest in routing.versions), None
    )


def _tag(model: str, route: Route, at: int) -> Tag:
    return Tag(prediction_id(at, route.digest, random.getrandbits(BITS)), model, route)
