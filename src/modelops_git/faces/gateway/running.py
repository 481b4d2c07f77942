"""Run the server: in this process, or in several that share one address, one log and one set of counts."""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import ModelopsError, UsageError
from modelops_git.faces.gateway.logged import log_of, rules_of
from modelops_git.faces.gateway.metrics import MULTIPROCESS
from modelops_git.faces.gateway.settings import VARIABLE, settings_of
from modelops_git.faces.watching import logs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.serving.live import Event
    from modelops_git.engine.serving.places import Gateways
    from modelops_git.faces.gateway.metrics import Metrics
    from modelops_git.faces.gateway.settings import Settings

BACKLOG = 2048
FACTORY = "modelops_git.faces.gateway.running:application_of_worker"
"""What worker processes import."""
RESTART_SECONDS = 5.0
"""What a worker process that cannot start waits before it ends, since it is replaced at once."""
PATIENCE = 120.0
"""Seconds that one of several workers waits at most for its models, while the others answer."""
_IDLE_SECONDS = 75
"""How long a connection may wait for its next request: longer than the proxies before it keep theirs."""
_NEW_OBJECTS = (700, 10, 10)
"""Python's own measure of when the collector looks, which `modelops` makes larger at its start."""


def serve(settings: Settings) -> None:
    """Serve until a signal comes; then answer what was asked, and end.

    Raises:
        UsageError: A library is not installed, or there is nothing to serve.
        ModelopsError: Nobody can be served at the address.
    """
    logs.begin(settings.log_format)
    logs.listen("uvicorn.error")
    if settings.logging.root:
        rules_of(settings.logging)  # a worker that refused them would be started again and again
    _require_libraries()
    from modelops_git.faces.gateway.connections import allow_many

    allow_many()
    _gateways(settings)  # and so would workers that find nothing to serve
    with ExitStack() as stack:
        listening = stack.enter_context(_listening(settings))
        host, port = listening.getsockname()[:2]
        settings = replace(settings, port=port)
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{port}"
        logs.log("serving", f"{settings.environment} at {address}", address=address, workers=settings.workers)
        stack.enter_context(_quiet_signals())
        if settings.workers == 1:
            _server(application_of(settings), settings).run(sockets=[listening])
        else:
            stack.enter_context(_shared_counts())
            _run_workers(settings, listening)
        logs.log("stopped", "stopped")


def application_of_worker() -> ASGIApp:
    """The application of a worker process, by the settings in its environment."""
    settings = settings_of(os.environ[VARIABLE])
    logs.begin(settings.log_format)
    logs.listen("uvicorn.error")
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    try:
        return application_of(settings)
    except ModelopsError as error:  # the other processes go on; this one is started again
        logs.log("worker-failed", f"a worker cannot start: {error.message}", level=logs.ERROR)
        time.sleep(RESTART_SECONDS)
        raise SystemExit(1) from None


def application_of(settings: Settings) -> ASGIApp:
    """The application of this process.

    Raises:
        UsageError: A library is not installed, or there is nothing to serve.
    """
    _require_libraries()
    from modelops_git.engine.serving.live import Live
    from modelops_git.engine.serving.opening import Opening
    from modelops_git.engine.serving.watching import Watcher
    from modelops_git.faces.gateway.answering import Answering
    from modelops_git.faces.gateway.app import Parts, application
    from modelops_git.faces.gateway.metrics import Metrics
    from modelops_git.faces.gateway.recording import Records

    repository, gateways = _gateways(settings)
    metrics = Metrics(settings.environment)
    log = log_of(settings.logging, repository.root)
    told = _Told(metrics)
    live = Live(gateways, Opening(repository, gateways), told)
    answering = Answering(live, Records(settings.environment, metrics, log), metrics, settings.limits)
    watcher = Watcher(live, gateways.roots, f"{socket.gethostname()}-{os.getpid()}", told)

    def begin() -> None:
        _collect_often()
        watcher.start(settings.refresh)

    def end() -> None:
        answering.close()
        watcher.stop()
        if log is not None:
            log.close()
        if answering.is_busy or live.is_busy:
            atexit.register(_leave)

    return application(
        Parts(
            environment=settings.environment,
            live=live,
            answering=answering,
            metrics=metrics,
            log=log,
            limits=settings.limits,
            begin=begin,
            end=end,
            patience=PATIENCE if settings.workers > 1 else 0,
        )
    )


def _collect_often() -> None:
    """Have the collector look often, and only at what is new: requests leave circles behind.

    A hundred thousand of them at once, as commands let them gather, would hold up all requests for 0.1 s.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_NEW_OBJECTS)


def _gateways(settings: Settings) -> tuple[Repository, Gateways]:
    """The registry, and what is served of it.

    Raises:
        ModelopsError: There is nothing to serve, or the registry cannot be read.
    """
    from modelops_git.edges.git.repository import find_registry
    from modelops_git.engine.intent import known_intent
    from modelops_git.engine.serving.places import gateways_of

    repository = find_registry(Path(settings.repository))
    return repository, gateways_of(known_intent(repository).registry, settings.environment, repository.root)


class _Told:
    """Logs and counts what happens to routes."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, event: Event) -> None:
        is_failure = event.kind == "failed"
        if is_failure:
            self._metrics.load_failed(event.model)
        else:
            self._metrics.serves(event.model, event.routes)
        said = f"{event.model}: {event.said}" if event.model else event.said
        level = logs.ERROR if is_failure else logs.INFO
        logs.log(event.kind, said, level=level, model=event.model)


def _server(application: Any, settings: Settings) -> Any:
    import uvicorn

    return uvicorn.Server(_config(application, settings))


def _config(application: Any, settings: Settings) -> Any:
    import uvicorn

    from modelops_git.faces.gateway.connections import Connection

    return uvicorn.Config(
        application,
        http=Connection,
        ws="none",
        factory=isinstance(application, str),
        workers=settings.workers,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        backlog=BACKLOG,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=int(settings.limits.seconds) + 1,
    )


def _run_workers(settings: Settings, listening: socket.socket) -> None:
    """Several processes that accept from one socket; whoever dies is replaced."""
    from uvicorn.supervisors import Multiprocess

    os.environ[VARIABLE] = settings.to_json()
    Multiprocess(_config(FACTORY, settings), sockets=[listening]).run()


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """A socket at the address.

    Raises:
        ModelopsError: It is taken, or no address of this machine.
    """
    try:
        family = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        where = f"{settings.host}:{settings.port}"
        reason = getattr(error, "strerror", None) or error
        raise ModelopsError(
            f"nobody can be served at {where}: {reason}", hint="Give another --host or --port."
        ) from error
    with listening:
        listening.set_inheritable(True)
        yield listening


@contextmanager
def _shared_counts() -> Iterator[None]:
    """A folder where the counts of all worker processes meet; it must be there before anything counts."""
    with tempfile.TemporaryDirectory(prefix="modelops-counts-") as folder:
        os.environ[MULTIPROCESS] = folder
        try:
            yield
        finally:
            del os.environ[MULTIPROCESS]


@contextmanager
def _quiet_signals() -> Iterator[None]:
    """The signal that ends it comes again from uvicorn when all was answered: then nothing is to be done."""
    before = {one: signal.signal(one, _ignore) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _end_with_parent() -> None:
    """End when the parent has died: nobody would end this process, and the next server could not listen."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _leave() -> None:
    """End the process at once: a library that is at work still would crash while the interpreter ends."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _ignore(_number: int, _frame: object) -> None:
    """Nothing: the server has come to its end already."""


def _require_libraries() -> None:
    try:
        import orjson  # noqa: F401 - only whether they are there
        import prometheus_client  # noqa: F401
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"{error.name} is not installed, which the gateway needs",
            hint="pip install 'modelops-git[serve]'",
        ) from error
