"""The web application: paths of the Open Inference Protocol, a simple way to predict, and what is known.

POST /models/{model}/predict                       {"instances": […]} or {"instance": …}
POST /models/{model}/feedback                      {"prediction_id": …, "truth": …}
GET  /models                                       what is served
POST /v2/models/{model}[/versions/{version}]/infer
GET  /v2/models/{model}[/versions/{version}][/ready]
GET  /v2   /v2/health/live   /v2/health/ready
GET  /metrics
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route as Path

import modelops_git
from modelops_git.core.serving.prediction_ids import read_prediction_id, time_said
from modelops_git.faces.gateway import codecs
from modelops_git.faces.gateway.bodies import ROOM, Room, body_of
from modelops_git.faces.gateway.inference import parsed
from modelops_git.faces.gateway.predicting import Predicting
from modelops_git.faces.gateway.refusals import INVALID, MISSING, UNPROCESSABLE, RefusalError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from modelops_git.core.routes import Route
    from modelops_git.edges.loaders.base import TensorSpec
    from modelops_git.edges.predictions.log import PredictionLog
    from modelops_git.engine.serving.live import Live, Routing
    from modelops_git.engine.serving.loaded import Loaded
    from modelops_git.faces.gateway.answering import Answering
    from modelops_git.faces.gateway.metrics import Metrics
    from modelops_git.faces.gateway.settings import Limits

LOOK_AGAIN = 0.05
"""Seconds between two looks whether everything is loaded."""
NOT_ALLOWED = 405
NOT_READY = 400
"""What the protocol wants where something is not ready."""


class Parts(NamedTuple):
    """What the application is made of.

    Attributes:
        environment: The environment's name.
        live: What is live.
        answering: Answers requests.
        metrics: What is counted.
        log: Where feedback goes; None where nothing is logged.
        limits: What requests may take.
        begin: Called when the server is about to take requests.
        end: Called when it has answered the last one.
        patience: How many seconds it waits at most for what is live to be loaded, before it takes any. Where
            it is alone, not at all, so that it can be asked whether it lives; beside others it would answer
            for models that it does not have yet, while they do.
    """

    environment: str
    live: Live[Loaded]
    answering: Answering
    metrics: Metrics
    log: PredictionLog | None
    limits: Limits
    begin: Callable[[], None]
    end: Callable[[], None]
    patience: float = 0


def application(parts: Parts) -> ASGIApp:
    """The application of one process."""
    room = Room(max(ROOM, parts.limits.body))
    return Predicting(parts.answering, parts.limits, room, _others(parts, room))


def _others(parts: Parts, room: Room) -> Starlette:
    """What answers everything else than predictions."""
    pages = _Pages(parts, room)
    model, version = "/v2/models/{model:path}", "/versions/{version}"
    return Starlette(
        routes=[
            Path("/models/{model:path}/predict", pages.only_posted),
            Path(f"{model}{version}/infer", pages.only_posted),
            Path(f"{model}/infer", pages.only_posted),
            Path("/models/{model:path}/feedback", pages.feedback, methods=["POST"]),
            Path("/models", pages.models),
            Path("/v2/health/live", pages.live),
            Path("/v2/health/ready", pages.ready),
            Path(f"{model}{version}/ready", pages.model_ready),
            Path(f"{model}/ready", pages.model_ready),
            Path(f"{model}{version}", pages.model),
            Path(model, pages.model),
            Path("/v2", pages.server),
            Path("/metrics", pages.metrics),
        ],
        exception_handlers={RefusalError: _refused, ClientDisconnect: _gone, 404: _unknown, 405: _unknown},
        lifespan=_lifespan(parts),
    )


class _Pages:
    """One method for each path."""

    def __init__(self, parts: Parts, room: Room) -> None:
        self._parts, self._room = parts, room

    async def only_posted(self, _: Request) -> Response:
        """What asks for a prediction is posted, and answered before it comes here (see `predicting`)."""
        raise HTTPException(NOT_ALLOWED)

    async def feedback(self, request: Request) -> Response:
        """What turned out to be true of a prediction."""
        with self._room.keep() as keep:
            body = await body_of(request.headers, request.receive, self._parts.limits, keep)
        document, model = parsed(body.content), request.path_params["model"]
        self._routing(model)
        try:
            prediction = read_prediction_id(str(document.get("prediction_id"))).text
        except ValueError as error:
            raise RefusalError(UNPROCESSABLE, str(error), "/prediction_id") from None
        if "truth" not in document:
            raise RefusalError(UNPROCESSABLE, "truth is missing", "/truth")
        if self._parts.log is None:
            raise RefusalError(MISSING, "nothing is logged here: start the server with --logs")
        at = time_said(time.time_ns() // 1_000_000)
        record = {"id": prediction, "at": at, "model": model, "truth": document["truth"]}
        self._parts.log.feedback(record, len(body.content))
        return _json({"prediction_id": prediction}, 202)

    async def models(self, _: Request) -> Response:
        """What is served."""
        live = self._parts.live
        found = [(name, live.routing(name)) for name in live.models]
        rows = [_served(name, routing) for name, routing in found if routing is not None]
        return _json({"environment": self._parts.environment, "models": rows})

    async def live(self, _: Request) -> Response:
        """That this process runs."""
        return _json({"live": True})

    async def ready(self, _: Request) -> Response:
        """Whether every table was looked at, and something can be served."""
        live = self._parts.live
        is_ready = live.is_settled and (bool(live.models) or not live.serving())
        return _json({"ready": is_ready}, 200 if is_ready else NOT_READY)

    async def model_ready(self, request: Request) -> Response:
        """Whether a model, or a version of it, can be asked."""
        name, version = request.path_params["model"], request.path_params.get("version", "")
        try:
            self._versions(name, version)
        except RefusalError:
            return _json({"name": name, "ready": False}, NOT_READY)
        return _json({"name": name, "ready": True})

    async def model(self, request: Request) -> Response:
        """What a model takes and gives."""
        name, version = request.path_params["model"], request.path_params.get("version", "")
        found = self._versions(name, version)
        shown = found[0][1]
        return _json(
            {
                "name": name,
                "versions": [route.version for route, _ in found],
                "platform": _platform(shown),
                "inputs": [_spec(one) for one in shown.inputs],
                "outputs": [_spec(one) for one in shown.outputs],
            }
        )

    async def server(self, _: Request) -> Response:
        """What this server is."""
        return _json(
            {
                "name": "modelops-git",
                "version": modelops_git.__version__,
                "extensions": ["binary_tensor_data"],
            }
        )

    async def metrics(self, _: Request) -> Response:
        """What was counted."""
        return Response(self._parts.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    def _routing(self, model: str) -> Routing[Loaded]:
        routing = self._parts.live.routing(model)
        if routing is None:
            raise RefusalError(MISSING, f"there is no model {model[:200]!r}")
        return routing

    def _versions(self, model: str, version: str) -> list[tuple[Route, Loaded]]:
        """The versions that can be asked, that which is live first; one where it is named."""
        routing = self._routing(model)
        found = [
            (route, routing.versions[route.digest])
            for route in routing.routes
            if route.digest in routing.versions and route.role != "mirror" and version in ("", route.version)
        ]
        if not found:
            raise RefusalError(MISSING, f"{model} {version[:100]!r} is not served here")
        return sorted(found, key=lambda one: one[0].role != "stable")


def _served(model: str, routing: Routing[Loaded]) -> dict[str, Any]:
    rows = [route.as_json() | {"loaded": route.digest in routing.versions} for route in routing.routes]
    return {"name": model, "routes": rows, "stamp": routing.stamp.as_json()}


def _platform(version: Loaded) -> str:
    """The format of the model's files."""
    rows = version.document.manifest.artifacts
    return next((row.format for row in rows if row.role == "model" and row.format), "unknown")


def _spec(spec: TensorSpec) -> dict[str, Any]:
    return {"name": spec.name, "datatype": spec.datatype, "shape": list(spec.shape)}


def _json(value: Any, status: int = 200) -> Response:
    import orjson

    return Response(orjson.dumps(value), status, media_type=codecs.JSON)


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, RefusalError):
        raise error
    return _json(error.as_json(), error.status)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody reads it: the caller has hung up."""
    return Response(status_code=INVALID)


async def _unknown(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", MISSING)
    said = "there is no such path" if status == MISSING else f"{request.method} is not for this path"
    return _json({"error": said}, status)


async def _loaded(parts: Parts) -> None:
    """Wait until what is live is loaded, or patience is at its end."""
    until = time.monotonic() + parts.patience
    while time.monotonic() < until and not parts.live.is_settled:  # noqa: ASYNC110 - threads load it
        await asyncio.sleep(LOOK_AGAIN)


def _lifespan(parts: Parts) -> Callable[[Starlette], Any]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        parts.begin()
        try:
            await _loaded(parts)
            yield
        finally:
            parts.end()

    return lifespan
