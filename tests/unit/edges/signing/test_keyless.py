"""Sigstore's own library on bundles from its public instance, by the roots of trust that came with it."""

from __future__ import annotations

import pytest

import signatory
from modelops_git.core.errors import SigningError
from modelops_git.core.signing.faults import UnsoundError
from modelops_git.core.signing.statement import read_statement
from modelops_git.edges.signing.keyless import OFFLINE, TOKEN, KeylessSign, signed_payload

IDENTITY, ISSUER = "stefanb@us.ibm.com", "https://sigstore.verify.ibm.com/oauth2"
RELEASES = ["1.0.0", "1.1.0"]


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    monkeypatch.setenv(OFFLINE, "1")


def bundle(release="1.1.0"):
    return (signatory.GOLDEN / f"keyless-{release}.json").read_bytes()


@pytest.mark.parametrize("release", RELEASES)
def test_what_a_certified_person_signed_holds(release):
    payload = signed_payload(bundle(release), IDENTITY, ISSUER)
    wanted = signatory.resources({"signme-1": b"signme-1", "signme-2": b"signme-2"})
    assert read_statement(payload) == tuple(wanted)


@pytest.mark.parametrize(
    ("identity", "issuer"),
    [
        ("eve@us.ibm.com", ISSUER),
        (IDENTITY, "https://accounts.google.com"),
        (IDENTITY.upper(), ISSUER),
        (".*", ISSUER),
    ],
)
def test_another_identity_or_issuer_is_not_who_signed(identity, issuer):
    assert signed_payload(bundle(), identity, issuer) is None


def other_payload(value):
    text = value["dsseEnvelope"]["payload"]
    value["dsseEnvelope"]["payload"] = text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:]


CHANGES = {
    "another payload": other_payload,
    "no log": lambda value: value["verificationMaterial"].update(tlogEntries=[]),
    "another log index": lambda value: value["verificationMaterial"]["tlogEntries"][0].update(logIndex="1"),
    "another signature": lambda value: value["dsseEnvelope"]["signatures"][0].update(sig="MAYCAQECAQE="),
    "no certificate": lambda value: value["verificationMaterial"].update(certificate={"rawBytes": ""}),
    "a certificate that is none": lambda value: value["verificationMaterial"].update(
        certificate={"rawBytes": "AAAA"}
    ),
    "an envelope that is a list": lambda value: value.update(dsseEnvelope=[]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_bundle_that_was_tampered_with_is_refused(what):
    with pytest.raises(UnsoundError, match="sigstore does not take it"):
        signed_payload(signatory.altered(bundle(), CHANGES[what]), IDENTITY, ISSUER)


def test_signing_needs_a_token(monkeypatch):
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "BUILDKITE", TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(TOKEN, "no.token")
    with pytest.raises(SigningError, match="sigstore did not sign: Identity token is malformed"):
        KeylessSign()(signatory.statement())
    assert not KeylessSign().made(None)
