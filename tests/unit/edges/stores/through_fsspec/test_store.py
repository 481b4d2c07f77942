import io
import os
import pickle
import sys
import uuid
from pathlib import Path

import pytest

from modelops_git.core.errors import StoreConflictError, StoreError
from modelops_git.core.manifests.registry import Store
from modelops_git.edges.stores import open_store
from modelops_git.edges.stores.base import StoreChangedError, StoreMissingError, StoreUnsafeError
from modelops_git.edges.stores.through_fsspec import kinds
from modelops_git.edges.stores.through_fsspec.store import FsspecStore
from versions import expected, put


def opened(uri, **settings):
    return open_store("far", Store(uri=uri, **settings), Path())


@pytest.fixture
def store():
    return opened(f"memory://{uuid.uuid4().hex}/models")


def read(store, key, size=-1):
    with store.open(key) as stream:
        return stream.read(size)


class Far:
    """A file system that answers as it is told, where a real one would only do so by chance."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def __getattr__(self, name):
        def method(*arguments, **_named):
            self.asked.append(name)
            answer = self.answers[name]
            if callable(answer):
                answer = answer(*arguments)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return method


FOUND = {"type": "file", "size": 5, "etag": "1"}


@pytest.fixture
def far(monkeypatch):
    """Gives a store in Azure on a file system that answers so."""

    def made(**answers):
        system = Far(**answers)
        monkeypatch.setattr(kinds, "_file_system", lambda *_: system)
        return FsspecStore("az", "bucket/models", "az://bucket/models"), system

    return made


def test_many_threads_may_read_one_object_in_memory(store):
    data = os.urandom(3_000_000)
    put(store, "m", data)
    with store.open("m") as one, store.open("m") as other:
        assert one.read(10) == data[:10]
        assert other.read(1_500_000) == data[:1_500_000]
        assert one.read() == data[10:]


def test_what_is_open_is_read_from_any_position_in_bounded_memory(store):
    data = os.urandom(9 << 20)
    put(store, "m", data)
    with store.open("m") as stream:
        for place in (8_000_000, 3, 4_999_000, 0):
            stream.seek(place)
            assert stream.read(7) == data[place : place + 7]
        assert len(stream._bytes) <= 4 << 20


def test_an_object_that_is_replaced_while_it_is_read_is_noticed(store):
    put(store, "m", b"first")

    def read_while_it_is_replaced():
        with store.open("m") as stream:
            stream.read(2)
            store._system.pipe_file(f"{store.root}/m", b"other")

    with pytest.raises(StoreChangedError, match="replaced"):
        read_while_it_is_replaced()


def test_an_object_that_is_deleted_while_it_is_read_is_noticed(far):
    store, _ = far(info=FOUND, cat_file=FileNotFoundError("gone"))
    with pytest.raises(StoreChangedError, match="deleted"):
        read(store, "m")


def test_a_range_that_comes_too_short_is_asked_for_again_and_then_an_error(far):
    answers = [b"12", b"1", b"12345"]
    store, system = far(info=FOUND, cat_file=lambda *_: answers.pop(0))
    assert read(store, "m") == b"12345"
    assert system.asked.count("cat_file") == 3
    store, _ = far(info=FOUND, cat_file=b"12")
    with pytest.raises(StoreError, match="2 bytes came where 5 were asked for"):
        read(store, "m")


@pytest.mark.parametrize("error", [RuntimeError("a\nlong story"), ValueError("odd"), OSError("Forbidden: x")])
def test_whatever_a_library_raises_is_an_error_of_the_store(far, error):
    store, _ = far(info=error, find=error)
    for use in (store.stat, lambda key: read(store, key), lambda key: list(store.keys(key))):
        with pytest.raises(StoreError, match=str(error).split("\n", maxsplit=1)[0]) as caught:
            use("m")
        assert "\n" not in caught.value.message


def test_a_write_that_fails_is_an_error(store, monkeypatch):
    def fail(*_):
        raise RuntimeError("the network is gone")

    monkeypatch.setitem(kinds.KINDS, "memory", store._kind._replace(create=fail))
    with pytest.raises(StoreError, match="the network is gone"):
        put(store, "m", b"bytes")


def test_nothing_is_sent_through_a_library_that_may_overwrite(far):
    store, system = far(info=FileNotFoundError(), put_file=None, _put_file=None)
    with pytest.raises(StoreError, match="this adlfs cannot create"):
        put(store, "m", b"bytes")
    assert set(system.asked) == {"info"}


def test_a_library_that_knows_no_create_only_write_is_refused():
    def old(lpath, rpath):
        raise AssertionError(lpath, rpath)

    with pytest.raises(StoreError, match="this gcsfs cannot create") as caught:
        kinds._refuse_old(old, "mode", "gcsfs")
    assert caught.value.hint == "pip install --upgrade gcsfs"


def test_where_another_was_faster_the_bytes_are_compared(store, monkeypatch):
    kind = store._kind
    path = f"{store.root}/m"

    def slow(system, *rest):
        system.pipe_file(path, theirs)
        kind.create(system, *rest)

    monkeypatch.setitem(kinds.KINDS, "memory", kind._replace(create=slow))
    theirs = b"bytes"
    put(store, "m", b"bytes")
    theirs = b"other"
    path = f"{store.root}/n"
    with pytest.raises(StoreConflictError):
        put(store, "n", b"bytes")
    assert read(store, "n") == b"other"


def test_what_vanishes_while_it_is_stored_is_an_error(store, monkeypatch):
    monkeypatch.setitem(kinds.KINDS, "memory", store._kind._replace(create=lambda *_: None))
    with pytest.raises(StoreError, match="vanished"):
        put(store, "m", b"bytes")


def test_a_bucket_that_is_not_there_is_told_when_something_is_stored(store, monkeypatch):
    def absent(*_):
        raise FileNotFoundError("bucket")

    monkeypatch.setitem(kinds.KINDS, "memory", store._kind._replace(create=absent))
    with pytest.raises(StoreError, match="no such bucket") as caught:
        put(store, "m", b"bytes")
    assert not isinstance(caught.value, StoreMissingError)


def test_no_versions_are_kept_in_memory(store):
    put(store, "m", b"bytes")
    assert store.stat("m").version == ""
    assert store.stat("m", "7") is None
    assert store.copy("m", "n", expected(b"bytes")) is None
    with pytest.raises(StoreMissingError, match="no version 7"), store.open("m", "7"):
        pass


def test_a_store_can_be_sent_to_another_process(store):
    put(store, "m", b"bytes")
    assert read(pickle.loads(pickle.dumps(store)), "m") == b"bytes"  # noqa: S301 - our own


@pytest.mark.parametrize("key", ["a#1", "a?versionid=1", "a?generation=1"])
def test_a_key_that_the_library_would_read_otherwise_is_refused(far, key):
    store, system = far()
    with pytest.raises(StoreUnsafeError, match="cannot have"):
        store.stat(key)
    assert system.asked == []


def test_a_version_that_is_none_never_becomes_part_of_a_path():
    store = FsspecStore("gs", "bucket/models", "gs://bucket/models")
    with pytest.raises(StoreMissingError, match="no version"):
        store.stat("m", "1/../x")


@pytest.mark.parametrize(
    ("uri", "package"),
    [
        ("gs://b/x", "gcsfs"),
        ("az://b/x", "adlfs"),
        ("hf://org/x", "huggingface_hub"),
        ("memory://x", "fsspec"),
    ],
)
def test_a_library_that_is_missing_is_named_with_what_to_install(monkeypatch, uri, package):
    kinds._file_system.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(StoreError, match=f"{package} is not installed") as caught:
        opened(uri)
    extra = {"gcsfs": "gcs", "adlfs": "azure", "huggingface_hub": "hf", "fsspec": "fsspec"}[package]
    assert caught.value.hint == f"pip install 'modelops-git[{extra}]'"


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("gs:///x", "names no bucket"),
        ("gs://b/../x", "leaves its folder"),
        ("gs://b/%2e%2e/x", "leaves its folder"),
        ("gs://user:secret@b/x", "a user or a password"),
        ("az://c:secret@account.dfs.core.windows.net/x", "a user or a password"),
        ("gs://b/x?token=1", "a query"),
        ("memory://", "names no bucket"),
    ],
)
def test_a_uri_that_names_no_bucket_and_path_is_refused(uri, words):
    with pytest.raises(StoreError, match=words) as caught:
        opened(uri)
    assert "secret" not in caught.value.message


def test_the_account_of_azure_may_stand_in_the_uri(monkeypatch):
    made = []
    monkeypatch.setattr(kinds, "_file_system", lambda *said: made.append(said[:2]))
    store = opened("abfs://models@acme.dfs.core.windows.net/registry%201")
    assert store.root == "models/registry 1"
    assert made == [("abfs", (("account_name", "acme"),))]


def test_a_folder_of_the_file_system_is_no_object(store):
    put(store, "m/a/b", b"x")
    assert store.stat("m/a") is None
    with pytest.raises(StoreMissingError):
        read(store, "m/a")


def test_wrong_bytes_never_reach_the_file_system(far):
    store, system = far(info=FileNotFoundError())
    with pytest.raises(StoreError):
        store.put("m", io.BytesIO(b"wrong"), expected(b"right"))
    assert set(system.asked) == {"info"}
