"""Public keys as text: which there are, and the name that a bundle calls one by.

A key is looked at byte by byte here, so that a wrong one is found when the manifest is read, without a
library that knows cryptography. Whether its point lies on the curve is found out by whoever checks a
signature with it.
"""

from __future__ import annotations

import binascii
import hashlib
from functools import lru_cache
from typing import NamedTuple

FIRST, LAST = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
_LINE = 64
# Curve -> the start of the DER of a SubjectPublicKeyInfo (RFC 5480) with an uncompressed point; its length.
_SHAPES = {
    "P-256": (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), 91),
    "P-384": (bytes.fromhex("3076301006072a8648ce3d020106052b8104002203620004"), 120),
    "P-521": (bytes.fromhex("30819b301006072a8648ce3d020106052b8104002303818600" + "04"), 158),
}
CURVES = tuple(_SHAPES)


class PublicKey(NamedTuple):
    """A key that signatures can be checked with.

    Attributes:
        curve: `P-256`, `P-384` or `P-521`; it decides the hash: SHA-256, SHA-384 or SHA-512.
        der: The SubjectPublicKeyInfo.
    """

    curve: str
    der: bytes

    @property
    def pem(self) -> str:
        """The key as text, as OpenSSL writes it."""
        text = binascii.b2a_base64(self.der, newline=False).decode("ascii")
        lines = (text[at : at + _LINE] for at in range(0, len(text), _LINE))
        return "\n".join([FIRST, *lines, LAST, ""])

    @property
    def hint(self) -> str:
        """What a bundle calls the key: the SHA-256 of its text, in hex."""
        return hashlib.sha256(self.pem.encode("ascii")).hexdigest()


@lru_cache(maxsize=256)
def read_public_key(text: str) -> PublicKey:
    """The key that `text` is, in PEM.

    Raises:
        ValueError: It is no public key on one of the curves.
    """
    lines = text.strip().splitlines()
    if len(lines) < 3 or lines[0].strip() != FIRST or lines[-1].strip() != LAST:  # noqa: PLR2004 - and one between
        raise ValueError(f"it does not stand between `{FIRST}` and `{LAST}`")
    try:
        der = binascii.a2b_base64("".join(line.strip() for line in lines[1:-1]), strict_mode=True)
    except ValueError as error:
        raise ValueError("what stands between its first and its last line is no base64") from error
    for curve, (start, length) in _SHAPES.items():
        if der.startswith(start) and len(der) == length:
            return PublicKey(curve, der)
    raise ValueError(f"it is no public key on {CURVES[0]}, {CURVES[1]} or {CURVES[2]}")


def is_public_key(text: str) -> bool:
    """Whether `text` is a public key that can be used."""
    try:
        read_public_key(text)
    except ValueError:
        return False
    return True
