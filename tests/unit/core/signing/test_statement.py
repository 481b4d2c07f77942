"""What is signed."""

from __future__ import annotations

import hashlib
import json

import pytest

import signatory
from modelops_git.core.signing.faults import UnsoundError
from modelops_git.core.signing.statement import (
    PAYLOAD_TYPE,
    Resource,
    encoded_for_signing,
    read_statement,
    root_digest,
    write_statement,
)

A, B = Resource("a.bin", "a" * 64), Resource("b.bin", "b" * 64)


def changed(change):
    value = json.loads(write_statement("iris", [A, B]))
    change(value)
    return json.dumps(value).encode()


def refused(payload):
    with pytest.raises(UnsoundError) as caught:
        read_statement(payload)
    return str(caught.value)


def test_what_is_written_is_read():
    assert read_statement(signatory.statement()) == tuple(
        sorted(signatory.resources(signatory.FILES), key=lambda one: one.name.split("/"))
    )


def test_the_order_is_that_of_paths_not_of_texts():
    names = [one.name for one in read_statement(signatory.statement({"a/b": b"", "a-b": b"", "a.b": b""}))]
    assert names == ["a/b", "a-b", "a.b"]


def test_the_subject_has_the_digest_of_the_digests():
    wanted = hashlib.sha256(bytes.fromhex("a" * 64) + bytes.fromhex("b" * 64)).hexdigest()
    assert root_digest([A, B]) == wanted != root_digest([B, A])
    assert json.loads(write_statement("iris", [B, A]))["subject"] == [
        {"name": "iris", "digest": {"sha256": wanted}}
    ]


def test_the_bytes_that_are_signed_are_those_of_dsse():
    """The example of the protocol's own page."""
    assert (
        encoded_for_signing(b"hello world", "http://example.com/HelloWorld")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert encoded_for_signing(b"x").startswith(f"DSSEv1 28 {PAYLOAD_TYPE} 1 ".encode())


def test_fields_that_the_standard_does_not_name_are_ignored_as_it_says():
    def add(value):
        value["predicate"]["card"] = {"licence": "MIT"}
        value["predicate"]["resources"][0]["size"] = 3
        value["predicate"]["serialization"]["ignore_paths"] = ["model.sig"]

    assert read_statement(changed(add)) == (A, B)


CHANGES = {
    "another type": (lambda value: value.update(_type="https://in-toto.io/Statement/v0.1"), "_type"),
    "another predicate": (
        lambda value: value.update(predicateType="https://model_signing/Digests/v0.1"),
        "predicateType",
    ),
    "shards": (lambda value: value["predicate"]["serialization"].update(method="shards"), "method"),
    "another hash": (lambda value: value["predicate"]["serialization"].update(hash_type="blake3"), "blake3"),
    "a hash of its own": (
        lambda value: value["predicate"]["resources"][0].update(algorithm="md5"),
        "algorithm",
    ),
    "no resources": (lambda value: value["predicate"].update(resources=[]), "lists no file"),
    "resources that are no list": (lambda value: value["predicate"].update(resources={}), "not a list"),
    "a resource that is a text": (lambda value: value["predicate"].update(resources=["a"]), "no object"),
    "a resource twice": (
        lambda value: value["predicate"]["resources"].append(value["predicate"]["resources"][0]),
        "twice",
    ),
    "upper-case digest": (
        lambda value: value["predicate"]["resources"][0].update(digest="A" * 64),
        "64 lower-case",
    ),
    "a digest with a line break": (
        lambda value: value["predicate"]["resources"][0].update(digest="a" * 64 + "\n"),
        "64 lower-case",
    ),
    "another root": (
        lambda value: value["subject"][0]["digest"].update(sha256="0" * 64),
        "the digest of its subject",
    ),
    "no subject": (lambda value: value.update(subject=[]), "exactly one subject"),
    "two subjects": (lambda value: value["subject"].append(value["subject"][0]), "exactly one subject"),
    "a subject without a digest": (lambda value: value["subject"][0].pop("digest"), "digest"),
    "resources in another order": (
        lambda value: value["predicate"]["resources"].reverse(),
        "the digest of its subject",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_no_statement_of_the_standard_is_refused(what):
    change, said = CHANGES[what]
    assert said in refused(changed(change))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"{",
        b'{"_type": 1}',
        b'{"_type": NaN}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"_type": "a", "_type": "b"}',
        b"1" * 10_000,
        signatory.statement() + b"{}",
    ],
    ids=range(12),
)
def test_what_is_no_json_object_is_refused(payload):
    assert refused(payload)
