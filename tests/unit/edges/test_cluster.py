"""What a cluster's failures become, without a cluster; a real one is in tests/services."""

import threading
from concurrent.futures import BrokenExecutor, Executor, Future

import pytest

from modelops_git.edges import cluster
from modelops_git.edges.cluster import _Cluster


class Inner(Executor):
    """An executor whose futures are settled by the test."""

    def __init__(self):
        self.futures = []
        self.is_shut = False

    def submit(self, task, /, *arguments, **named):
        del task, arguments, named
        self.futures.append(Future())
        return self.futures[-1]

    def shutdown(self, wait=True):
        del wait
        self.is_shut = True


class Client:
    def __init__(self):
        self.inner = Inner()
        self.workers = {"one": 2}

    def get_executor(self, *, pure):
        assert not pure
        return self.inner

    def nthreads(self):
        if isinstance(self.workers, Exception):
            raise self.workers
        return self.workers


class KilledWorkerError(Exception):
    __module__ = "distributed.scheduler"


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(cluster, "ALONE_SECONDS", 0.05)
    return Client()


@pytest.fixture
def executor(client):
    made = _Cluster(client, "host:1")
    yield made
    made.shutdown(wait=False, cancel_futures=True)


def test_a_result_is_passed_on(client, executor):
    future = executor.submit(print)
    client.inner.futures[0].set_result(7)
    assert future.result(60) == 7


def test_an_error_of_the_work_is_passed_on(client, executor):
    future = executor.submit(print)
    client.inner.futures[0].set_exception(ZeroDivisionError("x"))
    with pytest.raises(ZeroDivisionError):
        future.result(60)


@pytest.mark.parametrize("error", [KilledWorkerError("died\n twice"), ImportError("no module")])
def test_an_error_of_the_cluster_is_that_of_a_broken_executor(client, executor, error):
    future = executor.submit(print)
    client.inner.futures[0].set_exception(error)
    with pytest.raises(BrokenExecutor, match=r"the dask cluster at host:1 failed: (died twice|no module)"):
        future.result(60)


def test_work_that_the_scheduler_gave_up_is_that_of_a_broken_executor(client, executor):
    future = executor.submit(print)
    client.inner.futures[0].cancel()
    with pytest.raises(BrokenExecutor, match="gave the work up"):
        future.result(60)


def test_a_cluster_that_takes_nothing_is_a_broken_executor(client, executor, monkeypatch):
    def refuse(*_):
        raise RuntimeError("closed")

    monkeypatch.setattr(client.inner, "submit", refuse)
    with pytest.raises(BrokenExecutor, match="closed"):
        executor.submit(print)


@pytest.mark.parametrize("workers", [{}, RuntimeError("no scheduler")])
def test_without_workers_for_long_the_work_is_given_up_and_what_comes_later_is_ignored(
    client, executor, workers
):
    future = executor.submit(print)
    client.workers = workers
    with pytest.raises(BrokenExecutor, match="no workers any more"):
        future.result(60)
    client.inner.futures[0].set_result(7)
    assert isinstance(future.exception(), BrokenExecutor)


def test_with_workers_nothing_is_given_up(client, executor):
    future = executor.submit(print)
    seen = threading.Event()
    workers = client.workers
    looks = []

    class Counting(dict):
        def __bool__(self):
            looks.append(1)
            if len(looks) > 20:
                seen.set()
            return True

    client.workers = Counting(workers)
    assert seen.wait(60)
    assert not future.done()


def test_what_is_cancelled_here_is_cancelled_there(client, executor):
    future = executor.submit(print)
    assert future.cancel()
    assert client.inner.futures[0].cancelled()


def test_on_leaving_what_is_not_done_is_given_up(client, executor):
    future = executor.submit(print)
    executor.shutdown(wait=False, cancel_futures=True)
    assert future.cancelled()
    assert client.inner.futures[0].cancelled()
    assert client.inner.is_shut
