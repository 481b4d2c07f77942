"""EC keys: reading, signing, checking."""

from __future__ import annotations

import builtins

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import signatory
from modelops_git.core.errors import SigningError, UsageError
from modelops_git.core.signing.bundle import read_bundle
from modelops_git.core.signing.public_keys import PublicKey, read_public_key
from modelops_git.edges.signing.keys import read_private_key, signature_holds

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
STATEMENT = signatory.statement()


def pem_of(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def nobody():
    pytest.fail("the passphrase was asked for")


@pytest.mark.parametrize("curve", signatory.CURVES)
def test_what_a_key_signs_holds_for_that_key_only(curve):
    sign = signatory.sign_with("release", curve)
    bundle = read_bundle(sign(STATEMENT))
    assert signature_holds(sign.public, STATEMENT, bundle.signature)
    assert not signature_holds(sign.public, STATEMENT + b" ", bundle.signature)
    assert not signature_holds(signatory.sign_with("other", curve).public, STATEMENT, bundle.signature)
    assert sign.made(bundle)
    assert not signatory.sign_with("other", curve).made(bundle)


@pytest.mark.parametrize("release", ["1.0.0", "1.1.0"])
def test_what_other_releases_signed_still_holds(release):
    key = read_public_key((signatory.GOLDEN / "key.pub.pem").read_text())
    bundle = read_bundle((signatory.GOLDEN / f"key-{release}.json").read_bytes())
    assert bundle.hint in {"", key.hint}
    assert signature_holds(key, bundle.payload, bundle.signature)
    assert not signature_holds(key, bundle.payload + b"\n", bundle.signature)


def test_signing_the_same_gives_the_same_bytes():
    assert signatory.sign_with()(STATEMENT) == signatory.sign_with()(STATEMENT)


@pytest.mark.parametrize("other", ["P-384", "P-521"])
def test_a_signature_of_another_curve_does_not_hold(other):
    signature = read_bundle(signatory.sign_with("release", other)(STATEMENT)).signature
    assert not signature_holds(signatory.sign_with().public, STATEMENT, signature)


def test_der_is_taken_in_one_form_only():
    sign = signatory.sign_with()
    signature = read_bundle(sign(STATEMENT)).signature
    r, s = decode_dss_signature(signature)
    number = s.to_bytes((s.bit_length() + 8) // 8, "big")
    first = r.to_bytes((r.bit_length() + 8) // 8, "big")
    padded = b"\x02" + bytes([len(first) + 1]) + b"\x00" + first
    body = padded + b"\x02" + bytes([len(number)]) + number
    forms = [
        signature + b"\x00",
        signature[:-1],
        b"",
        b"\x30\x80" + signature[2:] + b"\x00\x00",
        b"\x30" + bytes([len(body)]) + body,
        r.to_bytes(32, "big") + s.to_bytes(32, "big"),
        encode_dss_signature(0, 0),
        encode_dss_signature(0, s),
        encode_dss_signature(r, 0),
        encode_dss_signature(r + ORDER, s),
        encode_dss_signature(r, s + ORDER),
        encode_dss_signature(ORDER, ORDER),
    ]
    assert [form for form in forms if signature_holds(sign.public, STATEMENT, form)] == []


def test_the_mirror_image_of_a_signature_holds_as_ecdsa_says_and_is_another_bundle():
    """Who changes it needs no key, but forges nothing; the manifest pins the bytes of the bundle."""
    sign = signatory.sign_with()
    r, s = decode_dss_signature(read_bundle(sign(STATEMENT)).signature)
    assert signature_holds(sign.public, STATEMENT, encode_dss_signature(r, ORDER - s))


def test_an_encrypted_key_asks_for_its_passphrase():
    pem = signatory.encrypted(signatory.key_pem(), b"correct horse")
    assert read_private_key(pem, lambda: b"correct horse").public == signatory.sign_with().public
    with pytest.raises(UsageError, match="does not open"):
        read_private_key(pem, lambda: b"wrong")
    with pytest.raises(UsageError, match="nobody to ask"):
        read_private_key(pem, lambda: None)


def test_the_older_form_of_a_file_is_read():
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    assert read_private_key(pem, nobody).public.curve == "P-256"


@pytest.mark.parametrize(
    ("pem", "said"),
    [
        (b"", "no private key"),
        (b"\x00\xff" * 20, "no private key"),
        (signatory.signer().public_key.encode(), "no private key"),
        (pem_of(rsa.generate_private_key(65537, 2048)), "RSA key"),
        (pem_of(ed25519.Ed25519PrivateKey.generate()), "Ed25519 key"),
        (pem_of(ec.generate_private_key(ec.SECP256K1())), "secp256k1"),
        (pem_of(ec.generate_private_key(ec.BrainpoolP256R1())), "brainpoolP256r1"),
    ],
)
def test_other_keys_are_refused_with_a_way_to_make_one(pem, said):
    with pytest.raises(UsageError, match=said) as caught:
        read_private_key(pem, nobody)
    assert "openssl genpkey" in caught.value.hint


def test_a_point_that_is_not_on_the_curve_is_no_key_to_check_with():
    public = signatory.sign_with().public
    broken = PublicKey(public.curve, public.der[:-1] + bytes([public.der[-1] ^ 1]))
    with pytest.raises(SigningError, match="no point on the curve"):
        signature_holds(broken, STATEMENT, b"x")


def test_without_the_library_the_extra_is_named(monkeypatch):
    whole = builtins.__import__

    def without(name, *args, **more):
        if name.startswith("cryptography"):
            raise ImportError(name)
        return whole(name, *args, **more)

    public = signatory.sign_with().public
    monkeypatch.setattr(builtins, "__import__", without)
    for call in (lambda: read_private_key(b"", nobody), lambda: signature_holds(public, b"", b"")):
        with pytest.raises(SigningError, match="not installed") as caught:
            call()
        assert "modelops-git[signing]" in caught.value.hint


def test_the_public_key_of_a_pair_is_that_which_openssl_prints():
    key = ec.generate_private_key(ec.SECP256R1())
    text = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert read_private_key(pem_of(key), nobody).public.pem == text
