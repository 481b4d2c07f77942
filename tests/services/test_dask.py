"""`modelops verify` on a real dask cluster of this machine, and what becomes of it when the cluster fails."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import BrokenExecutor

import pytest

from installed import Registry
from modelops_git.core.errors import StoreError
from modelops_git.edges import cluster
from modelops_git.edges.executors import executor_for
from modelops_git.engine.stores import Only
from modelops_git.engine.verify import How, verify_version
from versions import stored

distributed = pytest.importorskip("distributed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # dask's own, when clusters come and go
]
DEADLY = """
import os, signal
from modelops_git.engine import reading

def die(self, item):
    os.kill(os.getpid(), signal.SIGKILL)

reading.Read.__call__ = die
"""


def local(**options):
    """Two worker processes and a scheduler on 127.0.0.1."""
    return distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=2,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=50,
        **options,
    )


def address_of(made):
    return made.scheduler_address.replace("tcp://", "dask://")


@pytest.fixture(scope="module")
def address():
    with local() as made:
        yield address_of(made)


@pytest.fixture
def registry(tmp_path):
    """A model of 40 files, of which one is damaged, one missing, and one too many."""
    made = Registry(tmp_path / "registry")
    made.path.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    assert made.modelops("init").code == 0
    made.model("iris")
    files = {f"shard-{number:02}": bytes([number]) * (1000 * number + 1) for number in range(40)}
    first = made.version("iris", "1.0.0", files)
    made.version("iris", "1.1.0", {"shard-00": b"whole"})
    damaged = first.with_name("shard-07")
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    first.with_name("shard-09").unlink()
    first.with_name("extra").write_bytes(b"x")
    return made


def test_it_finds_what_threads_and_processes_find(registry, address):
    ran = {
        uri: registry.modelops("verify", "--format", "json", "--executor", uri)
        for uri in ("threads://3", "processes://2", address)
    }
    assert {one.code for one in ran.values()} == {1}
    found = [json.loads(one.out) for one in ran.values()]
    assert found[0] == found[1] == found[2]
    assert [one["code"] for one in found[2]["findings"]] == ["MOG404", "MOG403", "MOG401"]
    assert {one.err for one in ran.values()} == {""}


def test_progress_is_counted_by_whole_files(address, tmp_path):
    made, store = stored(tmp_path / "store", {"a": b"123", "b": b"12345"})
    counted = []
    with executor_for(address) as executor:
        assert verify_version(made, Only(store), How(executor, counted.append)) == ()
    assert counted == [3, 5]


def test_workers_that_die_leave_nothing_verified_and_nobody_waiting(registry, tmp_path):
    deadly = tmp_path / "deadly.py"
    deadly.write_text(DEADLY)
    with local(preload=[str(deadly)]) as made:
        ran = registry.modelops("verify", "iris@1.1.0", "--executor", address_of(made))
    assert ran.code == 3
    assert "MOG413" in ran.out
    assert "all those workers died" in ran.out
    assert ran.err == ""


def test_a_scheduler_that_is_not_there_is_an_error(registry):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    ran = registry.modelops("verify", "--executor", f"dask://{address}")
    assert ran.code == 3
    assert ran.err.startswith(f"error: the dask scheduler at {address} cannot be reached")
    assert "hint: " in ran.err


def test_a_scheduler_without_workers_is_an_error(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with (
        distributed.LocalCluster(
            n_workers=0, host="127.0.0.1", dashboard_address=None, silence_logs=50
        ) as made,
        pytest.raises(StoreError, match="has no workers"),
        executor_for(address_of(made)),
    ):
        pass


def test_workers_that_leave_for_good_fail_the_work(monkeypatch):
    monkeypatch.setattr(cluster, "ALONE_SECONDS", 1)
    monkeypatch.setattr(cluster, "LOOK_SECONDS", 0.2)
    with local() as made, executor_for(address_of(made)) as executor:
        waiting = [executor.submit(time.sleep, 600) for _ in range(6)]
        made.scale(0)
        for one in waiting:
            with pytest.raises(BrokenExecutor):
                one.result(timeout=60)


def test_a_scheduler_that_ends_fails_the_work(address):
    del address  # the other tests' cluster is not touched
    with local() as made, executor_for(address_of(made)) as executor:
        waiting = [executor.submit(time.sleep, 600) for _ in range(6)]
        made.close()
        for one in waiting:
            with pytest.raises(BrokenExecutor):
                one.result(timeout=60)
        with pytest.raises(BrokenExecutor):
            executor.submit(time.sleep, 0).result(timeout=60)


def test_an_error_of_the_work_stays_what_it_is(address):
    with executor_for(address) as executor:
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 1, 0).result()
        assert executor.submit(divmod, 7, 2).result() == (3, 1)


def test_what_is_given_up_is_not_waited_for(address):
    begun = time.monotonic()
    with executor_for(address) as executor:
        waiting = [executor.submit(time.sleep, 20) for _ in range(9)]
    assert time.monotonic() - begun < 15
    assert all(one.cancelled() for one in waiting)
