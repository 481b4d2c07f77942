import os
import sys
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from modelops_git.core.errors import UsageError
from modelops_git.edges.executors import MOST, THREADS, executor_for


def test_by_default_many_threads_of_this_process_work():
    with executor_for() as executor:
        assert isinstance(executor, ThreadPoolExecutor)
        assert executor._max_workers == THREADS
        assert executor.submit(os.getpid).result() == os.getpid()


def test_threads_and_processes_are_as_many_as_asked_for():
    with executor_for("threads://3") as executor:
        assert executor._max_workers == 3
    with executor_for("processes://2") as executor:
        assert isinstance(executor, ProcessPoolExecutor)
        assert executor._max_workers == 2
        assert executor.submit(os.getpid).result() != os.getpid()


def test_a_process_that_dies_fails_the_work():
    with executor_for("processes://1") as executor:
        with pytest.raises(BrokenExecutor):
            executor.submit(os._exit, 1).result()
        with pytest.raises(BrokenExecutor):
            executor.submit(os.getpid)


def test_what_has_not_begun_is_given_up_when_it_is_left():
    import threading

    begun, go_on = threading.Event(), threading.Event()

    def wait():
        begun.set()
        go_on.wait(60)

    def leave():
        with executor_for("threads://1") as executor:
            executor.submit(wait)
            waiting.append(executor.submit(wait))
            begun.wait(60)
            threading.Timer(0.05, go_on.set).start()
            raise KeyboardInterrupt

    waiting = []
    with pytest.raises(KeyboardInterrupt):
        leave()
    assert waiting[0].cancelled()


@pytest.mark.parametrize(
    "uri",
    [
        "threads", "threads://", "threads://0", f"threads://{MOST + 1}", "threads://-1", "threads://1.5",
        "threads://١", "threads://99999999999999999999", "processes://x", "dask://", "ray://host:1", "://",
        " ", "threads://1\n", "tcp://host:1", "DASK://host:1",
    ],
)  # fmt: skip
def test_what_is_no_executor_is_refused(uri):
    with pytest.raises(UsageError, match="is no executor") as caught, executor_for(uri):
        pass
    assert "dask://HOST:PORT" in caught.value.hint


def test_without_dask_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match="not installed") as caught, executor_for("dask://127.0.0.1:1"):
        pass
    assert "modelops-git[dask]" in caught.value.hint
