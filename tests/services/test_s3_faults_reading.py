"""What goes wrong while an object is read: healed where it can be, else said, and never wrong bytes."""

import io
import math
import os
from dataclasses import replace

import pytest

from modelops_git.core.errors import StoreConflictError, StoreError
from modelops_git.edges.stores.base import StoreChangedError, StoreMissingError
from modelops_git.edges.stores.s3 import client
from modelops_git.edges.stores.s3.ranges import STALLED
from objectstore.faults import First, Flip, Length, Refuse, Reset, Stall, Truncate
from versions import expected, put

KEY = "team/iris/1.0.0-0123456789ab/model.bin"
STORED = f"registry/{KEY}"
DATA = os.urandom((2 << 20) + 12_345)  # three ranges


@pytest.fixture
def held(store, fake_s3):
    """The store, with `DATA` in it."""
    put(store, KEY, DATA)
    fake_s3.forget()
    return store


def read(store, version=""):
    with store.open(KEY, version) as stream:
        return stream.read()


HEALED = {
    "reset in the middle": [(Reset(0.5), 0, 1)],
    "reset before the first byte": [(Reset(0.0), 0, 2)],
    "ended again and again, each time a little further": [(Truncate(0.2), 0, 12)],
    "ended too early": [(Truncate(0.3), 0, 1)],
    "reset in the second range": [(Reset(0.5), 1, 1)],
    "a length that is too large": [(Length(10), 0, 1)],
    "a length that is too small": [(Length(-10), 0, 1)],
    "too busy, thrice": [(Refuse("SlowDown"), 0, 3)],
    "failing, twice, in the second range": [(Refuse("InternalError"), 1, 2)],
    "busy, then reset": [(Refuse("ServiceUnavailable"), 0, 1), (Reset(0.9), 1, 1)],
}


@pytest.mark.parametrize("faults", HEALED.values(), ids=HEALED.keys())
def test_what_passes_is_waited_for(held, fake_s3, faults):
    struck = [fake_s3.fail("GetObject", action, after=after, times=times) for action, after, times in faults]
    assert read(held) == DATA
    assert all(fault.struck == fault.times for fault in struck)


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stalls_is_asked_again(held, fake_s3):
    fake_s3.fail("GetObject", Stall(0.5))
    fake_s3.fail("GetObject", Stall(), after=1)
    assert read(held) == DATA


ENDED = {
    "reset for ever": (Reset(0.0), "broke off"),
    "too busy for ever": (Refuse("SlowDown"), "the server is busy"),
    "failing for ever": (Refuse("InternalError"), "the server failed"),
    "empty answers for ever": (Truncate(0.0), "broke off"),
}


@pytest.mark.parametrize(("action", "says"), ENDED.values(), ids=ENDED.keys())
def test_what_does_not_pass_ends_after_a_number_of_requests(held, fake_s3, waits, action, says):
    for after in (0, 1):
        fake_s3.forget()
        waits.clear()
        fake_s3.fail("GetObject", action, after=after, times=math.inf)
        with pytest.raises(StoreError, match=says):
            read(held)
        assert len(fake_s3.requests()) <= after + (STALLED + 1) * client.ATTEMPTS
        assert sum(waits) < 120


REFUSED = {
    "AccessDenied": "access is denied",
    "ExpiredToken": "the credentials have expired",
    "InvalidAccessKeyId": "does not know the access key",
    "SignatureDoesNotMatch": "secret key is not that",
    "NoSuchBucket": "there is no such bucket",
    "RequestTimeTooSkewed": "clock",
    "NotImplemented": "cannot do",
}


@pytest.mark.parametrize(("code", "says"), REFUSED.items())
@pytest.mark.parametrize("after", [0, 1])
def test_a_refusal_is_said_at_once(held, fake_s3, code, says, after):
    fault = fake_s3.fail("GetObject", Refuse(code), after=after, times=math.inf)
    with pytest.raises(StoreError, match=says) as caught:
        read(held)
    assert code in caught.value.message
    assert KEY in caught.value.message
    assert fault.struck <= 3  # in each range that was on its way


@pytest.mark.parametrize("versioned", [False, True])
def test_an_object_that_is_overwritten_between_two_ranges_is_never_mixed(fake_s3, store, versioned):
    bucket = fake_s3.new_bucket(versioning=versioned)
    store = replace(store, bucket=bucket)
    put(store, KEY, DATA)
    fake_s3.fail("GetObject", First(lambda world: world.overwrite(bucket, STORED, DATA[::-1])), after=1)
    if versioned:  # the version that was opened first stays readable
        assert read(store) == DATA
    else:
        with pytest.raises(StoreChangedError, match="replaced or deleted while it was read"):
            read(store)


@pytest.mark.parametrize("versioned", [False, True])
def test_an_object_that_is_deleted_between_two_ranges(fake_s3, store, versioned):
    bucket = fake_s3.new_bucket(versioning=versioned)
    store = replace(store, bucket=bucket)
    put(store, KEY, DATA)
    fake_s3.fail("GetObject", First(lambda world: world.delete(bucket, STORED)), after=1)
    if versioned:
        assert read(store) == DATA
    else:
        with pytest.raises(StoreChangedError):
            read(store)


def test_a_version_that_was_deleted_for_ever_is_missing(fake_s3, store):
    bucket = fake_s3.new_bucket(versioning=True)
    store = replace(store, bucket=bucket)
    first = store.put(KEY, *_source(DATA))
    fake_s3.world.delete(bucket, STORED)
    assert read(store, first) == DATA
    assert store.stat(KEY) is None
    with pytest.raises(StoreMissingError, match="delete marker"):
        read(store)
    fake_s3.world.delete(bucket, STORED, first)
    assert store.stat(KEY, first) is None
    with pytest.raises(StoreMissingError, match="has no version"):
        read(store, first)


def test_a_version_deleted_while_it_is_read(fake_s3, store):
    bucket = fake_s3.new_bucket(versioning=True)
    store = replace(store, bucket=bucket)
    first = store.put(KEY, *_source(DATA))
    fake_s3.fail("GetObject", First(lambda world: world.delete(bucket, STORED, first)), after=1)
    with pytest.raises(StoreChangedError):
        read(store)


def _source(data):
    return io.BytesIO(data), expected(data)


def test_the_number_of_a_delete_marker_is_no_version(fake_s3, store):
    bucket = fake_s3.new_bucket(versioning=True)
    store = replace(store, bucket=bucket)
    put(store, KEY, b"bytes")
    fake_s3.world.delete(bucket, STORED)
    marker = fake_s3.world.bucket(bucket).latest(STORED).id
    assert store.stat(KEY, marker) is None
    with pytest.raises(StoreMissingError):
        read(store, marker)


def test_a_flipped_bit_is_not_taken_for_what_is_stored(held, fake_s3):
    fake_s3.ways.ignores_checksums = True  # so that the bytes have to be read
    held = replace(held, bucket=fake_s3.new_bucket())
    put(held, KEY, DATA)
    for place in (0.0, 0.5, 0.999):
        fake_s3.fail("GetObject", Flip(place))
        with pytest.raises(StoreConflictError, match="other bytes"):
            put(held, KEY, DATA)
    assert held.copy(KEY, "copy", expected(DATA)) is not None
    fake_s3.fail("GetObject", Flip())
    assert held.copy(KEY, "copy-of-damage", expected(DATA)) is None
