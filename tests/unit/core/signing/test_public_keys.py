"""Public keys as text."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import signatory
from modelops_git.core.signing.public_keys import CURVES, FIRST, LAST, is_public_key, read_public_key


def pem_of(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize("curve", CURVES)
def test_a_key_is_read_and_written_as_openssl_writes_it(curve):
    text = pem_of(ec.generate_private_key(signatory.CURVES[curve]()))
    key = read_public_key(text)
    assert (key.curve, key.pem) == (curve, text)
    assert len(key.hint) == 64


def test_layout_does_not_count_and_the_hint_stays():
    text = signatory.signer().public_key
    spread = "\r\n".join(["", *text.splitlines(), ""])
    assert read_public_key(spread).hint == read_public_key(text).hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        f"{FIRST}\n{LAST}\n",
        f"{FIRST}\nno base64!\n{LAST}\n",
        f"{FIRST}\nAAAA\n{LAST}\n",
        signatory.key_pem().decode(),
        pem_of(ec.generate_private_key(ec.SECP256K1())),
        pem_of(ec.generate_private_key(ec.SECP224R1())),
        pem_of(ed25519.Ed25519PrivateKey.generate()),
        pem_of(rsa.generate_private_key(65537, 2048)),
    ],
)
def test_what_is_no_public_key_on_one_of_the_curves_is_refused(text):
    assert not is_public_key(text)
    with pytest.raises(ValueError, match=r"it |what stands"):
        read_public_key(text)


def test_a_compressed_point_is_refused():
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    der = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + point
    assert not is_public_key(f"{FIRST}\n{base64.b64encode(der).decode()}\n{LAST}\n")
