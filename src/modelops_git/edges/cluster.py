"""A dask cluster as an executor that lets nobody wait for ever: what a cluster cannot do any more, fails."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONNECT_SECONDS = 10
ALONE_SECONDS = 60
"""How long a cluster may be without a worker before the work is given up."""
LOOK_SECONDS = 2.0


@contextmanager
def connected(where: str) -> Iterator[Executor]:
    """The workers of the scheduler at `where` (`host:port`) as an executor.

    Raises:
        UsageError: The library is not installed.
        StoreError: The scheduler cannot be reached, or has no workers.
    """
    try:
        distributed: Any = import_module("distributed")  # it is not typed
    except ImportError as error:
        raise UsageError(
            "dask is not installed", hint="pip install 'modelops-git[dask]', here and on the workers."
        ) from error
    # What it logs when a worker or the scheduler is gone is told as a finding, without its traceback.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    client = _client(distributed, where)
    try:
        executor = _Cluster(client, where)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
    finally:
        client.close()


def _client(distributed: Any, where: str) -> Any:
    try:
        client = distributed.Client(f"tcp://{where}", timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:  # a TimeoutError is an OSError
        raise StoreError(
            f"the dask scheduler at {printable(where)} cannot be reached: {_said(error)}",
            hint="Check its address and that it runs.",
        ) from error
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except OSError as error:
        client.close()
        raise StoreError(
            f"the dask cluster at {printable(where)} has no workers",
            hint="Start some, such as by `dask worker`.",
        ) from error
    return client


class _Cluster(Executor):
    """The executor of a client, of which every failure to run something is a BrokenExecutor.

    Args:
        client: Connected.
        where: The scheduler's address, for messages.
    """

    def __init__(self, client: Any, where: str) -> None:
        self._client = client
        self._where = where
        self._inner: Executor = client.get_executor(pure=False)
        self._waiting: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True, name="modelops-cluster").start()

    def submit(self, task: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Have a worker run it (see `Executor.submit`).

        Raises:
            BrokenExecutor: The cluster takes nothing any more.
        """
        try:
            inner = self._inner.submit(task, *arguments, **named)
        except Exception as error:  # of several libraries
            raise self._broken(error) from error
        outer: Future[Any] = Future()
        with self._lock:
            self._waiting.add(outer)
        outer.add_done_callback(partial(_pass_on, inner))
        inner.add_done_callback(partial(self._settle, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - of Executor
        """Take nothing any more; give up what is not done, where asked to."""
        self._over.set()
        if cancel_futures:
            with self._lock:
                waiting = tuple(self._waiting)
            for one in waiting:
                one.cancel()
        self._inner.shutdown(wait=wait)

    def _settle(self, outer: Future[Any], inner: Future[Any]) -> None:
        if not self._is_ours(outer):
            return
        if inner.cancelled():
            outer.set_exception(BrokenExecutor(f"the dask scheduler at {self._where} gave the work up"))
        elif error := inner.exception():
            outer.set_exception(self._broken(error) if _is_of_cluster(error) else error)
        else:
            outer.set_result(inner.result())

    def _is_ours(self, outer: Future[Any]) -> bool:
        """Whether the result is still to be set, which only one may do: the work, or who gives up."""
        with self._lock:
            is_waiting = outer in self._waiting
            self._waiting.discard(outer)
        return is_waiting and outer.set_running_or_notify_cancel()

    def _watch(self) -> None:
        """Give up when there has been no worker for long: a scheduler would wait for one for ever."""
        since = time.monotonic()
        while not self._over.wait(LOOK_SECONDS):
            if self._has_workers():
                since = time.monotonic()
            elif time.monotonic() - since > ALONE_SECONDS:
                self._give_up(BrokenExecutor(f"the dask cluster at {self._where} has no workers any more"))

    def _has_workers(self) -> bool:
        try:
            return bool(self._client.nthreads())
        except Exception:  # noqa: BLE001 - of several libraries; whatever it is, nobody works
            return False

    def _give_up(self, error: BrokenExecutor) -> None:
        with self._lock:
            waiting = tuple(self._waiting)
        for one in waiting:
            if self._is_ours(one):
                one.set_exception(error)

    def _broken(self, error: BaseException) -> BrokenExecutor:
        return BrokenExecutor(f"the dask cluster at {self._where} failed: {_said(error)}")


def _pass_on(inner: Future[Any], outer: Future[Any]) -> None:
    """What is cancelled here is cancelled there."""
    if outer.cancelled():
        inner.cancel()


def _is_of_cluster(error: BaseException) -> bool:
    """Whether an error is not that of the work: a worker died, or has no such version of this package."""
    return type(error).__module__.partition(".")[0] in {"distributed", "dask", "tornado"} or isinstance(
        error, ImportError | AttributeError | BrokenExecutor
    )


def _said(error: BaseException) -> str:
    return printable(" ".join(str(error).split())) or type(error).__name__
