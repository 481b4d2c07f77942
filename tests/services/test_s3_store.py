"""What the store in S3 does beyond the contract of all stores, on both servers: versions, parts, locks."""

import io
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from modelops_git.core.errors import StoreConflictError, StoreError
from modelops_git.edges.stores.base import StoreMissingError
from modelops_git.edges.stores.s3.parts import PART
from modelops_git.edges.stores.s3.writing import THRESHOLD
from objectstore.stores import let_in, store_in
from versions import expected, put

KEY = "team/iris/1.0.0-0123456789ab/模 型.bin"
LARGE = os.urandom(THRESHOLD + PART + 12_345)


@pytest.fixture(params=["seaweed", "fake_s3"])
def server(request, monkeypatch):
    found = request.getfixturevalue(request.param)
    let_in(found.access, monkeypatch)
    return found


def read(store, key=KEY, version=""):
    with store.open(key, version) as stream:
        return stream.read()


def test_what_is_sent_in_parts_is_read_in_ranges_and_copied(server):
    store = store_in(server)
    put(store, KEY, LARGE)
    assert read(store) == LARGE
    assert store.stat(KEY).size == len(LARGE)
    put(store, KEY, LARGE)
    with pytest.raises(StoreConflictError):
        put(store, KEY, LARGE[::-1])
    assert store.copy(KEY, "copy", expected(LARGE)) is not None
    assert read(store, "copy") == LARGE
    assert "Uploads" not in server.client().list_multipart_uploads(Bucket=store.bucket)


def test_a_small_object_is_proven_by_the_sum_that_the_server_keeps(server):
    store = store_in(server)
    put(store, KEY, b"bytes")
    assert store.stat(KEY).sha256 == expected(b"bytes").sha256


@pytest.mark.parametrize("data", [b"bytes", LARGE], ids=["small", "large"])
def test_a_version_is_read_by_its_number_whatever_comes_after(server, data):
    store = store_in(server, server.new_bucket(versioning=True))
    version = store.put(KEY, _open(data), expected(data))
    assert version
    where = {"Bucket": store.bucket, "Key": f"registry/{KEY}"}
    other = server.client().put_object(**where, Body=b"other")["VersionId"]
    assert read(store, version=version) == data
    assert store.stat(KEY, version).size == len(data)
    assert read(store) == b"other"
    server.client().delete_object(**where)
    assert read(store, version=version) == data
    assert store.stat(KEY) is None
    server.client().delete_object(**where, VersionId=version)
    assert store.stat(KEY, version) is None
    with pytest.raises(StoreMissingError):
        read(store, version=version)
    assert read(store, version=other) == b"other"


def test_the_same_bytes_again_are_the_same_version(server):
    store = store_in(server, server.new_bucket(versioning=True))
    versions = {store.put(KEY, _open(b"bytes"), expected(b"bytes")) for _ in range(3)}
    assert len(versions) == 1
    assert store.copy(KEY, "copy", expected(b"bytes"))


def test_a_version_that_never_was_is_missing(server):
    store = store_in(server, server.new_bucket(versioning=True))
    put(store, KEY, b"bytes")
    other = store.put("other", _open(b"bytes"), expected(b"bytes"))
    assert store.stat(KEY, other) is None
    with pytest.raises(StoreMissingError):
        read(store, version=other)


@pytest.mark.parametrize("version", ["x", "3HL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY", "../..", "?versionId="])
def test_what_is_no_number_of_a_version_is_never_another_version(server, version):
    store = store_in(server, server.new_bucket(versioning=True))
    put(store, KEY, b"bytes")
    with pytest.raises(StoreError):
        read(store, version=version)
    with suppress(StoreError):  # S3 says 400, and with HEAD not why
        assert store.stat(KEY, version) is None


@pytest.mark.parametrize("data", [b"bytes", LARGE], ids=["small", "large"])
def test_what_is_retained_cannot_be_deleted(server, data):
    lock = {"mode": "governance", "retain": "30d"}
    store = store_in(server, server.new_bucket(object_lock=True), object_lock=lock)
    put(store, KEY, data)
    assert store.copy(KEY, "copy", expected(data))
    for key in (KEY, "copy"):
        where = {"Bucket": store.bucket, "Key": f"registry/{key}"}
        held = server.client().get_object_retention(**where)["Retention"]
        assert held["Mode"] == "GOVERNANCE"
        assert timedelta(days=29) < held["RetainUntilDate"] - datetime.now(UTC) <= timedelta(days=30)
        with pytest.raises(Exception, match="AccessDenied"):
            server.client().delete_object(**where, VersionId=store.stat(key).version)


def _open(data):

    return io.BytesIO(data)
