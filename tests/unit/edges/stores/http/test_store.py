import io
import pickle
import socket
from pathlib import Path

import pytest

from modelops_git.core.errors import StoreError
from modelops_git.core.manifests.registry import Store
from modelops_git.edges.stores import open_store
from modelops_git.edges.stores.base import StoreChangedError, StoreMissingError, StoreUnsafeError
from modelops_git.edges.stores.http import client, index, streaming
from versions import expected
from web import serving

LARGE = bytes(range(256)) * 20_000
"""More than five blocks of the reader."""


@pytest.fixture
def web(monkeypatch):
    monkeypatch.setattr(streaming, "_BASE_WAIT", 0.001)
    with serving() as running:
        yield running


@pytest.fixture
def store(web):
    return opened(f"{web.url}/models")


def opened(uri):
    return open_store("web", Store(uri=uri), Path())


def read(store, key="m/1-a/model.onnx", size=-1):
    with store.open(key) as stream:
        return stream.read(size)


@pytest.mark.parametrize("ranges", [True, False])
@pytest.mark.parametrize("data", [b"", b"x", LARGE])
def test_a_file_is_read_in_one_request(web, store, data, ranges):
    web.knows_ranges = ranges
    web.files["models/m/1-a/model.onnx"] = data
    assert read(store) == data
    assert web.asked == [("GET", "models/m/1-a/model.onnx", "")]
    assert store.stat("m/1-a/model.onnx").size == len(data)


@pytest.mark.parametrize("ranges", [True, False])
def test_what_is_open_is_read_from_any_position(web, store, ranges):
    web.knows_ranges = ranges
    web.files["models/big"] = LARGE
    with store.open("big") as stream:
        for place in (5_000_000, 3, 4_999_000, 0):
            stream.seek(place)
            assert stream.read(7) == LARGE[place : place + 7]
        assert stream.seek(0, io.SEEK_END) == len(LARGE)
        assert stream.read(1) == b""
        with pytest.raises(ValueError, match="negative"):
            stream.seek(-1)


@pytest.mark.parametrize("ranges", [True, False])
def test_a_connection_that_breaks_is_gone_on_with_where_it_broke(web, store, ranges):
    web.files["models/big"] = LARGE
    web.knows_ranges = ranges
    web.breaks_at = [100, 2_000_000, 4_000_001]
    assert read(store, "big") == LARGE
    assert len(web.asked) == 4


def test_a_connection_that_breaks_again_and_again_is_an_error(web, store):
    web.files["models/big"] = LARGE
    web.breaks_at = [100] * 20
    with pytest.raises(StoreError, match=r"broke off 5 times at byte 100 of"):
        read(store, "big")


@pytest.mark.parametrize("kind", ["tags", "dates"])
def test_a_file_that_is_replaced_while_it_is_read_is_noticed(web, store, kind):
    web.tags, web.dates = kind == "tags", kind == "dates"
    web.files["models/big"] = LARGE
    with store.open("big") as stream:
        stream.read(10)
        web.files["models/big"] = LARGE[::-1] if kind == "tags" else LARGE + b"x"
        stream.seek(4_500_000)
        with pytest.raises(StoreChangedError, match="was replaced"):
            stream.read(10)


def test_a_file_that_shrank_while_it_was_read_is_noticed(web, store):
    web.files["models/big"] = LARGE
    with store.open("big") as stream:
        web.files["models/big"] = b"small"
        stream.seek(4_500_000)
        with pytest.raises(StoreChangedError):
            stream.read(10)


def test_without_a_validator_nothing_is_read_in_two_requests(web, store):
    web.tags = False
    web.files.update({"models/big": LARGE, "models/small": b"small"})
    assert read(store, "big") == LARGE
    with store.open("small") as stream:
        assert (stream.read(3), stream.seek(0), stream.read()) == (b"sma", 0, b"small")
    web.breaks_at = [100]
    with pytest.raises(StoreError, match="no ETag or Last-Modified"):
        read(store, "big")


def test_a_weak_tag_proves_nothing(web, store):
    web.tags = False
    web.headers["ETag"] = 'W/"1"'
    web.files["models/m"] = b"x"
    assert store.stat("m").identity == ""


def test_what_is_there_is_told_by_one_request(web, store):
    web.files["models/m"] = b"12345"
    assert store.stat("m").size == 5
    assert store.stat("m").identity.startswith('"')
    assert {method for method, *_ in web.asked} == {"HEAD"}
    assert store.stat("m", "7") is None
    with pytest.raises(StoreMissingError, match="no version 7"), store.open("m", "7"):
        pass


@pytest.mark.parametrize("status", [405, 501])
def test_a_server_without_head_is_asked_otherwise(web, store, status):
    web.files["models/m"] = b"12345"
    web.refusals = [status]
    assert store.stat("m").size == 5


def test_nothing_is_said_so(store):
    assert store.stat("none") is None
    with pytest.raises(StoreMissingError, match="HTTP 404"):
        read(store, "none")


@pytest.mark.parametrize(("status", "hint"), [(401, "netrc"), (403, "netrc"), (418, "uri")])
def test_a_refusal_is_told_with_what_to_do(web, store, status, hint):
    web.refusals = [status]
    with pytest.raises(StoreError, match=f"HTTP {status}") as caught:
        read(store)
    assert hint in caught.value.hint


def test_a_busy_server_is_asked_again(web, store):
    web.files["models/m"] = b"x"
    web.refusals = [503, 429, 500]
    assert read(store, "m") == b"x"


def test_a_server_that_stays_busy_is_given_up(web, store, monkeypatch):
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    web.refusals = [503] * 9
    with pytest.raises(StoreError, match="503"):
        read(store)


def test_a_server_that_compresses_is_refused(web, store):
    web.files["models/m"] = b"x"
    web.headers["Content-Encoding"] = "gzip"
    with pytest.raises(StoreError, match="compresses"):
        read(store, "m")


def test_a_server_that_says_no_length_is_refused(web, store):
    web.files["models/m"] = b"x"
    web.has_length = False
    with pytest.raises(StoreError, match="how long"):
        read(store, "m")


def test_a_server_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(StoreError, match="refused"):
        read(opened(f"http://127.0.0.1:{port}/x"))


def test_the_login_of_netrc_is_used(web, store, tmp_path, monkeypatch):
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login eve password secret\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    web.files["models/m"] = b"x"
    read(store, "m")
    assert web.logins == ["Basic ZXZlOnNlY3JldA=="]
    file.write_text("machine")
    with pytest.raises(StoreError, match=r"netrc cannot be read"):
        read(store, "m")


def test_nothing_is_written(web, store):
    with pytest.raises(StoreError, match="is only read") as caught:
        store.put("m", io.BytesIO(b"x"), expected(b"x"))
    assert "s3:" in caught.value.hint
    assert store.copy("m", "n", expected(b"x")) is None
    assert web.asked == []


KEYS = ["a/b/c", "a/b-d", "a/b c", "a/100%", "a/模", "ab", "a.b/x#1", "z"]


def test_keys_are_listed_by_prefix_and_sorted_as_text(web, store):
    web.files.update({f"models/{key}": b"x" for key in KEYS})
    assert list(store.keys("")) == sorted(KEYS)
    assert list(store.keys("a/")) == sorted(key for key in KEYS if key.startswith("a/"))
    assert list(store.keys("a")) == sorted(key for key in KEYS if key.startswith("a"))
    for key in KEYS:
        assert read(store, key) == b"x"


def test_a_server_that_shows_no_list_cannot_be_asked_for_keys(web, store):
    web.files["models/m/x"] = b"x"
    web.lists = False
    with pytest.raises(StoreError, match="no list of this folder") as caught:
        list(store.keys("m/"))
    assert not isinstance(caught.value, StoreMissingError)
    web.files["models/m/"] = b"this is no list"
    with pytest.raises(StoreError, match="no list of this folder"):
        list(store.keys("m/"))


def test_a_hostile_list_leads_nowhere(web, store):
    links = [
        "http://other.example/x", "//other.example/x", "../../etc/passwd", "/models/m/../x", "%2e%2e/x",
        "%2e%2e", "a%2fb", "", "#x", "?x", "javascript:x", "http://[", "./", "", "ok", "%00", "a\\b",
    ]  # fmt: skip
    page = "".join(f"<a href='{link}'>x</a><a name=x>" for link in links) + "<a href><b href=no>"
    web.headers["Content-Type"] = "text/html"
    web.files["models/m/"] = page.encode()
    assert list(store.keys("m/")) == ["m/ok"]


def test_folders_in_folders_without_end_are_given_up(web, store):
    class Endless(dict):
        def __contains__(self, path):
            return True

        def __getitem__(self, path):
            return b"<a href='deeper/'>x</a>"

    web.headers["Content-Type"] = "text/html"
    web.files = Endless()
    with pytest.raises(StoreError, match="64 deep"):
        list(store.keys(""))


def test_a_list_without_end_is_given_up(web, store, monkeypatch):
    monkeypatch.setattr(index, "LONGEST", 10)
    web.files["models/m"] = b"x"
    with pytest.raises(StoreError, match="longer than 10 bytes"):
        list(store.keys(""))


@pytest.mark.parametrize("key", ["", "/abs", "../x", "a//b", "a\\b", "a\0b"])
def test_a_key_that_leads_out_of_the_store_is_refused(store, key):
    for use in (store.stat, lambda bad: read(store, bad), lambda bad: store.put(bad, None, None)):
        with pytest.raises(StoreUnsafeError):
            use(key)


def test_a_store_can_be_sent_to_another_process(web, store):
    web.files["models/m"] = b"x"
    assert read(pickle.loads(pickle.dumps(store)), "m") == b"x"  # noqa: S301 - our own


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("https://eve:secret@host/x", "user or a password"),
        ("https://token@host/x", "user or a password"),
        ("https://host/x?token=1", "query"),
        ("https://host/x#y", "fragment"),
        ("https://host/a/../b", "leaves its folder"),
        ("https:///x", "names no host"),
        ("https://host:99999/x", "names no host"),
        ("https://[", "names no host"),
    ],
)
def test_a_uri_that_is_no_plain_address_is_refused(uri, words):
    with pytest.raises(StoreError, match=words) as caught:
        opened(uri)
    assert "secret" not in caught.value.message
    assert "https://host/path" in caught.value.hint
