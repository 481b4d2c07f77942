"""What every anchor promises, run against each."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from modelops_git.core.digests import of_bytes
from modelops_git.core.errors import AnchorError
from modelops_git.core.journal.anchor import Note
from modelops_git.core.manifests.registry import FileAnchor, ObjectLockAnchor
from modelops_git.edges.anchors import open_anchor
from modelops_git.edges.stores.s3 import client
from objectstore.faults import Refuse, Reset, Rewrite, Stall, Truncate
from objectstore.stores import forget_clients, let_in

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
SERVERS = {"S3 on SeaweedFS": "seaweed", "S3 on the fake": "fake_s3"}


def in_file(folder):
    return open_anchor(FileAnchor(type="file", uri=f"file:{folder}/notes.jsonl"), Path())


def in_bucket(server, bucket="", **more):
    said = {
        "type": "s3-object-lock",
        "uri": f"s3://{bucket or server.new_bucket(object_lock=True)}/anchors",
        "region": server.access.region,
        "endpoint_url": server.access.endpoint,
        "addressing_style": "path",
        "object_lock": {"mode": "governance", "retain": "1d"},
    }
    return open_anchor(ObjectLockAnchor.model_validate(said | more), Path())


@pytest.fixture(params=SERVERS)
def server(request, monkeypatch):
    found = request.getfixturevalue(SERVERS[request.param])
    let_in(found.access, monkeypatch)
    return found


@pytest.fixture(params=["file", *SERVERS])
def anchor(request, tmp_path, monkeypatch):
    if request.param == "file":
        return in_file(tmp_path)
    found = request.getfixturevalue(SERVERS[request.param])
    let_in(found.access, monkeypatch)
    return in_bucket(found)


def note(sequence=0, environment="production", **more):
    said = {
        "registry": "acme",
        "environment": environment,
        "sequence": sequence,
        "commit": f"{sequence:040x}",
        "digest": of_bytes(b"%d" % sequence),
        "at": AT + timedelta(seconds=sequence % 1000),
        "by": "Ana <ana@example.com>",
    }
    return Note(**{**said, **more})


def told(anchor, environment="production"):
    found = [one.note for one in anchor.notes("acme", environment)]
    return sorted(found, key=lambda one: (one.sequence, one.at))


def test_an_anchor_begins_without_notes(anchor):
    assert told(anchor) == []


def test_what_is_noted_is_read(anchor):
    notes = [note(0), note(7), note(123_456_789_012_345)]
    for one in notes:
        anchor.add(one)
    assert told(anchor) == notes
    assert all(one.is_kept for one in anchor.notes("acme", "production"))


def test_journals_do_not_mix(anchor):
    anchor.add(note(1))
    anchor.add(note(2, "staging"))
    anchor.add(note(3, registry="acme-eu"))
    assert told(anchor) == [note(1)]
    assert told(anchor, "staging") == [note(2, "staging")]


def test_the_same_tip_may_be_noted_again_later(anchor):
    anchor.add(note(4))
    anchor.add(note(4, at=AT + timedelta(days=3), by="Bo"))
    assert note(4) in told(anchor)
    assert {one.entry for one in told(anchor)} == {note(4).entry}


def test_two_histories_that_were_noted_are_both_kept(anchor):
    forged = note(4, commit="f" * 40, digest=of_bytes(b"forged"))
    anchor.add(note(4))
    anchor.add(forged)
    assert {one.commit for one in told(anchor)} == {note(4).commit, forged.commit}


def test_many_writers_lose_nothing(anchor):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(anchor.add, [note(number) for number in range(24)]))
    assert told(anchor) == [note(number) for number in range(24)]


@pytest.mark.slow
def test_more_notes_than_a_server_lists_at_once(fake_s3, monkeypatch):
    let_in(fake_s3.access, monkeypatch)
    bucket = fake_s3.new_bucket(object_lock=True)
    for number in range(1003):
        one = note(number)
        fake_s3.world.overwrite(
            bucket, f"anchors/acme/production/{number:012d}-{one.commit[:12]}.json", one.to_bytes()
        )
    assert len(told(in_bucket(fake_s3, bucket))) == 1003


# --- In a bucket


def key_of(sequence):
    return f"anchors/acme/production/{sequence:012d}-{sequence:040x}"[:-28] + ".json"


def bucket_of(anchor):
    return anchor.uri.removeprefix("s3://").partition("/")[0]


def test_a_note_in_a_bucket_is_an_object_that_is_retained(server):
    anchor = in_bucket(server)
    anchor.add(note(5))
    answer = server.client().get_object(Bucket=bucket_of(anchor), Key=key_of(5))
    assert json.loads(answer["Body"].read())["sequence"] == 5
    assert answer["ObjectLockMode"] == "GOVERNANCE"
    assert answer["ObjectLockRetainUntilDate"] > datetime.now(UTC) + timedelta(hours=23)


def test_a_note_in_a_bucket_is_retained_as_the_bucket_says_where_the_manifest_says_nothing(server):
    bucket = server.new_bucket(object_lock=True)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 2}}
    server.client().put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    anchor = in_bucket(server, bucket, object_lock=None)
    anchor.add(note(5))
    assert [one.is_kept for one in anchor.notes("acme", "production")] == [True]


def test_a_note_that_nothing_keeps_is_told_from_one_that_is_kept(server):
    anchor = in_bucket(server, server.new_bucket(), object_lock=None)
    anchor.add(note(5))
    assert list(anchor.notes("acme", "production")) == [(note(5), False)]


def test_a_note_that_was_hidden_is_read_all_the_same(server):
    anchor = in_bucket(server)
    anchor.add(note(5))
    client = server.client()
    client.delete_object(Bucket=bucket_of(anchor), Key=key_of(5))
    assert told(anchor) == [note(5)]
    other = note(5, digest=of_bytes(b"other"))
    client.put_object(Bucket=bucket_of(anchor), Key=key_of(5), Body=other.to_bytes())
    assert {one.digest for one in told(anchor)} == {note(5).digest, other.digest}


def test_another_note_in_the_place_of_one_is_refused(server):
    anchor = in_bucket(server)
    other = note(5, digest=of_bytes(b"other"))
    server.client().put_object(Bucket=bucket_of(anchor), Key=key_of(5), Body=other.to_bytes())
    with pytest.raises(AnchorError, match="has another note in the place of entry 5"):
        anchor.add(note(5))


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("anchors/acme/production/readme.txt", b"hello"),
        (key_of(5), b"hello"),
        (key_of(5), b"{}" * 4000),
        (key_of(5), note(5, registry="other").to_bytes()),
    ],
)
def test_what_is_no_note_in_a_bucket_is_refused(fake_s3, monkeypatch, key, data):
    let_in(fake_s3.access, monkeypatch)
    anchor = in_bucket(fake_s3)
    fake_s3.world.overwrite(bucket_of(anchor), key, data)
    with pytest.raises(AnchorError, match=r"is no note of a journal|a note of other/production lies in"):
        told(anchor)


def test_a_bucket_that_is_not_there_is_an_error(server):
    anchor = in_bucket(server, "no-such-bucket")
    for act in (lambda: anchor.add(note()), lambda: told(anchor)):
        with pytest.raises(AnchorError, match="there is no such bucket") as caught:
            act()
        assert caught.value.hint == "Correct `uri` of the anchor in modelops.yaml."


FAILURES = {
    "access denied": Refuse("AccessDenied"),
    "expired": Refuse("ExpiredToken"),
    "another region": Refuse("PermanentRedirect"),
    "too busy for ever": Refuse("SlowDown"),
    "reset for ever": Reset(0.0),
    "nonsense": Rewrite(lambda answer: setattr(answer, "status", 418)),
    "no XML": Rewrite(lambda answer: setattr(answer, "body", b"<html>")),
}


@pytest.mark.parametrize("action", FAILURES.values(), ids=FAILURES.keys())
@pytest.mark.usefixtures("waits")
def test_a_server_that_fails_is_an_error_and_never_an_anchor_without_notes(fake_s3, monkeypatch, action):
    let_in(fake_s3.access, monkeypatch)
    anchor = in_bucket(fake_s3)
    anchor.add(note())
    fake_s3.fail("ListObjectVersions", action, times=math.inf)
    fake_s3.fail("PutObject", Refuse("AccessDenied"), times=math.inf)
    with pytest.raises(AnchorError, match="the anchor s3://"):
        told(anchor)
    with pytest.raises(AnchorError, match="the anchor s3://"):
        anchor.add(note(1))


@pytest.mark.parametrize("action", [Reset(0.5), Truncate(0.5), Refuse("SlowDown")], ids=repr)
@pytest.mark.usefixtures("waits")
def test_what_passes_is_waited_for(fake_s3, monkeypatch, action):
    let_in(fake_s3.access, monkeypatch)
    anchor = in_bucket(fake_s3)
    anchor.add(note())
    fake_s3.fail("GetObject", action, times=2)
    assert told(anchor) == [note()]


def test_a_bucket_that_does_not_answer_is_soon_given_up(fake_s3, monkeypatch, waits):
    monkeypatch.setattr(client, "HURRIED_SECONDS", 0.2)
    forget_clients()
    let_in(fake_s3.access, monkeypatch)
    anchor = in_bucket(fake_s3)
    fault = fake_s3.fail("PutObject", Stall(0.0), times=math.inf)
    with pytest.raises(AnchorError, match="Read timeout"):
        anchor.add(note())
    assert (fault.struck, len(waits)) == (2, 1)
    forget_clients()


@pytest.mark.parametrize("uri", ["s3:bucket", "s3://user@bucket/x", "https://bucket/x", "s3://bucket/../x"])
def test_an_address_of_no_bucket_is_refused(uri):
    with pytest.raises(AnchorError, match="anchor"):
        open_anchor(ObjectLockAnchor(type="s3-object-lock", uri=uri), Path())
