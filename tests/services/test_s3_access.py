"""Who asks, and where: keys, rights, regions, certificates."""

import os
import tempfile
from dataclasses import replace

import pytest

from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import StoreMissingError
from objectstore.fake import FakeS3, Ways
from objectstore.signature import Credential
from objectstore.stores import forget_clients, let_in, store_in
from versions import put

KEY = "team/iris/1.0.0-0123456789ab/model.bin"
STORED = f"registry/{KEY}"
DATA = os.urandom((2 << 20) + 12_345)  # three ranges


@pytest.fixture
def held(store, fake_s3):
    """The store, with `DATA` in it."""
    put(store, KEY, DATA)
    fake_s3.forget()
    return store


def read(store):
    with store.open(KEY) as stream:
        return stream.read()


def test_credentials(fake_s3, held, monkeypatch):
    expired = fake_s3.admit(Credential("ASIAEXPIRED", "secret", "token", expired=True))
    let_in(expired, monkeypatch)
    with pytest.raises(StoreError, match="expired") as caught:
        read(held)
    assert "aws sso login" in caught.value.hint
    let_in(replace(fake_s3.access, secret="wrong"), monkeypatch)  # noqa: S106 - it is
    with pytest.raises(StoreError, match="secret key is not that of the access key"):
        read(held)
    with pytest.raises(StoreError, match="denied"):  # an answer to HEAD has no body that says why
        held.stat(KEY)
    let_in(replace(fake_s3.access, key="AKIANOBODY"), monkeypatch)
    with pytest.raises(StoreError, match="access"):
        held.stat(KEY)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    forget_clients()
    with pytest.raises(StoreError) as caught:
        held.stat(KEY)
    assert "AWS_ACCESS_KEY_ID" in caught.value.hint
    assert "wrong" not in caught.value.message + caught.value.hint


def test_a_bucket_in_another_region_is_used_there_or_named(fake_s3, store):
    bucket = fake_s3.new_bucket(region="ap-south-1")
    for region in ("eu-west-1", "us-east-1"):
        there = replace(store, bucket=bucket, settings=store.settings._replace(region=region))
        said = _said(lambda there=there: put(there, KEY, b"bytes")) or _said(lambda there=there: read(there))
        assert said is None or ("another region" in said.message and "ap-south-1" in said.hint)


def _said(use):
    """The error of the store, or None."""
    try:
        use()
    except StoreError as error:
        return error
    return None


def test_no_bucket_and_no_server(store):
    nowhere = replace(store, bucket="no-such-bucket")
    uses = [read, lambda store: store.stat(KEY), lambda store: list(store.keys(""))]
    for use in [*uses, lambda store: put(store, KEY, b"bytes")]:
        with pytest.raises(StoreError, match=r"no such bucket|no bucket") as caught:
            use(nowhere)
        assert not isinstance(caught.value, StoreMissingError)
    closed = replace(store, settings=store.settings._replace(endpoint_url="http://127.0.0.1:1"))
    for use in uses:
        with pytest.raises(StoreError, match=r"127\.0\.0\.1:1") as caught:
            use(closed)
        assert "endpoint_url" in caught.value.hint


def test_who_may_read_but_not_list_can_read(fake_s3, held, monkeypatch):
    denied = frozenset({"ListObjectsV2", "ListMultipartUploads", "HeadBucket"})
    let_in(fake_s3.admit(Credential("AKIAREADS", "secret", denied=denied)), monkeypatch)
    assert read(held) == DATA
    assert held.stat("nothing") is None
    with pytest.raises(StoreError, match="access is denied"):
        list(held.keys(""))


def _trailers(server):
    return {seen.headers.get("x-amz-trailer", ""): "" for seen in server.requests("PutObject")}


@pytest.mark.usefixtures("waits")
def test_over_tls_and_with_wrong_authorities(monkeypatch):
    with FakeS3(Ways(part_minimum=1), tls=True, folder=tempfile.mkdtemp()) as secure:
        let_in(secure.access, monkeypatch)
        there = store_in(secure)
        put(there, KEY, DATA)
        assert read(there) == DATA
        assert "x-amz-checksum-sha256" in secure.requests("PutObject")[0].headers | _trailers(secure)
        monkeypatch.delenv("AWS_CA_BUNDLE")
        forget_clients()
        with pytest.raises(StoreError, match=r"(?i)certificate"):
            read(there)
