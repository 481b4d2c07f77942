"""Answers that no server of S3 gives: an error of the store, never a traceback, and an end to it."""

import gc
import math
import os
from contextlib import suppress

import pytest

from modelops_git.core.errors import StoreError
from objectstore.faults import Refuse, Rewrite, Without
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


def _without(name):
    def change(answer):
        answer.headers = {key: value for key, value in answer.headers.items() if key.lower() != name}

    return Rewrite(change)


def _saying(name, value):
    def change(answer):
        answer.headers[name] = value

    return Rewrite(change)


def _body(data):
    def change(answer):
        answer.status, answer.body = 200, data

    return Rewrite(change)


STRANGE = {
    "no entity tag": ("GetObject", _without("etag")),
    "no range": ("GetObject", _without("content-range")),
    "another range": ("GetObject", _saying("Content-Range", f"bytes 7-1048582/{len(DATA)}")),
    "a range of nothing": ("GetObject", _saying("Content-Range", "bytes */*")),
    "a range of letters": ("GetObject", _saying("Content-Range", "bytes a-b/c")),
    "a size beyond measure": ("GetObject", _saying("Content-Range", "bytes 0-1048575/999999999999999999")),
    "a date that is none": ("GetObject", _saying("Last-Modified", "yesterday")),
    "a number that is none": ("GetObject", _saying("x-amz-mp-parts-count", "many")),
    "ranges that are ignored": ("GetObject", Without(("range",))),
    "a version that nobody asked for": ("GetObject", _saying("x-amz-version-id", "3/L4kqtJl")),
    "a redirect": ("GetObject", Refuse("TemporaryRedirect", None, {"Location": "http://127.0.0.1:1/"})),
    "a redirect to nowhere": ("GetObject", Refuse("PermanentRedirect")),
    "no size": ("HeadObject", _without("content-length")),
    "a date in HEAD that is none": ("HeadObject", _saying("Last-Modified", "yesterday")),
    "a checksum that is none": ("HeadObject", _saying("x-amz-checksum-sha256", "====")),
    "a list that is no XML": ("ListObjectsV2", _body(b"<html>it works!")),
    "a list that is empty": ("ListObjectsV2", _body(b"")),
    "a list of another kind": ("ListObjectsV2", _body(b"<a><b/></a>")),
    "a list with a size that is none": (
        "ListObjectsV2",
        _body(b"<ListBucketResult><Contents><Key>k</Key><Size>x</Size></Contents></ListBucketResult>"),
    ),
    "a list of what was not asked for": (
        "ListObjectsV2",
        _body(b"<ListBucketResult><Contents><Key>elsewhere/k</Key></Contents></ListBucketResult>"),
    ),
    "a list without names": (
        "ListObjectsV2",
        _body(b"<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>"),
    ),
    "an error that is no XML": ("*", Rewrite(lambda answer: setattr(answer, "status", 418))),
}


@pytest.mark.parametrize(("operation", "action"), STRANGE.values(), ids=STRANGE.keys())
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # boto3 forgets to close it
def test_a_strange_answer_is_an_error_of_the_store_or_does_not_matter(held, fake_s3, operation, action):
    _is_used(held, fake_s3, operation, action, 0)
    _is_used(held, fake_s3, operation, action, 1)
    gc.collect()


def _is_used(held, fake_s3, operation, action, after):
    fake_s3.forget()
    fake_s3.fail(operation, action, after=after, times=math.inf)
    for use in (_read_right, lambda store: store.stat(KEY), lambda store: _only_ours(store.keys(""))):
        with suppress(StoreError):
            use(held)
    assert len(fake_s3.requests()) < 100


def _read_right(store):
    """Bytes that are wrong have a wrong digest; those who read compare it."""
    with store.open(KEY) as stream:
        if stream.found.size == len(DATA):
            stream.read()


def _only_ours(keys):
    assert set(keys) <= {KEY}


def test_a_list_without_end_ends(held, fake_s3):
    pages = 0

    def again(answer):
        nonlocal pages
        pages += 1
        more = b"<IsTruncated>true</IsTruncated><NextContinuationToken>%d</NextContinuationToken>" % pages
        answer.body = answer.body.replace(b"<IsTruncated>false</IsTruncated>", more if pages < 1000 else b"")

    fake_s3.fail("ListObjectsV2", Rewrite(again), times=math.inf)
    with pytest.raises(StoreError):
        list(held.keys(""))
    assert pages < 100
