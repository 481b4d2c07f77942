"""`register` into S3 while something goes wrong: all of it or nothing, and no part left behind."""

import math
import signal
import subprocess
import time

import pytest

from objectstore.depot import BUCKET, FILES, LONG, SAID, new_depot
from objectstore.faults import Lost, Refuse, Reset, Stall
from shop import MODELOPS
from workshop import refused


@pytest.fixture
def depot(fake_s3, tmp_path, waits, request):  # noqa: ARG001 - nobody waits
    """A desk with files to register, and an empty bucket."""
    return new_depot(fake_s3, tmp_path, versioning=getattr(request, "param", False))


REGISTERED = {
    "too busy": Refuse("SlowDown"),
    "reset": Reset(0.5),
    "the answer is lost": Lost(),
    "another was in the way": Refuse("ConditionalRequestConflict"),
}


@pytest.mark.parametrize("action", REGISTERED.values(), ids=REGISTERED.keys())
def test_register_waits_for_what_passes(depot, fake_s3, action):
    fake_s3.fail("PutObject", action, times=3)
    done = depot.publish()
    assert done.code == 0, done
    assert sorted(key.rpartition("/")[2] for key in fake_s3.keys(BUCKET)) == sorted(FILES)
    assert depot.verified() == (0, [])


@pytest.mark.parametrize("code", ["AccessDenied", "ExpiredToken", "SlowDown", "BadDigest"])
def test_register_says_what_does_not_pass_and_writes_no_manifest(depot, fake_s3, code):
    fake_s3.fail("PutObject", Refuse(code), key="*weights.bin", times=math.inf)
    refused(depot.publish(), code, "weights.bin", code=3)
    assert depot.git("status", "--porcelain") == ""
    fake_s3.faults.clear()
    fake_s3.forget()
    assert depot.publish().code == 0
    assert depot.verified() == (0, [])
    sent = [seen for seen in fake_s3.requests("PutObject") if seen.status == 200]
    assert len(sent) <= len(FILES)


def test_other_bytes_under_a_key_of_the_version_stop_its_registration(depot, fake_s3):
    depot.publish()
    depot.git("clean", "--quiet", "-fd")
    key = next(key for key in fake_s3.keys(BUCKET) if key.endswith("notes.txt"))
    fake_s3.world.overwrite(BUCKET, key, b"not those")
    refused(depot.publish(), "other bytes", "notes.txt", code=3)
    assert depot.git("status", "--porcelain") == ""
    assert fake_s3.read(BUCKET, key) == b"not those"


@pytest.mark.parametrize("depot", [True], indirect=True, ids=["versions"])
def test_versions_are_recorded_and_used_for_every_later_read(depot, fake_s3):
    depot.publish()
    rows = depot.written("1.0.0")["artifacts"]
    bucket = fake_s3.world.bucket(BUCKET)
    numbers = {key.rpartition("/")[2]: bucket.current(key).id for key in fake_s3.keys(BUCKET)}
    assert {row["path"]: row.get("version_id") for row in rows} == numbers
    key = next(key for key in fake_s3.keys(BUCKET) if key.endswith("weights.bin"))
    fake_s3.world.overwrite(BUCKET, key, FILES["weights.bin"])
    assert depot.verified() == (1, ["MOG403"])  # the same bytes, but a model server reads another object
    fake_s3.world.delete(BUCKET, key, bucket.current(key).id)
    assert depot.verified() == (0, [])
    fake_s3.world.delete(BUCKET, key)
    assert depot.verified() == (1, ["MOG401"])


def test_an_interrupt_while_parts_are_sent_leaves_none(depot, fake_s3):
    depot.file("v/weights.bin", LONG * 16)
    fake_s3.fail("UploadPart", Stall(), after=2, times=math.inf)
    words = ["register", "iris", depot.folder / "out/v", *SAID]
    process = subprocess.Popen(
        [MODELOPS, *map(str, words)],
        cwd=depot.clone,
        env=depot.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + 60
        while (
            len(fake_s3.requests("UploadPart")) < 2 and process.poll() is None and time.monotonic() < deadline
        ):
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        fake_s3.stopped.set()  # what stalls is let go
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, (out, err)
    assert b"Traceback" not in err
    assert fake_s3.open_uploads() == []
    assert not [key for key in fake_s3.keys(BUCKET) if key.endswith("weights.bin")]
