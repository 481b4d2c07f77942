"""`verify` and `pull` in S3 while something goes wrong: the right finding and exit code, no wrong bytes."""

import errno
import math
from unittest.mock import patch

import pytest

from modelops_git.edges.stores import publishing
from objectstore.depot import BUCKET, FILES, new_depot
from objectstore.faults import First, Flip, Length, Refuse, Reset, Rewrite, Stall, Truncate, Without


@pytest.fixture(scope="module")
def _registered(_fake, tmp_path_factory):
    desk = new_depot(_fake, tmp_path_factory.mktemp("depot"))
    assert desk.publish().code == 0
    return desk, {key: _fake.read(BUCKET, key) for key in _fake.keys(BUCKET)}


@pytest.fixture
def desk(_registered, fake_s3, waits):  # noqa: ARG001 - nobody waits
    """A desk with a version that is registered, and nothing wrong yet."""
    desk, objects = _registered
    desk.forget()
    fake_s3.new_bucket()
    for key, data in objects.items():
        fake_s3.world.overwrite(BUCKET, key, data)
    return desk


@pytest.fixture
def keys(_registered):
    """The key of each file."""
    return {key.rpartition("/")[2]: key for key in _registered[1]}


def test_what_is_registered_is_verified_and_pulled(desk, fake_s3):
    assert desk.verified() == (0, [])
    assert {seen.operation for seen in fake_s3.requests()} == {"GetObject", "ListObjectsV2"}
    done, placed = desk.pull()
    assert (done.code, placed) == (0, FILES)


def test_what_is_verified_by_what_the_store_says_takes_one_request_a_file(desk, fake_s3):
    desk.verified("--mode", "metadata")
    assert len(fake_s3.requests("HeadObject")) == len(FILES)
    assert fake_s3.requests("GetObject") == []
    assert len(fake_s3.requests()) <= len(FILES) + 2  # the list, in pages


def _swapped(data):
    return data[::-1]


CHANGED = {
    "other bytes": (
        lambda world, bucket, key: world.overwrite(bucket, key, FILES["weights.bin"][::-1]),
        ["MOG403"],
    ),
    "a bad disk": (lambda world, bucket, key: world.tamper(bucket, key, _swapped), ["MOG403"]),
    "fewer bytes": (lambda world, bucket, key: world.overwrite(bucket, key, b"few"), ["MOG402"]),
    "no bytes": (lambda world, bucket, key: world.overwrite(bucket, key, b""), ["MOG402"]),
    "more bytes": (
        lambda world, bucket, key: world.overwrite(bucket, key, FILES["weights.bin"] + b"x"),
        ["MOG402"],
    ),
    "nothing": (lambda world, bucket, key: world.delete(bucket, key), ["MOG401"]),
    "another name": (
        lambda world, bucket, key: (world.overwrite(bucket, key + "2", b"x"), world.delete(bucket, key)),
        ["MOG401", "MOG404"],
    ),
    "one more": (lambda world, bucket, key: world.overwrite(bucket, key + "/more", b"x"), ["MOG404"]),
}


@pytest.mark.parametrize(("change", "wanted"), CHANGED.values(), ids=CHANGED.keys())
def test_what_was_changed_in_the_bucket_is_found(desk, fake_s3, keys, change, wanted):
    change(fake_s3.world, BUCKET, keys["weights.bin"])
    assert desk.verified() == (1, wanted)
    done, placed = desk.pull()
    assert (done.code, placed) == ((1, {}) if wanted != ["MOG404"] else (0, FILES))


HEALED = {
    "reset": Reset(0.5),
    "ended too early": Truncate(0.5),
    "too busy": Refuse("SlowDown"),
    "failing": Refuse("InternalError"),
    "too short": Length(-1000),
    "too long": Length(1000),
}


@pytest.mark.parametrize("action", HEALED.values(), ids=HEALED.keys())
def test_what_passes_is_waited_for(desk, fake_s3, action):
    fake_s3.fail("GetObject", action, times=3)
    assert desk.verified() == (0, [])
    fake_s3.fail("GetObject", action, after=1, times=3)
    done, placed = desk.pull()
    assert (done.code, placed) == (0, FILES)


WORLD = {
    "access denied": Refuse("AccessDenied"),
    "expired": Refuse("ExpiredToken"),
    "no bucket": Refuse("NoSuchBucket"),
    "another region": Refuse("PermanentRedirect"),
    "too busy for ever": Refuse("SlowDown"),
    "reset for ever": Reset(0.0),
    "nonsense": Rewrite(lambda answer: setattr(answer, "status", 418)),
}


@pytest.mark.parametrize("action", WORLD.values(), ids=WORLD.keys())
def test_what_does_not_pass_is_never_taken_for_right_or_wrong(desk, fake_s3, action):
    fake_s3.fail("*", action, times=math.inf)
    assert desk.verified() == (3, ["MOG413"])
    assert desk.verified("--mode", "metadata") == (3, ["MOG413"])
    done, placed = desk.pull()
    assert (done.code, placed) == (3, {})
    assert "MOG413" in done.out + done.err
    assert len(fake_s3.requests()) < 1500  # boto3 follows redirects as far as the stack is deep


def test_a_list_that_is_refused_proves_nothing(desk, fake_s3):
    fake_s3.fail("ListObjectsV2", Refuse("AccessDenied"), times=math.inf)
    assert desk.verified() == (3, ["MOG413"])


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stalls_for_ever(desk, fake_s3):
    fake_s3.fail("GetObject", Stall(0.3), times=math.inf)
    assert desk.verified() == (3, ["MOG413"])
    assert desk.pull()[1] == {}


def test_a_flipped_bit_is_found_and_not_kept(desk, fake_s3):
    for operation in ("verify", "pull"):
        fault = fake_s3.fail("GetObject", Flip(), key="*weights.bin", times=1)
        done = desk.modelops("verify", check=False) if operation == "verify" else desk.pull()[0]
        assert (done.code, fault.struck) == (1, 1)
        assert "MOG403" in done.out + done.err
        assert not (desk.folder / "pulled").exists()
    done, placed = desk.pull()  # nothing wrong stayed in the cache
    assert (done.code, placed) == (0, FILES)


@pytest.mark.parametrize("ignores", [False, True], ids=["", "by a server that knows no conditions"])
def test_an_object_that_is_overwritten_while_it_is_read_is_no_file(desk, fake_s3, keys, ignores):
    other = FILES["weights.bin"][::-1]
    fake_s3.ways.ignores_conditions = ignores
    change = First(lambda world: world.overwrite(BUCKET, keys["weights.bin"], other))
    fake_s3.fail("GetObject", change, key="*weights.bin", after=1)
    assert desk.verified() == (3, ["MOG413"])
    assert desk.verified() == (1, ["MOG403"])
    assert desk.pull()[1] == {}


def test_ranges_that_are_ignored_give_no_wrong_file(desk, fake_s3):
    fake_s3.fail("GetObject", Without(("range",)), times=math.inf)
    _, placed = desk.pull()
    assert placed in ({}, FILES)


def test_a_disk_that_is_full_while_pulling_leaves_no_half_file(desk):
    full = OSError(errno.ENOSPC, "No space left on device")

    def fill(file, source, *_):
        file.write(source.read(1000))
        raise full

    with patch.object(publishing, "fill", fill):
        done, placed = desk.pull()
    assert done.code == 3
    assert "No space left" in done.out + done.err
    assert placed == {}
    assert [path for path in desk.home.rglob("*") if path.is_file() and path.suffix == ".part"] == []
    assert desk.pull()[1] == FILES
