"""Laws of signatures: whatever is changed, a signature never holds; whatever is read, nothing breaks."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import signatory
from modelops_git.core.signing.bundle import read_bundle
from modelops_git.core.signing.faults import UnsoundError
from modelops_git.core.signing.statement import Resource, read_statement, write_statement
from modelops_git.engine.signing import Signers, bundle_key, signed_by, verify_signature

BUNDLE = signatory.sign_with()(signatory.statement())
SIGNERS = Signers({"release": signatory.signer()}, "modelops.yaml")
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(
    lambda one: one != "."
)
DIGESTS = st.binary().map(lambda data: hashlib.sha256(data).hexdigest())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(at=st.integers(0, len(BUNDLE) - 1), by=st.integers(1, 255))
def test_a_changed_byte_of_a_stored_bundle_is_always_found(tmp_path_factory, at, by):
    root = tmp_path_factory.mktemp("store")
    document, store = signatory.stored(root, BUNDLE)
    path = root / bundle_key(document)
    path.chmod(0o644)
    path.write_bytes(BUNDLE[:at] + bytes([BUNDLE[at] ^ by]) + BUNDLE[at + 1 :])
    checked = verify_signature(document, store, SIGNERS)
    assert checked.signed_by == ()
    assert [one.code for one in checked.findings] == ["MOG411"]


@FEW
@given(at=st.integers(0, len(BUNDLE) - 1), by=st.integers(1, 255))
def test_a_changed_byte_never_changes_what_is_believed_even_if_the_manifest_pins_it(at, by):
    """Bytes that nobody signs, such as a space, may change; what was signed and by whom may not."""
    changed = BUNDLE[:at] + bytes([BUNDLE[at] ^ by]) + BUNDLE[at + 1 :]
    try:
        bundle = read_bundle(changed)
        names, payload = signed_by(bundle, changed, SIGNERS.known)
    except UnsoundError:
        return
    if names:
        assert (names, payload) == (("release",), signatory.statement())


@FEW
@given(st.dictionaries(NAMES, DIGESTS, min_size=1))
def test_what_is_written_is_read(files):
    resources = [Resource(name, digest) for name, digest in files.items()]
    assert sorted(read_statement(write_statement("iris", resources))) == sorted(resources)


@FEW
@given(st.binary())
def test_any_bytes_are_a_bundle_or_are_refused(data):
    for read in (read_bundle, read_statement):
        with pytest.raises(UnsoundError):
            read(data)


PLACES = st.sampled_from(
    [
        ("mediaType",),
        ("verificationMaterial",),
        ("verificationMaterial", "publicKey"),
        ("verificationMaterial", "publicKey", "hint"),
        ("verificationMaterial", "tlogEntries"),
        ("dsseEnvelope",),
        ("dsseEnvelope", "payload"),
        ("dsseEnvelope", "payloadType"),
        ("dsseEnvelope", "signatures"),
        ("dsseEnvelope", "signatures", 0),
        ("dsseEnvelope", "signatures", 0, "sig"),
        ("dsseEnvelope", "signatures", 0, "keyid"),
    ]
)


@FEW
@given(PLACES, JSON)
def test_any_value_at_any_place_of_a_bundle_is_refused_or_changes_nothing(place, value):
    def put(whole):
        for key in place[:-1]:
            whole = whole[key]
        whole[place[-1]] = value

    data = signatory.altered(BUNDLE, put)
    try:
        names, payload = signed_by(read_bundle(data), data, SIGNERS.known)
    except UnsoundError:
        return
    assert not names or payload == signatory.statement()
