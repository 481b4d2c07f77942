import hashlib
import io
import json
import pickle
from pathlib import Path

import pytest

from modelops_git.core.errors import StoreError
from modelops_git.core.manifests.registry import Store
from modelops_git.edges.stores import open_store
from modelops_git.edges.stores.base import StoreMissingError, StoreUnsafeError
from modelops_git.edges.stores.hub import Spot, spot_of
from versions import expected
from web import serving

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OLDER = "89abcdef0123456789abcdef0123456789abcdef"


@pytest.fixture
def hub(monkeypatch):
    """A server that answers as the hub does: what a revision is, which files it has, and their bytes."""
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    absent = {
        "api/models/org/name/": "RevisionNotFound",
        "api/models/other/": "RepoNotFound",
        "org/": "EntryNotFound",
    }
    with serving(absent={path: ("X-Error-Code", code) for path, code in absent.items()}) as web:
        yield web


def fill(web, files, commit=COMMIT, repo="org/name", kind="models"):
    """Give the server a commit, which is the newest one."""
    api = f"api/{kind}/{repo}"
    for revision in ("main", commit):
        web.files[f"{api}/revision/{revision}"] = json.dumps({"id": repo, "sha": commit}).encode()
    rows = [
        {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}  # noqa: S324
        for path, data in files.items()
    ]
    folders = {path.rpartition("/")[0] for path in files} - {""}
    rows += [{"type": "directory", "path": folder, "oid": "0" * 40} for folder in sorted(folders)]
    web.files[f"{api}/tree/{commit}"] = json.dumps(rows).encode()
    web.files[f"{api}/paths-info/{commit}"] = json.dumps(rows).encode()
    place = "" if kind == "models" else f"{kind}/"
    web.files.update({f"{place}{repo}/resolve/{commit}/{path}": data for path, data in files.items()})


def opened(uri, web):
    return open_store("hub", Store(uri=uri, endpoint_url=web.url), Path())


def read(store, key, version=""):
    with store.open(key, version) as stream:
        return stream.found.version, stream.read()


def test_an_object_is_read_of_the_commit_that_its_path_names(hub):
    fill(hub, {"m.onnx": b"old"}, OLDER)
    fill(hub, {"m.onnx": b"new"})
    store = opened("hf://org", hub)
    assert read(store, f"name@{OLDER}/m.onnx") == (OLDER, b"old")
    assert read(store, f"name@{COMMIT}/m.onnx") == (COMMIT, b"new")


def test_without_a_commit_it_is_the_newest_one_when_it_is_opened(hub):
    fill(hub, {"m.onnx": b"new"})
    store = opened("hf://org/name", hub)
    assert read(store, "m.onnx") == (COMMIT, b"new")
    with store.open("m.onnx") as stream:
        fill(hub, {"m.onnx": b"newer"}, OLDER)
        assert stream.read() == b"new"


def test_what_the_hub_says_of_an_object_is_of_a_commit(hub):
    fill(hub, {"a/m.onnx": b"12345"})
    store = opened(f"hf://org/name@{COMMIT}", hub)
    assert store.stat("a/m.onnx")[:2] == (5, COMMIT)
    assert store.stat("a") is None
    assert store.stat("none") is None


def test_what_is_not_there_is_missing(hub):
    fill(hub, {"m.onnx": b"new"})
    store = opened("hf://org", hub)
    for key in ("name/none", f"name@{OLDER}/m.onnx"):
        with pytest.raises(StoreMissingError):
            read(store, key)
        assert store.stat(key) is None


@pytest.mark.parametrize("key", ["repo/m.onnx", f"repo@{COMMIT}/m.onnx"])
def test_a_repository_that_may_be_private_is_not_known_to_be_missing(hub, key):
    store = opened("hf://other", hub)
    for use in (store.stat, lambda path: read(store, path)):
        with pytest.raises(StoreError) as caught:
            use(key)
        assert not isinstance(caught.value, StoreMissingError)
        assert "hf auth login" in caught.value.hint


def test_keys_are_listed_by_prefix_and_sorted(hub):
    fill(hub, {"b": b"x", "a/z": b"x", "a-c": b"x"})
    assert list(opened("hf://org/name", hub).keys("")) == ["a-c", "a/z", "b"]
    assert list(opened(f"hf://org/name@{COMMIT}", hub).keys("a")) == ["a-c", "a/z"]
    key = f"name@{COMMIT}/"
    assert list(opened("hf://org", hub).keys(key)) == [key + "a-c", key + "a/z", key + "b"]


def test_data_sets_have_a_word_before_their_name(hub):
    fill(hub, {"d.csv": b"x"}, kind="datasets")
    assert read(opened("hf://datasets/org/name", hub), "d.csv") == (COMMIT, b"x")


def test_nothing_is_written(hub):
    store = opened("hf://org/name", hub)
    with pytest.raises(StoreError, match="is only read"):
        store.put("m", io.BytesIO(b"x"), expected(b"x"))
    assert store.copy("m", "n", expected(b"x")) is None
    assert hub.asked == []


def test_a_hub_that_fails_is_an_error(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None, raising=False)
    fill(hub, {"m": b"x"})
    store = opened("hf://org/name", hub)
    hub.refusals = [403] * 10
    for use in (store.stat, lambda key: read(store, key), lambda key: list(store.keys(key))):
        with pytest.raises(StoreError) as caught:
            use("m")
        assert not isinstance(caught.value, StoreMissingError)
        assert "hf auth login" in caught.value.hint


@pytest.mark.parametrize("key", ["", "/abs", "../x", "a//b", "a\\b"])
def test_a_key_that_leads_out_of_the_store_is_refused(hub, key):
    store = opened("hf://org/name", hub)
    for use in (store.stat, lambda bad: read(store, bad), lambda bad: store.put(bad, None, None)):
        with pytest.raises(StoreUnsafeError):
            use(key)


def test_a_store_can_be_sent_to_another_process(hub):
    fill(hub, {"m": b"x"})
    store = pickle.loads(pickle.dumps(opened("hf://org/name", hub)))  # noqa: S301 - our own
    assert read(store, "m") == (COMMIT, b"x")


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        ("org/name", Spot("model", "org/name", "main", "")),
        ("org/name/a/b", Spot("model", "org/name", "main", "a/b")),
        ("org/name@v1/a@b", Spot("model", "org/name", "v1", "a@b")),
        (f"datasets/org/name@{COMMIT}/a", Spot("dataset", "org/name", COMMIT, "a")),
        ("spaces/org/name", Spot("space", "org/name", "main", "")),
    ],
)
def test_a_path_names_a_file_of_a_repository_in_a_revision(path, spot):
    assert spot_of(path) == spot


@pytest.mark.parametrize(
    ("uri", "words"),
    [("hf://", "names nothing"), ("hf://org/name?x=1", "query"), ("hf://org/../x", "leaves its folder")],
)
def test_a_uri_that_is_no_path_of_the_hub_is_refused(uri, words):
    with pytest.raises(StoreError, match=words):
        open_store("hub", Store(uri=uri), Path())
