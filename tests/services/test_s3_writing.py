"""What the store asks of a server to write: nothing twice, copies inside, retention, and old servers."""

import math
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from modelops_git.core.errors import StoreConflictError, StoreError
from objectstore.faults import First, Refuse
from versions import expected, put

KEY = "team/iris/1.0.0-0123456789ab/model.bin"
STORED = f"registry/{KEY}"
SMALL = os.urandom(50_000)
LARGE = os.urandom(300_000)  # five parts, where parts are small

pytestmark = pytest.mark.usefixtures("small_parts")


def test_what_is_stored_already_is_not_sent_again(store, fake_s3):
    for data, key in ((SMALL, KEY), (LARGE, "large")):
        put(store, key, data)
        fake_s3.forget()
        put(store, key, data)
        assert not [seen for seen in fake_s3.requests() if seen.received]


def test_bytes_that_another_key_has_are_copied_inside_the_store(store, fake_s3):
    for data, key in ((SMALL, "small"), (LARGE, "large")):
        put(store, key, data)
        fake_s3.forget()
        assert store.copy(key, f"{key}-again", expected(data)) is not None
        assert sum(seen.received for seen in fake_s3.requests()) < 2000
        assert fake_s3.read(store.bucket, f"registry/{key}-again") == data
    assert fake_s3.open_uploads() == []


@pytest.mark.parametrize("is_versioned", [False, True])
def test_a_source_that_is_overwritten_before_it_is_copied(store, fake_s3, is_versioned):
    store = replace(store, bucket=fake_s3.new_bucket(versioning=is_versioned))
    put(store, "from", LARGE)

    def overwrite(world):
        world.overwrite(store.bucket, "registry/from", LARGE[::-1])

    for operation in ("UploadPartCopy", "CopyObject"):
        fake_s3.fail(operation, First(overwrite))
    try:
        copied = store.copy("from", KEY, expected(LARGE))
    except StoreError:
        copied = None
    if copied is None:
        assert STORED not in fake_s3.keys(store.bucket)
    else:
        assert fake_s3.read(store.bucket, STORED) == LARGE
    assert fake_s3.open_uploads() == []


@pytest.mark.parametrize("code", ["AccessDenied", "NotImplemented", "NoSuchKey", "InternalError"])
def test_a_copy_that_is_refused_leaves_nothing(store, fake_s3, code):
    put(store, "from", LARGE)
    for operation in ("UploadPartCopy", "CopyObject"):
        fake_s3.fail(operation, Refuse(code), times=math.inf)
    assert store.copy("from", KEY, expected(LARGE)) is None
    assert fake_s3.keys(store.bucket) == ["registry/from"]
    assert fake_s3.open_uploads() == []


def test_a_server_that_takes_no_new_checksums(store, fake_s3):
    fake_s3.ways.refused = frozenset({"*"})
    for data in (SMALL, LARGE):
        with pytest.raises(StoreError) as caught:
            put(store, KEY, data)
        assert "checksum_mode: when_required" in caught.value.hint
    old = replace(store, settings=store.settings._replace(checksum_mode="when_required"))
    put(old, KEY, SMALL)
    put(old, "large", LARGE)
    assert old.copy("large", "copy", expected(LARGE)) is not None
    assert fake_s3.read(store.bucket, "registry/copy") == LARGE
    with old.open(KEY) as stream:
        assert stream.read() == SMALL
    assert old.stat(KEY).size == len(SMALL)
    with pytest.raises(StoreConflictError):
        put(old, KEY, SMALL[::-1])


def test_a_retention_is_asked_for_in_each_way_of_writing(store, fake_s3):
    locked = replace(
        store,
        bucket=fake_s3.new_bucket(object_lock=True),
        settings=store.settings._replace(lock_mode="COMPLIANCE", lock_for=timedelta(days=365)),
    )
    put(locked, "small", SMALL)
    put(locked, "large", LARGE)
    locked.copy("large", "copy", expected(LARGE))
    for key in ("small", "large", "copy"):
        held = fake_s3.world.bucket(locked.bucket).current(f"registry/{key}").retention
        assert held.mode == "COMPLIANCE"
        assert timedelta(days=364) < held.until - datetime.now(UTC) <= timedelta(days=365)
    without = replace(locked, bucket=store.bucket)
    for data in (SMALL, LARGE):
        with pytest.raises(StoreError, match="Object Lock"):
            put(without, KEY, data)
