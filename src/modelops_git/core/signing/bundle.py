"""The file that holds a signature: a sigstore bundle around a DSSE envelope.

What says how a signature is checked is not taken from the bundle: the key decides about the algorithm, and
the name that the bundle gives to a key only says which key it is not.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.signing.faults import UnsoundError
from modelops_git.core.signing.reading import field, only, read_object
from modelops_git.core.signing.statement import PAYLOAD_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelops_git.core.signing.public_keys import PublicKey

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
MAX_BUNDLE = 8 << 20
"""A manifest of 1 MiB lists files for which a bundle needs less."""
MAX_PARTS = 100_000
"""The most commas, brackets and braces: parsing costs memory by those, and a bundle has some dozens."""
_MATERIAL = ("publicKey", "certificate", "tlogEntries", "timestampVerificationData")


class Bundle(NamedTuple):
    """A signature and what is signed. Nothing of it is true before the signature was checked.

    Attributes:
        payload: What is signed.
        signature: In DER; of a keyless bundle the library reads it.
        hint: What the bundle calls the key; empty where it says nothing.
        is_keyless: Whether a certificate of sigstore stands for the key.
    """

    payload: bytes
    signature: bytes
    hint: str
    is_keyless: bool


def write_bundle(payload: bytes, signature: bytes, key: PublicKey) -> bytes:
    """The bundle of a signature that was made with `key`."""
    bundle = {
        "mediaType": MEDIA_TYPE,
        "verificationMaterial": {"publicKey": {"hint": key.hint}, "tlogEntries": []},
        "dsseEnvelope": {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": base64.b64encode(signature).decode("ascii"), "keyid": ""}],
        },
    }
    return json.dumps(bundle, separators=(",", ":")).encode("ascii")


def read_bundle(data: bytes) -> Bundle:
    """Take a bundle apart.

    Raises:
        UnsoundError: It is too large, no such bundle, or has not exactly one signature.
    """
    if len(data) > MAX_BUNDLE:
        raise UnsoundError(f"it has more than {MAX_BUNDLE >> 20} MiB")
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_PARTS:
        raise UnsoundError("it has too many parts")
    bundle = read_object(data, "it")
    only(bundle, ("mediaType", "verificationMaterial", "dsseEnvelope"), "it")
    media_type = field(bundle, "mediaType", str)
    if media_type != MEDIA_TYPE:
        raise UnsoundError(f"its mediaType is {ascii(media_type)[:120]}, not {MEDIA_TYPE}")
    hint, is_keyless = _material(field(bundle, "verificationMaterial", dict))
    envelope = field(bundle, "dsseEnvelope", dict)
    return Bundle(_payload(envelope), _signature(envelope), hint, is_keyless)


def _material(material: Mapping[str, Any]) -> tuple[str, bool]:
    """What the bundle calls the key, and whether that is a certificate."""
    if "x509CertificateChain" in material:
        raise UnsoundError("it was made with a chain of certificates; only keys and sigstore are known here")
    only(material, _MATERIAL, "its key material")
    if ("publicKey" in material) == ("certificate" in material):
        raise UnsoundError("it names not exactly one of a public key and a certificate of sigstore")
    if "certificate" in material:
        return "", True
    key = field(material, "publicKey", dict)
    # The last two are what signers wrote before there was a hint; which key it is, the Registry says.
    only(key, ("hint", "rawBytes", "keyDetails"), "its public key")
    return (field(key, "hint", str) if key.get("hint") is not None else ""), False


def _payload(envelope: Mapping[str, Any]) -> bytes:
    only(envelope, ("payload", "payloadType", "signatures"), "its envelope")
    payload_type = field(envelope, "payloadType", str)
    if payload_type != PAYLOAD_TYPE:
        raise UnsoundError(f"its payloadType is {ascii(payload_type)[:120]}, not {PAYLOAD_TYPE}")
    return _decoded(envelope, "payload")


def _signature(envelope: Mapping[str, Any]) -> bytes:
    signatures = field(envelope, "signatures", list)
    if len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise UnsoundError("it has not exactly one signature")
    only(signatures[0], ("sig", "keyid"), "its signature")
    return _decoded(signatures[0], "sig")


def _decoded(owner: Mapping[str, Any], name: str) -> bytes:
    """A field in base64, which may be written in one way only."""
    text = field(owner, name, str)
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnsoundError(f"its field {name} is no base64") from error
    if not data or base64.b64encode(data).decode("ascii") != text:
        raise UnsoundError(f"its field {name} is no base64 as it should be written")
    return data
