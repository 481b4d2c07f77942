"""What every store promises, run against each."""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from modelops_git.core.errors import StoreConflictError
from modelops_git.edges.stores import publishing
from modelops_git.edges.stores.base import (
    Expected,
    StoreMismatchError,
    StoreMissingError,
    StoreUnsafeError,
)
from modelops_git.edges.stores.file import FileStore
from versions import expected, put

KEY = "team/iris/1.0.0-0123456789ab/model.onnx"
SPAWN = multiprocessing.get_context("spawn")


FILES = {"file": publishing.create_by_link, "file without hard links": publishing.create_by_rename}
SERVERS = {"S3 on SeaweedFS": "seaweed", "S3 on the fake": "fake_s3"}
FAR = {"memory": "memory_store", "Google Cloud Storage": "google_store", "Azure": "azure_store"}
CLOUDS = [pytest.param(kind, marks=pytest.mark.slow) for kind in FAR if kind != "memory"]


@pytest.fixture
def open_as(request, tmp_path, monkeypatch):
    """Gives a new store of the kind that is named."""

    def opened(kind):
        if kind in FILES:
            return FileStore(tmp_path / "store", "file:store", FILES[kind])
        if kind in FAR:
            return request.getfixturevalue(FAR[kind])
        from objectstore.stores import let_in, store_in  # not for the processes that import this module

        server = request.getfixturevalue(SERVERS[kind])
        let_in(server.access, monkeypatch)
        return store_in(server)

    return opened


@pytest.fixture(params=[*FILES, *SERVERS, "memory", *CLOUDS])
def store(request, open_as):
    return open_as(request.param)


@pytest.fixture(params=FILES)
def file_store(request, open_as):
    return open_as(request.param)


def read(store, key=KEY):
    with store.open(key) as stream:
        return stream.read()


@pytest.mark.parametrize("data", [b"", b"x", b"bytes" * 1000, bytes(1 << 20), bytes((1 << 20) + 1)])
def test_what_is_put_is_what_is_read(store, data):
    put(store, KEY, data)
    assert read(store) == data
    assert store.stat(KEY).size == len(data)


def test_putting_the_same_bytes_again_is_fine_and_needs_no_source(store):
    put(store, KEY, b"same")
    source = io.BytesIO(b"never read")
    store.put(KEY, source, expected(b"same"))
    assert source.tell() == 0
    assert read(store) == b"same"


def test_other_bytes_under_the_same_key_are_a_conflict_and_change_nothing(store):
    put(store, KEY, b"first")
    with pytest.raises(StoreConflictError, match=r"model\.onnx.*other bytes"):
        put(store, KEY, b"other")
    assert read(store) == b"first"


def test_presence_alone_is_never_trusted(store):
    put(store, KEY, b"first")
    with pytest.raises(StoreConflictError):
        put(store, KEY, b"firsT")


@pytest.mark.parametrize("held", [b"bytEs", b"byte", b"bytes!", b""])
def test_bytes_that_are_not_the_expected_ones_are_not_published(store, held):
    with pytest.raises(StoreMismatchError) as caught:
        store.put(KEY, io.BytesIO(held), expected(b"bytes"))
    assert caught.value.found.size == len(held)
    assert store.stat(KEY) is None
    assert list(store.keys("")) == []


def test_a_source_without_end_is_read_one_byte_too_far_at_most(store):
    class Endless(io.RawIOBase):
        count = 0

        def readable(self):
            return True

        def readinto(self, buffer):
            self.count += len(buffer)
            return len(buffer)

    source = Endless()
    with pytest.raises(StoreMismatchError, match="more than"):
        store.put(KEY, source, Expected("0" * 64, 5))
    assert source.count == 6


def test_a_source_that_fails_leaves_nothing(store):
    class Broken(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, _buffer):
            raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        store.put(KEY, Broken(), expected(b"bytes"))
    assert list(store.keys("")) == []


def test_nothing_under_a_key_is_said_so(store):
    put(store, KEY, b"bytes")
    for key in ("team/iris/other", KEY + "/below", "team/iris"):
        assert store.stat(key) is None
        with pytest.raises(StoreMissingError):
            read(store, key)


@pytest.mark.parametrize(
    "key", ["", "/abs", "../x", "a/../../x", "a//b", "./a", "a/", "a\\b", "a\0b", "a\nb"]
)
def test_a_key_that_leads_out_of_the_store_is_refused_by_everything(store, key):
    put(store, KEY, b"bytes")
    for use in (store.stat, lambda bad: read(store, bad), lambda bad: put(store, bad, b"x")):
        with pytest.raises(StoreUnsafeError):
            use(key)


def test_keys_are_listed_by_prefix_and_sorted_as_text(store):
    names = ["m/1-a/b", "m/1-a/b/c"[:6] + "-d", "m/1-a/a/z", "m/1-ab/x", "m/2-a/y", "n/z", "m/1-a/模"]
    for name in names:
        put(store, name, b"x")
    assert list(store.keys("")) == sorted(names)
    assert list(store.keys("m/1-a/")) == sorted(name for name in names if name.startswith("m/1-a/"))
    assert list(store.keys("m/1-a")) == sorted(name for name in names if name.startswith("m/1-a"))
    assert list(store.keys("none/")) == []


def test_what_is_open_is_read_from_any_position(store):
    data = bytes(range(256)) * 1000
    put(store, KEY, data)
    with store.open(KEY) as stream:
        assert stream.found.size == len(data)
        for place, whence in ((255_000, os.SEEK_SET), (-7, os.SEEK_END), (3, os.SEEK_SET)):
            stream.seek(place, whence)
            begin = stream.tell()
            assert stream.read(5) == data[begin : begin + 5]
        assert stream.seek(0, os.SEEK_END) == len(data)
        assert stream.read(1) == b""


def test_what_is_copied_inside_the_store_is_the_same_or_nothing(store):
    put(store, "from", b"bytes")
    put(store, "taken", b"other")
    if store.copy("from", KEY, expected(b"bytes")) is not None:
        assert read(store) == b"bytes"
        with pytest.raises(StoreConflictError):
            store.copy("from", "taken", expected(b"bytes"))
    assert store.copy("taken", "wrong", expected(b"bytes")) is None
    assert store.copy("nothing", "wrong", expected(b"bytes")) is None
    assert store.stat("wrong") is None
    assert read(store, "taken") == b"other"


def test_a_store_can_be_sent_to_another_process(store):
    put(store, KEY, b"bytes")
    assert read(pickle.loads(pickle.dumps(store))) == b"bytes"  # noqa: S301 - our own


TOGETHER = []


def _share(barrier):
    TOGETHER[:] = [barrier]


class Meeting(io.BytesIO):
    """A source that gives its first byte when all writers have come so far: then they publish at once."""

    def readinto(self, buffer):
        if self.tell() == 0:
            TOGETHER[0].wait(60)
        return super().readinto(buffer)


def _put_and_say(store, data):
    try:
        store.put(KEY, Meeting(data), expected(data))
    except StoreConflictError:
        return "conflict"
    return "stored"


def _processes(count):
    return ProcessPoolExecutor(count, mp_context=SPAWN, initializer=_share, initargs=(SPAWN.Barrier(count),))


def _threads(count):
    return ThreadPoolExecutor(count, initializer=_share, initargs=(threading.Barrier(count),))


# A process that speaks S3 takes a second to start.
WRITERS = [
    *((kind, _threads, 16) for kind in FILES),
    *((kind, _processes, 5) for kind in FILES),
    *(pytest.param(kind, _processes, 16, marks=pytest.mark.slow) for kind in FILES),
    *((kind, _threads, 16) for kind in SERVERS),
    ("S3 on the fake", _processes, 3),
    *(pytest.param(kind, _processes, 16, marks=pytest.mark.slow) for kind in SERVERS),
    ("memory", _threads, 16),
    *(pytest.param(*one.values, _threads, 16, marks=pytest.mark.slow) for one in CLOUDS),
    *(pytest.param(*one.values, _processes, 4, marks=pytest.mark.slow) for one in CLOUDS),
]


@pytest.mark.parametrize(("kind", "writers", "count"), WRITERS)
def test_of_many_writers_of_equal_bytes_all_succeed(open_as, kind, writers, count):
    store, data = open_as(kind), os.urandom(300_000)
    with writers(count) as pool:
        said = list(pool.map(_put_and_say, [store] * count, [data] * count))
    assert said == ["stored"] * count
    assert read(store) == data
    assert list(store.keys("")) == [KEY]


@pytest.mark.parametrize(("kind", "writers", "count"), WRITERS)
def test_of_many_writers_of_different_bytes_exactly_one_wins(open_as, kind, writers, count):
    store, contents = open_as(kind), [bytes([number]) * 300_000 for number in range(count)]
    with writers(count) as pool:
        said = list(pool.map(_put_and_say, [store] * count, contents))
    assert sorted(said) == ["conflict"] * (count - 1) + ["stored"]
    assert read(store) == contents[said.index("stored")]


PAYLOAD = b"payload!" * 500_000
PUT = """
import io, sys
from pathlib import Path
from versions import expected
from modelops_git.edges.stores import publishing
from modelops_git.edges.stores.file import FileStore
store = FileStore(Path(sys.argv[1]), "file:store", getattr(publishing, sys.argv[2]))
data = b"payload!" * 500_000
for number in range(1000):
    print(number, flush=True)
    store.put(f"m/{number}", io.BytesIO(data), expected(data))
"""
PUT_AND_DIE = """
import io, os, signal, sys
from pathlib import Path
from versions import expected
from modelops_git.edges.stores import publishing
from modelops_git.edges.stores.file import FileStore

data = b"payload!" * 500_000

def put_and_die(store, step):
    left = step
    def hook(event, _arguments):
        nonlocal left
        left -= 1
        if left == -1:
            os.kill(os.getpid(), signal.SIGKILL)
    class Source(io.BytesIO):
        def readinto(self, buffer):
            hook("read", ())
            return super().readinto(buffer)
    source, wanted = Source(data), expected(data)
    sys.addaudithook(hook)
    store.put("m/sub/a", source, wanted)
    left = 1_000_000
    os._exit(0)

step = 0
while True:
    store = FileStore(Path(sys.argv[1]) / str(step), "file:store", getattr(publishing, sys.argv[2]))
    child = os.fork() or put_and_die(store, step)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        print(step, os.WEXITSTATUS(status))
        break
    step += 1
"""


def _command(script, store):
    return [sys.executable, "-c", script, str(store.root), store.publish.__name__]


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}


def _objects(store):
    """The keys of a store after a crash, each of which holds the whole payload."""
    keys = list(store.keys("")) if store.root.exists() else []
    assert [key for key in keys if read(store, key) != PAYLOAD] == []
    return keys


def test_a_process_that_is_killed_before_any_of_its_steps_leaves_the_whole_object_or_none(file_store):
    command = _command(PUT_AND_DIE, file_store)
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    steps, status = map(int, done.stdout.split())
    assert status == 0
    assert steps > 15
    seen = set()
    for step in range(steps):
        after = FileStore(file_store.root / str(step), "file:store", file_store.publish)
        seen.add(tuple(_objects(after)))
        put(after, "m/sub/a", PAYLOAD)
        assert _objects(after) == ["m/sub/a"]
    assert seen == {(), ("m/sub/a",)}


def test_a_process_that_is_killed_at_any_instant_leaves_whole_objects_or_none(file_store):
    for attempt in range(6):
        after = FileStore(file_store.root / str(attempt), "file:store", file_store.publish)
        with subprocess.Popen(_command(PUT, after), stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
            for _ in range(3):
                process.stdout.readline()
            time.sleep(0.004 * attempt)
            process.send_signal(signal.SIGKILL)
        assert len(_objects(after)) >= 2
        put(after, "m/2", PAYLOAD)
        assert read(after, "m/2") == PAYLOAD
