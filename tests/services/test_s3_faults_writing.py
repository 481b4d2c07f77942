"""What goes wrong while an object is written: whole or not at all, and no part of it left behind."""

import io
import math
import os
from contextlib import suppress

import pytest

from modelops_git.core.errors import StoreConflictError, StoreError
from modelops_git.edges.stores.base import StoreMismatchError
from modelops_git.edges.stores.s3 import client
from objectstore.faults import ErrorInside, First, Lost, Refuse, Reset, Rewrite, Stall
from objectstore.signature import Credential
from objectstore.stores import let_in
from versions import expected, put

KEY = "team/iris/1.0.0-0123456789ab/model.bin"
STORED = f"registry/{KEY}"
SMALL = os.urandom(50_000)
LARGE = os.urandom(300_000)  # five parts, where parts are small
ONE, PARTS = "PutObject", "CompleteMultipartUpload"

pytestmark = pytest.mark.usefixtures("small_parts")


@pytest.fixture
def bucket(store):
    return store.bucket


def is_stored(fake_s3, store, data):
    """Whether nothing but this is there, once, with nothing left of uploads."""
    return (
        fake_s3.keys(store.bucket) == [STORED]
        and fake_s3.read(store.bucket, STORED) == data
        and fake_s3.open_uploads() == []
    )


def is_empty(fake_s3, store):
    return fake_s3.keys(store.bucket) == [] and fake_s3.open_uploads() == []


PASSES = {
    "too busy": (Refuse("SlowDown"), 3),
    "failing": (Refuse("InternalError"), 2),
    "reset in the middle": (Reset(0.5), 2),
    "slow": (Refuse("RequestTimeout"), 1),
    "the answer is lost": (Lost(), 1),
    "the answer is lost, thrice": (Lost(), 3),
}


@pytest.mark.parametrize(("action", "times"), PASSES.values(), ids=PASSES.keys())
def test_what_passes_is_waited_for(store, fake_s3, action, times):
    fault = fake_s3.fail("PutObject", action, times=times)
    put(store, KEY, SMALL)
    assert is_stored(fake_s3, store, SMALL)
    assert fault.struck == times if not isinstance(action, Lost) else fault.struck


@pytest.mark.parametrize("operation", ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"])
@pytest.mark.parametrize(("action", "times"), PASSES.values(), ids=PASSES.keys())
def test_what_passes_is_waited_for_in_each_step_of_an_upload(store, fake_s3, operation, action, times):
    fake_s3.fail(operation, action, times=times)
    put(store, KEY, LARGE)
    assert fake_s3.read(store.bucket, STORED) == LARGE
    begun = [seen for seen in fake_s3.requests("CreateMultipartUpload") if seen.status in {0, 200}]
    assert (
        len(fake_s3.open_uploads()) == len(begun) - 1
    )  # those whose numbers never arrived; they have no parts


def test_an_error_inside_of_a_good_answer_is_an_error(store, fake_s3):
    fake_s3.fail(PARTS, ErrorInside("InternalError"), times=2)
    put(store, KEY, LARGE)
    assert is_stored(fake_s3, store, LARGE)
    fake_s3.fail(PARTS, ErrorInside("InternalError"), times=math.inf)
    with pytest.raises(StoreError, match="the server failed"):
        put(store, "other", LARGE)
    assert is_stored(fake_s3, store, LARGE)


STEPS = [ONE, "CreateMultipartUpload", "UploadPart", PARTS]


def _data(operation):
    return SMALL if operation == ONE else LARGE


@pytest.mark.parametrize("operation", STEPS)
@pytest.mark.parametrize(
    "code", ["AccessDenied", "ExpiredToken", "BadDigest", "InvalidRequest", "NoSuchBucket"]
)
@pytest.mark.parametrize("after", [0, 2])
def test_what_is_refused_is_said_and_leaves_nothing(store, fake_s3, operation, code, after):
    fault = fake_s3.fail(
        operation, Refuse(code), after=after if operation == "UploadPart" else 0, times=math.inf
    )
    with pytest.raises(StoreError, match=code) as caught:
        put(store, KEY, _data(operation))
    assert not isinstance(caught.value, StoreConflictError)
    assert is_empty(fake_s3, store)
    assert fault.struck <= 5


@pytest.mark.parametrize("operation", STEPS)
@pytest.mark.parametrize(
    "action", [Refuse("SlowDown"), Refuse("InternalError"), Reset(0.5), Lost()], ids=repr
)
def test_what_does_not_pass_ends_and_leaves_nothing(store, fake_s3, operation, action, waits):
    fake_s3.fail(operation, action, times=math.inf)
    try:
        put(store, KEY, _data(operation))
    except StoreError:
        assert fake_s3.keys(store.bucket) == [] or isinstance(action, Lost)
    else:  # it was stored each time, and only the answer was lost
        assert fake_s3.read(store.bucket, STORED) == _data(operation)
    if operation != "CreateMultipartUpload":
        assert fake_s3.open_uploads() == []
    assert len(fake_s3.requests(operation)) <= 5 * client.ATTEMPTS
    assert sum(waits) < 300


@pytest.mark.parametrize("operation", [ONE, PARTS])
@pytest.mark.parametrize("is_same", [True, False])
def test_another_writer_who_is_faster(store, fake_s3, bucket, operation, is_same):
    data = _data(operation)
    other = data if is_same else data[::-1]
    fake_s3.fail(operation, First(lambda world: world.overwrite(bucket, STORED, other)))
    if is_same:
        put(store, KEY, data)
    else:
        with pytest.raises(StoreConflictError, match="other bytes"):
            put(store, KEY, data)
    assert is_stored(fake_s3, store, other)


@pytest.mark.parametrize("operation", [ONE, PARTS])
def test_a_write_that_meets_another_is_tried_again(store, fake_s3, operation):
    fake_s3.fail(operation, Refuse("ConditionalRequestConflict"), times=3)
    put(store, KEY, _data(operation))
    assert is_stored(fake_s3, store, _data(operation))
    fake_s3.fail(operation, Refuse("ConditionalRequestConflict"), times=math.inf)
    with pytest.raises(StoreError):
        put(store, "other", _data(operation))
    assert is_stored(fake_s3, store, _data(operation))


class Source(io.BytesIO):
    """Fails when it was read as far as `at`."""

    at = 200_000
    error = KeyboardInterrupt

    def readinto(self, buffer):
        if self.tell() >= self.at:
            raise self.error
        return super().readinto(memoryview(buffer)[:40_000])


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, MemoryError])
def test_a_source_that_fails_or_a_user_who_stops_leaves_no_part(store, fake_s3, error):
    source = Source(LARGE)
    source.error = error
    with pytest.raises(error):
        store.put(KEY, source, expected(LARGE))
    assert fake_s3.requests("CreateMultipartUpload")
    assert is_empty(fake_s3, store)


@pytest.mark.usefixtures("impatient")
def test_nothing_is_tried_again_once_the_user_has_stopped(store, fake_s3):
    fake_s3.fail("UploadPart", Stall(), times=math.inf)
    with pytest.raises(KeyboardInterrupt):
        store.put(KEY, Source(LARGE), expected(LARGE))
    assert len(fake_s3.requests("UploadPart")) <= 200_000 // (1 << 16)
    assert is_empty(fake_s3, store)


@pytest.mark.parametrize("held", [LARGE[:-1], LARGE + b"x", LARGE[::-1], b""])
def test_bytes_that_are_not_the_expected_ones_leave_no_part(store, fake_s3, held):
    with pytest.raises(StoreMismatchError):
        store.put(KEY, io.BytesIO(held), expected(LARGE))
    assert is_empty(fake_s3, store)


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stalls_while_bytes_are_sent(store, fake_s3):
    fake_s3.fail("UploadPart", Stall(), times=2)
    fake_s3.fail(PARTS, Stall())
    put(store, KEY, LARGE)
    assert is_stored(fake_s3, store, LARGE)


def test_who_may_not_abort_is_told_what_went_wrong_first(store, fake_s3, monkeypatch):
    denied = frozenset({"AbortMultipartUpload", "ListMultipartUploads"})
    let_in(fake_s3.admit(Credential("AKIAWRITES", "secret", denied=denied)), monkeypatch)
    put(store, "fine", LARGE)
    fake_s3.fail("UploadPart", Refuse("BadDigest"), times=math.inf)
    with pytest.raises(StoreError, match="other bytes than were sent"):
        put(store, KEY, LARGE)


STRANGE = {
    "no number of the upload": "CreateMultipartUpload",
    "no entity tag": "UploadPart",
    "nothing": PARTS,
}


@pytest.mark.parametrize("operation", STRANGE.values(), ids=STRANGE.keys())
def test_a_strange_answer_to_an_upload_is_an_error_of_the_store(store, fake_s3, operation):
    def change(answer):
        answer.headers.pop("ETag", None)
        answer.body = b"" if operation == "UploadPart" else b"<Result/>"

    fake_s3.fail(operation, Rewrite(change), times=math.inf)
    with suppress(StoreError):
        put(store, KEY, LARGE)
    assert operation == "CreateMultipartUpload" or fake_s3.open_uploads() == []
