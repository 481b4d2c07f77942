"""EC keys: reading private ones, signing with them, checking signatures. The module that knows cryptography.

The curve of the key decides about the hash, as the standard says: P-256 with SHA-256, P-384 with SHA-384,
P-521 with SHA-512. Nothing that a bundle says has a part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import SigningError, UsageError
from modelops_git.core.signing.bundle import write_bundle
from modelops_git.core.signing.public_keys import CURVES, read_public_key
from modelops_git.core.signing.statement import encoded_for_signing

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

    from modelops_git.core.signing.bundle import Bundle
    from modelops_git.core.signing.public_keys import PublicKey

MAX_KEY_FILE = 64 << 10
INSTALL = 'Run `pip install "modelops-git[signing]"`.'
MAKE_ONE = "Make one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out release.pem`."
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


@dataclass(frozen=True, slots=True)
class KeySign:
    """Signs with a private key.

    Attributes:
        key: The private key.
        public: The public one of the pair.
    """

    key: EllipticCurvePrivateKey
    public: PublicKey

    def __call__(self, statement: bytes, /) -> bytes:
        """The bundle that holds `statement` and its signature (see `Sign`).

        The same statement gives the same bytes each time, where OpenSSL can do that (3.2 and later).
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec

        message, algorithm = encoded_for_signing(statement), _hash_of(self.public.curve)
        try:
            signature = self.key.sign(message, ec.ECDSA(algorithm, deterministic_signing=True))
        except UnsupportedAlgorithm:
            signature = self.key.sign(message, ec.ECDSA(algorithm))
        return write_bundle(statement, signature, self.public)

    def made(self, bundle: Bundle) -> bool:
        """Whether the signature in `bundle` was made with this key."""
        return not bundle.is_keyless and signature_holds(self.public, bundle.payload, bundle.signature)


def read_private_key(pem: bytes, passphrase: Callable[[], bytes | None]) -> KeySign:
    """The private key that a PEM file holds.

    Args:
        pem: The file.
        passphrase: Asked only where the key is encrypted; None where nobody knows it.

    Raises:
        UsageError: It is no private EC key on one of the curves, or the passphrase is wrong.
        SigningError: The library is not installed.
    """
    key = _loaded(pem, passphrase)
    ec = _ec()
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise UsageError(
            f"the key is an {type(key).__name__.removesuffix('PrivateKey')} key; versions are signed with EC "
            "keys only",
            hint=MAKE_ONE,
        )
    if key.curve.name not in _CURVES:
        raise UsageError(
            f"the key is on the curve {key.curve.name}, which OpenSSF Model Signing does not take; "
            f"it takes {', '.join(CURVES)}",
            hint=MAKE_ONE,
        )
    return KeySign(key, read_public_key(_pem_of(key)))


def signature_holds(key: PublicKey, statement: bytes, signature: bytes) -> bool:
    """Whether `signature` was made over `statement` by whoever holds the private key to `key`.

    Raises:
        SigningError: The library is not installed, or the key cannot be used.
    """
    ec = _ec()
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        public: Any = load_der_public_key(key.der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SigningError("its public key is no point on the curve", hint="Mend the key.") from error
    try:
        public.verify(signature, encoded_for_signing(statement), ec.ECDSA(_hash_of(key.curve)))
    except InvalidSignature:
        return False
    return True


def _loaded(pem: bytes, passphrase: Callable[[], bytes | None]) -> object:
    _ec()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem, None)
    except TypeError:  # the library's way to say that it is encrypted
        secret = passphrase()
    except ValueError as error:
        raise UsageError("the key file holds no private key in PEM", hint=MAKE_ONE) from error
    if not secret:
        raise UsageError(
            "the key is encrypted, and there is nobody to ask for its passphrase",
            hint="Set MODELOPS_SIGNING_PASSPHRASE.",
        )
    try:
        return load_pem_private_key(pem, secret)
    except ValueError as error:
        raise UsageError("the passphrase does not open the key") from error


def _pem_of(key: EllipticCurvePrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def _hash_of(curve: str) -> HashAlgorithm:
    from cryptography.hazmat.primitives import hashes

    by_curve: dict[str, HashAlgorithm] = {
        "P-256": hashes.SHA256(),
        "P-384": hashes.SHA384(),
        "P-521": hashes.SHA512(),
    }
    return by_curve[curve]


def _ec() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        raise SigningError(
            "the library for signatures, cryptography, is not installed", hint=INSTALL
        ) from error
    return ec
