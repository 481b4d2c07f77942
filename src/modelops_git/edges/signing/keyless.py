"""Signatures without keys: sigstore certifies who signed, for some minutes, and its log is the witness.

The module that knows the sigstore package. Signing needs Fulcio, Rekor and an identity token, so it needs the
network. Checking needs none but for the newest roots of trust.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import SigningError
from modelops_git.core.signing.faults import UnsoundError
from modelops_git.core.signing.statement import PAYLOAD_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography.x509 import Certificate
    from sigstore.models import ClientTrustConfig
    from sigstore.verify import Verifier
    from sigstore.verify.policy import Identity

    from modelops_git.core.signing.bundle import Bundle

INSTALL = 'Run `pip install "modelops-git[sigstore]"`.'
OFFLINE = "MODELOPS_SIGSTORE_OFFLINE"
"""With 1, roots of trust are those that were fetched last, or came with the library."""


TOKEN = "SIGSTORE_ID_TOKEN"  # noqa: S105 - the name of a variable
"""The variable with an identity token, where the surroundings are not asked for one."""
_TURN = Lock()
"""The library does not say that several threads may use it at once."""


@dataclass(frozen=True, slots=True)
class KeylessSign:
    """Signs in the name of whom the identity token is of, which the job of a forge has."""

    def __call__(self, statement: bytes, /) -> bytes:
        """The bundle that holds `statement` and its signature (see `Sign`)."""
        _require()
        from sigstore.dsse import Statement
        from sigstore.errors import Error
        from sigstore.oidc import IdentityToken
        from sigstore.sign import SigningContext

        try:
            identity = IdentityToken(_token())
            with SigningContext.from_trust_config(_trust()).signer(identity) as signer:
                return signer.sign_dsse(Statement(statement)).to_json().encode("utf-8")
        except (Error, OSError, ValueError) as error:
            raise SigningError(
                f"sigstore did not sign: {_said(error)}", hint="Is the network there, and the token new?"
            ) from error

    def made(self, _bundle: Bundle) -> bool:
        """No: each signature has a key of its own, which nobody keeps."""
        return False


def signed_payload(bundle: bytes, identity: str, issuer: str) -> bytes | None:
    """What `identity` signed, by the word of `issuer`; None where it was another who did.

    Args:
        bundle: A bundle with a certificate.
        identity: As the certificate has it.
        issuer: Its OpenID Connect issuer.

    Raises:
        UnsoundError: The bundle is malformed, or sigstore's certificates and log do not bear it out.
        SigningError: The library, or the roots of trust, are not there.
    """
    _require()
    from sigstore.models import Bundle
    from sigstore.verify.policy import Identity

    policy = Identity(identity=identity, issuer=issuer)
    with _TURN, _doubted():
        taken = Bundle.from_json(bundle)
    if not _is_of(taken.signing_certificate, policy):
        return None
    with _TURN:
        verifier = _verifier()
    with _TURN, _doubted():
        payload_type, payload = verifier.verify_dsse(taken, policy)
    if payload_type != PAYLOAD_TYPE:
        raise UnsoundError(f"its payloadType is {ascii(payload_type)[:120]}, not {PAYLOAD_TYPE}")
    return payload


def _is_of(certificate: Certificate, policy: Identity) -> bool:
    """Whether a certificate names who is meant; who issued it is looked at later."""
    from sigstore.errors import VerificationError

    with _doubted():
        try:
            policy.verify(certificate)
        except VerificationError:
            return False
    return True


@contextmanager
def _doubted() -> Iterator[None]:
    """Whatever the library raises about a bundle refuses it; its parsers meet hostile bytes."""
    from sigstore.errors import NetworkError

    try:
        yield
    except NetworkError as error:
        raise SigningError(f"sigstore cannot be reached: {_said(error)}") from error
    except Exception as error:
        raise UnsoundError(f"sigstore does not take it: {_said(error)}") from error


@cache
def _verifier() -> Verifier:
    from sigstore.verify import Verifier

    return Verifier(trusted_root=_trust().trusted_root)


def _trust() -> ClientTrustConfig:
    from sigstore.errors import Error
    from sigstore.models import ClientTrustConfig

    try:
        return ClientTrustConfig.production(offline=os.environ.get(OFFLINE) == "1")
    except (Error, OSError, ValueError) as error:
        raise SigningError(
            f"the roots of trust of sigstore cannot be fetched: {_said(error)}",
            hint=f"Set {OFFLINE}=1 to go by those that were fetched last, or came with the library.",
        ) from error


def _token() -> str:
    from sigstore.oidc import detect_credential

    token = os.environ.get(TOKEN) or detect_credential()
    if not token:
        raise SigningError(
            "there is no identity token to sign with",
            hint=f"Give the job the permission `id-token: write`, or set {TOKEN}.",
        )
    return str(token)


def _said(error: Exception) -> str:
    """What a library says of itself, in one line and bounded; it may quote what is hostile."""
    return printable(" ".join(str(error)[:1000].split()))[:300] or type(error).__name__


def _require() -> None:
    try:
        import sigstore  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise SigningError("the library sigstore is not installed", hint=INSTALL) from error
    logger = logging.getLogger("sigstore")
    if not logger.handlers:  # else its remarks would go to stderr between our lines
        logger.addHandler(logging.NullHandler())
