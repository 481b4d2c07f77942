"""Sign: put a signature over the list of a version's files into its store, and say so in its manifest."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.artifacts import EMPTY_MODEL, UNSAFE_PATH
from modelops_git.core.errors import RefusedError, StoreConflictError
from modelops_git.core.manifests.edit import apply_edits, insert_after, replace_value
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.references import find_version
from modelops_git.core.signing.bundle import MAX_BUNDLE, read_bundle
from modelops_git.core.signing.comparing import differences
from modelops_git.core.signing.faults import UnsoundError
from modelops_git.core.signing.statement import Resource, read_statement, write_statement
from modelops_git.edges.files import write_atomic
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.edges.stores.base import Expected
from modelops_git.engine.files import inside
from modelops_git.engine.listing import listing_of
from modelops_git.engine.registering.approval import merged_state
from modelops_git.engine.selection import registry_of
from modelops_git.engine.signing import bundle_key, read_stored, signature_of, signed_by
from modelops_git.engine.stores import Stores
from modelops_git.engine.trusting import merged_signers

if TYPE_CHECKING:
    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.manifests.parse import Document
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.signing.base import Sign
    from modelops_git.edges.stores.base import Store

FEW = 3


@dataclass(frozen=True, slots=True)
class Ready:
    """A version that may be signed.

    Attributes:
        repository: The registry's repository.
        document: The version as it is in the work tree.
        store: Where its files are.
    """

    repository: Repository
    document: Document
    store: Store


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed.

    Attributes:
        ready: The version as it was before.
        key: Where the bundle is in the store.
        bundle: The bundle.
        signed_by: The names that what is merged has for the signer; none where it is nobody known.
        manifest_digest: Of the manifest that states the signature.
    """

    ready: Ready
    key: str
    bundle: bytes
    signed_by: tuple[str, ...]
    manifest_digest: str

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bundle, in hex."""
        return hashlib.sha256(self.bundle).hexdigest()


def ready_to_sign(repository: Repository, model: str, number: str) -> Ready:
    """See that a version may be signed; nothing is asked of a key yet.

    Raises:
        UsageError: There is no such version.
        RefusedError: It is merged, pinned already, or has no bytes or no safe list of files.
        StoreError: Its store cannot be opened.
    """
    catalog = Catalog(worktree_snapshot(repository))
    registry = registry_of(catalog)
    document = find_version(catalog, model, number)
    merged = merged_state(repository, registry)
    if merged is not None and merged.entry(document.path) is not None:
        raise RefusedError(
            f"{model} {number} is merged, and a merged version is never changed, not even to be signed",
            hint="Register the files as a new version, with what else is new about them, and sign that.",
        )
    _refuse_pins(catalog, document)
    stores = Stores(registry, repository.root)
    found = listing_of(document, stores).findings
    if wrong := [one for one in found if one.code in {EMPTY_MODEL.code, UNSAFE_PATH.code}]:
        raise RefusedError(f"{model} {number} has no list of files that could be signed", findings=wrong)
    return Ready(repository, document, stores.of(document))


def sign(ready: Ready, make: Sign) -> Signed:
    """Sign, store the bundle, and state it in the manifest, in this order.

    Raises:
        RefusedError: Another signature is there already, or the manifest cannot be edited.
        SigningError: It could not be signed.
        StoreError: The store failed.
    """
    document = ready.document
    key = bundle_key(document)
    bundle = _stored(ready, key, make(_statement(document)), make)
    text = _stating(document, bundle)
    made = parse_document(document.path, text.encode("utf-8")).document
    assert made is not None  # noqa: S101 - a field of the schema was added to a manifest that is valid
    if text != document.text:
        write_atomic(inside(ready.repository.root, document.path), text.encode("utf-8"))
    names, _ = signed_by(read_bundle(bundle), bundle, merged_signers(ready.repository).known)
    return Signed(ready, key, bundle, names, made.digest)


def _refuse_pins(catalog: Catalog, document: Document) -> None:
    """A signature changes the manifest, so what pins its digest would be wrong."""
    home = document.home
    paths = (
        *catalog.rollout_paths(home.model),
        *catalog.experiment_paths(home.model),
        *catalog.notice_paths(home.model, home.name),
    )
    plain = (path for path in paths if (entry := catalog.entry(path)) and entry.is_regular)
    pinning = [path for path in plain if document.digest.encode() in catalog.snapshot.read(path)]
    if pinning:
        more = f" and {len(pinning) - FEW} more" if len(pinning) > FEW else ""
        raise RefusedError(
            f"{', '.join(pinning[:FEW])}{more} pins the manifest as it is, and a signature would change it",
            hint="Sign first: take that back, sign, and promote again.",
        )


def _statement(document: VersionDocument) -> bytes:
    rows = document.manifest.artifacts
    return write_statement(document.manifest.model, (Resource(row.path, row.sha256) for row in rows))


def _stored(ready: Ready, key: str, bundle: bytes, make: Sign) -> bytes:
    """The bundle as it is stored: this one, or one by the same signer over the same files that is there.

    Where signing gives other bytes each time, a signing that was broken off leaves such a one.
    """
    expected = Expected(hashlib.sha256(bundle).hexdigest(), len(bundle))
    try:
        ready.store.put(key, io.BytesIO(bundle), expected)
    except StoreConflictError as error:
        there = read_stored(ready.store, key, MAX_BUNDLE)
        if _says_the_same(there, ready.document, make):
            return there
        manifest = ready.document.manifest
        raise RefusedError(
            f"the store holds another signature of {manifest.model} {manifest.version} already",
            hint="Nothing in a store is overwritten. Register the files under another number, and sign that.",
        ) from error
    return bundle


def _says_the_same(data: bytes, document: Document, make: Sign) -> bool:
    try:
        bundle = read_bundle(data)
        if not make.made(bundle):
            return False
        return not any(differences(read_statement(bundle.payload), document.manifest.artifacts))
    except UnsoundError:
        return False


def _stating(document: Document, bundle: bytes) -> str:
    """The text of the manifest that states the signature; comments and layout stay."""
    said: dict[str, Any] = {"sha256": hashlib.sha256(bundle).hexdigest(), "size": len(bundle)}
    if signature_of(document) is None:
        last = list(document.written)[-1]
        return apply_edits(
            document.text,
            insert_after(
                document, f"/{last}", "signature", {"type": "openssf-model-signing", "bundle": said}
            ),
        )
    edits = [
        edit
        for name, value in said.items()
        for edit in replace_value(document, f"/signature/bundle/{name}", value)
    ]
    return apply_edits(document.text, edits)
