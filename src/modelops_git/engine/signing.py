"""Signatures of versions, checked: the bundle in the store, who made it, and what was signed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from modelops_git.core.artifacts import artifact_prefix, artifacts_digest, printable
from modelops_git.core.checks.artifacts import COULD_NOT_VERIFY, SIGNATURE_INVALID
from modelops_git.core.checks.base import Defect
from modelops_git.core.digests import short
from modelops_git.core.errors import SigningError, StoreError
from modelops_git.core.signing.bundle import MAX_BUNDLE, read_bundle
from modelops_git.core.signing.comparing import differences
from modelops_git.core.signing.faults import UnsoundError
from modelops_git.core.signing.public_keys import read_public_key
from modelops_git.core.signing.statement import read_statement
from modelops_git.edges.stores.base import StoreMissingError, StoreUnsafeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.errors import ModelopsError
    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.signer import KeySigner, Signer
    from modelops_git.core.manifests.version import Signature
    from modelops_git.core.signing.bundle import Bundle
    from modelops_git.edges.stores.base import Store

SUFFIX = ".sigstore.json"
MOST_DIFFERENCES = 1000
_PIECE = 1 << 20
_RESTORE = "Restore the bundle from a copy."
_SIGN_ANEW = "Register the version again and sign it; a merged version is not signed anew."
_NO_SIGNERS = "Declare whose signatures count under `signers` in modelops.yaml, and merge that first."


class Signers(NamedTuple):
    """Whose signatures are known.

    Attributes:
        known: By name, from `modelops.yaml`.
        source: Which `modelops.yaml` that is, for messages.
        problem: Why that cannot be read, where it cannot; else empty.
    """

    known: Mapping[str, Signer]
    source: str
    problem: str = ""


class Checked(NamedTuple):
    """The result for one version.

    Attributes:
        signed_by: The names of the signers whose signature holds; of a version with findings none.
        findings: All that is wrong (MOG411, MOG413).
    """

    signed_by: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Stated(Protocol):
    """A version's manifest, as far as it tells of a signature."""

    @property
    def signature(self) -> Signature | None:
        """What it says."""


def signature_of(document: VersionDocument) -> Signature | None:
    """The signature that a version states; None where it states none."""
    return cast("Stated", document.manifest).signature


def bundle_key(document: VersionDocument) -> str:
    """Where in its store the bundle of a version lies: beside the folder of its files."""
    manifest = document.manifest
    digest = artifacts_digest(document.written)
    return artifact_prefix(manifest.model, manifest.version, digest).removesuffix("/") + SUFFIX


def verify_signature(
    document: VersionDocument, store: Store, signers: Signers, required: tuple[str, ...] = ()
) -> Checked:
    """Check the signature that a version states; nothing is found where it states none.

    That the stored files are those of the version's list is for `verify_version` to say.

    Args:
        document: The version.
        store: Where its bundle is.
        signers: Whose signatures are known: from what is merged, never from the change under review.
        required: The names of those of whom one must have signed; any of the known ones where none is named.
    """
    stated = signature_of(document)
    if stated is None:
        return Checked()
    checking = _Checking(document, signers, required)
    if signers.problem or not signers.known:
        why = signers.problem or f"{signers.source} knows no signers"
        return could_not_check(document, SigningError(why, hint="" if signers.problem else _NO_SIGNERS))
    try:
        data = _fetched(document, store, stated)
        return checking.judge(data)
    except UnsoundError as error:
        return checking.refused(str(error), error.hint)
    except (StoreError, SigningError) as error:
        return could_not_check(document, error)


def could_not_check(document: VersionDocument, error: ModelopsError) -> Checked:
    """The result where it could not be found out whether a signature holds, which is no pass."""
    message = f"the signature could not be checked: {error.message}"
    return Checked((), (COULD_NOT_VERIFY.finding(Defect(message, document.place("/signature"), error.hint)),))


class _Checking(NamedTuple):
    document: VersionDocument
    signers: Signers
    required: tuple[str, ...]

    def judge(self, data: bytes) -> Checked:
        bundle = read_bundle(data)
        names, payload = signed_by(bundle, data, self.signers.known)
        if not names:
            raise UnsoundError(
                f"none of the signers in {self.signers.source} made it ({', '.join(self.signers.known)})"
            )
        if self.required and not set(self.required) & set(names):
            needed = " or ".join(self.required)
            raise UnsoundError(f"{' and '.join(names)} made it, and that of {needed} is needed")
        findings = tuple(self._compared(names, payload))
        return Checked((), findings) if findings else Checked(names)

    def refused(self, reason: str, hint: str = "") -> Checked:
        return Checked((), (self._finding(f"the signature does not hold: {reason}", "/signature", hint),))

    def _compared(self, names: tuple[str, ...], payload: bytes) -> Iterator[Finding]:
        whose = f"the signature of {' and '.join(names)}"
        found = differences(read_statement(payload), self.document.manifest.artifacts)
        for count, one in enumerate(found):
            if count == MOST_DIFFERENCES:
                yield self._finding(f"{whose} differs in more than {count} files", "/signature")
                return
            yield self._finding(f"{whose} {one.message}", one.pointer)

    def _finding(self, message: str, at: str, hint: str = "") -> Finding:
        return SIGNATURE_INVALID.finding(Defect(message, self.document.place(at), hint or _SIGN_ANEW))


def signed_by(bundle: Bundle, data: bytes, known: Mapping[str, Signer]) -> tuple[tuple[str, ...], bytes]:
    """The names of the signers who made the signature in a bundle, and what they signed.

    Raises:
        UnsoundError: It is of a kind that sigstore does not take.
        SigningError: It could not be found out.
    """
    if bundle.is_keyless:
        return _certified(data, known)
    keys = {name: one for name, one in known.items() if one.type == "key"}
    names = tuple(name for name, one in keys.items() if _made_with(bundle, name, one))
    return names, bundle.payload


def _made_with(bundle: Bundle, name: str, signer: KeySigner) -> bool:
    from modelops_git.edges.signing.keys import signature_holds

    key = read_public_key(signer.public_key)
    if bundle.hint and bundle.hint != key.hint:
        return False
    try:
        return signature_holds(key, bundle.payload, bundle.signature)
    except SigningError as error:
        raise SigningError(f"{name}: {error.message}", hint=error.hint) from error


def _certified(data: bytes, known: Mapping[str, Signer]) -> tuple[tuple[str, ...], bytes]:
    from modelops_git.edges.signing.keyless import signed_payload

    names, payload = [], b""
    for name, one in known.items():
        if one.type == "sigstore":
            found = signed_payload(data, one.identity, one.issuer)
            if found is not None:
                names.append(name)
                payload = found
    return tuple(names), payload


def _fetched(document: VersionDocument, store: Store, stated: Signature) -> bytes:
    """The bundle that the manifest pins.

    Raises:
        UnsoundError: It is not there, or is not the one that the manifest pins.
        StoreError: The store cannot answer.
    """
    size, key = stated.bundle.size, bundle_key(document)
    if size > MAX_BUNDLE:
        most = f"{MAX_BUNDLE >> 20} MiB"
        raise UnsoundError(f"its bundle is said to have {size:,} bytes, and none has more than {most}")
    try:
        data = read_stored(store, key, size)
    except StoreMissingError as error:
        raise UnsoundError(
            f"its bundle, {printable(key)}, is missing from the store", hint=_RESTORE
        ) from error
    except StoreUnsafeError as error:
        raise UnsoundError(f"its bundle is not read: {error.message}") from error
    if len(data) != size:
        most = "more than" if len(data) > size else f"{len(data)} of"
        raise UnsoundError(f"its bundle has {most} the {size} bytes that the manifest says", hint=_RESTORE)
    digest = hashlib.sha256(data).hexdigest()
    if digest != stated.bundle.sha256:
        said = short(stated.bundle.sha256)
        reason = f"its bundle has SHA-256 {short(digest)}…; the manifest says {said}…"
        raise UnsoundError(reason, hint=_RESTORE)
    return data


def read_stored(store: Store, key: str, size: int) -> bytes:
    """What is under `key`, but at most one byte more than `size`.

    Raises:
        StoreError: The store has nothing there, or cannot answer.
    """
    data = bytearray()
    with store.open(key) as stream:
        while len(data) <= size and (piece := stream.read(min(_PIECE, size + 1 - len(data)))):
            data += piece
    return bytes(data)
