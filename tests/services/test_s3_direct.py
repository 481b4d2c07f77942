"""Requests that are signed and sent here: as boto3 would, and by boto3 where anything is unusual."""

import io
import os
from dataclasses import replace

import pytest

from modelops_git.edges.stores.s3 import client
from objectstore.faults import Refuse, Truncate
from objectstore.signature import Credential
from objectstore.stores import let_in, store_in
from versions import expected, put

KEYS = ["a", "m/1-0/模 型.bin", "m/1-0/50%25 & more+='~*(x)!.bin", "m/" + "long/" * 40 + "z", "m/é/-._?#@$"]
LARGE = os.urandom((2 << 20) + 12_345)  # three ranges


@pytest.fixture(params=["seaweed", "fake_s3"])
def server(request, monkeypatch):
    found = request.getfixturevalue(request.param)
    let_in(found.access, monkeypatch)
    return found


@pytest.fixture
def calls():
    """Gives a list that grows by each request that boto3 makes for an object, of the client of a store."""
    registered = []

    def counted(store):
        made = []
        events = client.client_of(store.settings).meta.events
        events.register("before-call.s3.GetObject", note := lambda **_: made.append(1))
        registered.append((events, note))
        return made

    yield counted
    for events, note in registered:
        events.unregister("before-call.s3.GetObject", note)


def read(store, key, version=""):
    with store.open(key, version) as stream:
        return stream.read()


def test_one_object_is_read_by_boto3_and_all_others_of_the_bucket_as_that_one_was(server, calls):
    store = store_in(server, server.new_bucket(versioning=True))
    versions = [store.put(key, *_source(key.encode())) for key in KEYS]
    put(store, "large", LARGE)
    put(store, "empty", b"")
    made = calls(store)
    assert [read(store, key) for key in KEYS] == [key.encode() for key in KEYS]
    assert [read(store, *one) for one in zip(KEYS, versions, strict=True)] == [key.encode() for key in KEYS]
    assert read(store, "large") == LARGE
    assert len(made) == 1
    assert read(store, "empty") == b""


def _source(data):
    return io.BytesIO(data), expected(data)


def test_requests_say_what_those_of_boto3_say(store, fake_s3):
    for key in KEYS[:2]:
        put(store, key, b"bytes")
    for key in KEYS[:2]:
        read(store, key)
    first, second = (one.headers for one in fake_s3.requests("GetObject"))
    for name in ("range", "user-agent", "x-amz-content-sha256", "host"):
        assert first[name] == second[name]
    assert "modelops-git" in second["user-agent"]


@pytest.mark.parametrize("action", [Refuse("SlowDown"), Refuse("ExpiredToken")])
def test_what_is_unusual_is_asked_for_by_boto3_and_learned_anew(store, fake_s3, calls, action):
    put(store, "a", b"bytes")
    read(store, "a")
    made = calls(store)
    fake_s3.fail("GetObject", action)
    assert [read(store, "a"), read(store, "a")] == [b"bytes"] * 2
    assert len(made) == 1


def test_a_body_that_ends_too_early_is_gone_on_with(store, fake_s3):
    put(store, "large", LARGE)
    read(store, "large")
    fake_s3.fail("GetObject", Truncate(0.3), times=5)
    assert read(store, "large") == LARGE


def test_credentials_that_were_renewed_are_used_at_once(store, fake_s3, monkeypatch):
    fake_s3.admit(Credential("AKIARENEWED", "another", "token"))
    put(store, "a", b"bytes")
    read(store, "a")
    held = client.client_of(store.settings)._request_signer._credentials
    for name, value in (("access_key", "AKIARENEWED"), ("secret_key", "another"), ("token", "token")):
        monkeypatch.setattr(held, name, value)
    assert read(store, "a") == b"bytes"
    first, second = fake_s3.requests("GetObject")
    assert "AKIARENEWED" not in first.headers["authorization"]
    assert "AKIARENEWED" in second.headers["authorization"]


def test_a_bucket_in_another_region_is_asked_there(fake_s3, store, calls):
    there = replace(store, bucket=fake_s3.new_bucket(region="ap-south-1"))
    put(there, "a", b"bytes")
    made = calls(there)
    read(there, "a")
    fake_s3.forget()
    assert read(there, "a") == b"bytes"
    assert len(made) == 1
    assert len(fake_s3.requests()) == 1
    assert "ap-south-1" in fake_s3.requests()[0].headers["authorization"]


def test_times_are_those_that_botocore_reads():
    from botocore.utils import parse_timestamp

    usual = ("2026-11-21T01:02:03.000Z", "2026-11-21T01:02:03Z")
    for said in (*usual, "Sat, 21 Nov 2026 01:02:03 GMT", "1795222923"):
        assert client._time_of(said) == parse_timestamp(said)
    for wrong in ("2026-13-40T01:02:03Z", "yesterday"):
        with pytest.raises(ValueError, match="timestamp"):
            client._time_of(wrong)
