"""Bundles, whole and otherwise."""

from __future__ import annotations

import json

import pytest

import signatory
from modelops_git.core.signing.bundle import MAX_BUNDLE, MAX_PARTS, read_bundle
from modelops_git.core.signing.faults import UnsoundError
from modelops_git.core.signing.statement import read_statement

BUNDLE = signatory.sign_with()(signatory.statement())


def refused(data):
    with pytest.raises(UnsoundError) as caught:
        read_bundle(data)
    return str(caught.value)


def test_what_is_written_is_read():
    bundle = read_bundle(BUNDLE)
    assert bundle.payload == signatory.statement()
    assert bundle.hint == signatory.sign_with().public.hint
    assert not bundle.is_keyless


@pytest.mark.parametrize(
    ("name", "is_keyless", "has_hint"),
    [("key-1.1.0", False, True), ("keyless-1.0.0", True, False), ("keyless-1.1.0", True, False)],
)
def test_bundles_of_other_releases_are_read(name, is_keyless, has_hint):
    bundle = read_bundle((signatory.GOLDEN / f"{name}.json").read_bytes())
    assert (bundle.is_keyless, bool(bundle.hint)) == (is_keyless, has_hint)
    assert [one.name for one in read_statement(bundle.payload)] == ["signme-1", "signme-2"]


def test_a_signature_over_a_file_and_not_over_its_folder_is_refused():
    bundle = read_bundle((signatory.GOLDEN / "key-1.0.0.json").read_bytes())
    assert bundle.hint == ""
    with pytest.raises(UnsoundError, match="a file without its name") as caught:
        read_statement(bundle.payload)
    assert "modelops sign" in caught.value.hint


@pytest.mark.parametrize("release", ["0.2.0", "1.1.0"])
def test_chains_of_certificates_are_refused_by_name(release):
    data = (signatory.GOLDEN / f"certificate-{release}.json").read_bytes()
    assert "chain of certificates" in refused(data)


def envelope(value):
    return value["dsseEnvelope"]


def material(value):
    return value["verificationMaterial"]


CHANGES = {
    "another media type": (lambda value: value.update(mediaType="application/json"), "mediaType"),
    "no media type": (lambda value: value.pop("mediaType"), "mediaType"),
    "an unknown field": (lambda value: value.update(more=1), "unknown field 'more'"),
    "a message signature": (lambda value: value.update(messageSignature={}), "messageSignature"),
    "no envelope": (lambda value: value.pop("dsseEnvelope"), "dsseEnvelope"),
    "no material": (lambda value: value.pop("verificationMaterial"), "verificationMaterial"),
    "no key": (lambda value: material(value).pop("publicKey"), "exactly one"),
    "a key and a certificate": (lambda value: material(value).update(certificate={}), "exactly one"),
    "an algorithm in the material": (lambda value: material(value).update(algorithm="none"), "algorithm"),
    "a hint that is a number": (lambda value: material(value)["publicKey"].update(hint=1), "hint"),
    "another payload type": (lambda value: envelope(value).update(payloadType="text/plain"), "payloadType"),
    "no signature": (lambda value: envelope(value).update(signatures=[]), "exactly one signature"),
    "two signatures": (
        lambda value: envelope(value)["signatures"].append(envelope(value)["signatures"][0]),
        "exactly one signature",
    ),
    "signatures that are texts": (
        lambda value: envelope(value).update(signatures=["a"]),
        "exactly one signature",
    ),
    "an algorithm in the signature": (
        lambda value: envelope(value)["signatures"][0].update(alg="none"),
        "unknown field 'alg'",
    ),
    "an empty signature": (lambda value: envelope(value)["signatures"][0].update(sig=""), "sig"),
    "base64 with a line break": (
        lambda value: envelope(value).update(payload=envelope(value)["payload"] + "\n"),
        "base64",
    ),
    "base64 of another alphabet": (lambda value: envelope(value).update(payload="_-_-"), "base64"),
    "base64 with spare bits": (lambda value: envelope(value).update(payload="QR=="), "base64"),
    "base64 beyond ASCII": (lambda value: envelope(value).update(payload="größe"), "base64"),
    "a field name with controls": (lambda value: value.update({"\x1b[2J": 1}), "\\x1b[2J"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_no_bundle_is_refused(what):
    change, said = CHANGES[what]
    assert said in refused(signatory.altered(BUNDLE, change))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\x00" * 100,
        BUNDLE[:-1],
        BUNDLE + b"{}",
        BUNDLE + b"\x00",
        BUNDLE.replace(b'{"mediaType"', b'{"mediaType":"x","mediaType"'),
        b"[" * 50_000,
        b"\xef\xbb\xbf" + BUNDLE,
        json.dumps(json.loads(BUNDLE)).encode("utf-16"),
    ],
    ids=range(11),
)
def test_other_bytes_are_refused(data):
    assert refused(data)


def test_a_bundle_that_would_cost_much_is_refused_before_it_is_parsed():
    assert "more than 8 MiB" in refused(b" " * (MAX_BUNDLE + 1))
    assert "too many parts" in refused(b"[" + b"[]," * MAX_PARTS + b"0]")
