"""From a version manifest to the files that must be looked at, and from a flaw to a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core import artifacts
from modelops_git.core.artifacts import ArtifactSpec, printable
from modelops_git.core.checks import formats
from modelops_git.core.checks.artifacts import (
    CHECKS,
    DIGEST_DIFFERS,
    EMPTY_MODEL,
    LFS_POINTER,
    SIZE_DIFFERS,
    UNPINNED_OBJECT,
    UNSAFE_PATH,
)
from modelops_git.core.checks.base import Defect
from modelops_git.core.checks.provenance import HUB_REVISION
from modelops_git.core.errors import StoreError
from modelops_git.engine.flaws import Flaw, could_not
from modelops_git.engine.stores import Held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.artifacts import ArtifactRow, VersionDocument
    from modelops_git.core.findings import Finding
    from modelops_git.edges.stores.base import Store
    from modelops_git.engine.stores import Holders

# The part of an artifact's entry that a flaw contradicts.
_FIELDS = {
    SIZE_DIFFERS.code: "/size",
    DIGEST_DIFFERS.code: "/sha256",
    LFS_POINTER.code: "/sha256",
    UNPINNED_OBJECT.code: "/uri",
}
_PIN = "Give the object's `version_id`; or leave the uri out, and let `register` store the file."
_BY_CODE = {one.code: one for one in (*CHECKS, *formats.CHECKS)}


@dataclass(frozen=True, slots=True)
class Item:
    """One file that must be looked at; plain data, so that it can go to another process.

    Attributes:
        index: Its position in the manifest's list.
        spec: What the manifest says about it.
        store: Where it is.
        key: Its key there.
        name: Its key in a store that holds the whole version.
        own: Whether it has a uri of its own, at which newer versions may lie.
        known: The identity of the object that was found to be right before; empty for none.
    """

    index: int
    spec: ArtifactSpec
    store: Store
    key: str
    name: str
    own: bool = False
    known: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a manifest lists.

    Attributes:
        prefix: The start of the keys of all its files in its store.
        store: Its store; None where that cannot be opened.
        items: The files that can be looked at.
        findings: Why others cannot, and why the list as a whole is refused.
    """

    prefix: str
    store: Store | None
    items: tuple[Item, ...]
    findings: tuple[Finding, ...]


def listing_of(document: VersionDocument, holders: Holders) -> Listing:
    """The files of a version. There are items, or findings that say why there are none."""
    prefix = prefix_of(document)
    try:
        store = holders.of(document)
    except StoreError as error:
        flaw = could_not("the store cannot be opened", error)
        return Listing(prefix, None, (), (*_empty(document), finding_of(document, flaw)))
    items: list[Item] = []
    found = [*_empty(document)]
    rows = document.manifest.artifacts
    clashing = artifacts.clashes(row.path for row in rows)
    for index, row in enumerate(rows):
        reason = artifacts.unsafe_path(row.path) or clashing.get(index, "")
        one = _unsafe(row, reason) if reason else _item(index, row, Held(store, prefix), holders)
        if isinstance(one, Item):
            items.append(one)
        else:
            found.append(finding_of(document, one, index))
    return Listing(prefix, store, tuple(items), tuple(found))


def prefix_of(document: VersionDocument) -> str:
    """The start of the keys of a version's files."""
    manifest = document.manifest
    digest = artifacts.artifacts_digest(document.written)
    return artifacts.artifact_prefix(manifest.model, manifest.version, digest)


def finding_of(document: VersionDocument, flaw: Flaw, index: int | None = None) -> Finding:
    """A flaw at its place: the entry `index` of the list, or the list."""
    pointer = "/artifacts"
    if index is not None:
        pointer = f"/artifacts/{index}{_FIELDS.get(flaw.code, '/path')}"
    check = _BY_CODE[flaw.code]
    return check.finding(Defect(flaw.message, document.place(pointer), flaw.hint))


def _unsafe(row: ArtifactRow, reason: str) -> Flaw:
    name = printable(row.path) or "the empty path"
    return Flaw(UNSAFE_PATH.code, f"{name} {reason}", "Register the version again under another path.")


def _item(index: int, row: ArtifactRow, home: Held, holders: Holders) -> Item | Flaw:
    """The file of an entry; `home` is where the version's files lie, and what their keys begin with."""
    pins = (row.sha256, row.size, row.blake3 or "", row.version_id or "")
    spec = ArtifactSpec(row.path, *pins, row.role, row.format)
    name = home.key + row.path
    if row.uri is None:
        return Item(index, spec, home.store, name, name)
    if not _is_pinned(row.uri, spec.version):
        what = f"{printable(row.path)} has a uri of its own, {printable(row.uri)}, which pins no bytes"
        return Flaw(UNPINNED_OBJECT.code, what, _PIN)
    try:
        held = holders.at(row.uri)
    except StoreError as error:
        return could_not(f"{printable(row.path)} could not be looked for", error)
    return Item(index, spec, held.store, held.key, name, own=True)


def _is_pinned(uri: str, version: str) -> bool:
    """Whether a uri names the same bytes for ever, as far as its store keeps its word."""
    keeps_versions = uri.partition(":")[0] in {"s3", "gs", "gcs"}
    return bool(version) if keeps_versions else re.fullmatch(HUB_REVISION, uri) is not None


def _empty(document: VersionDocument) -> Iterator[Finding]:
    rows = document.manifest.artifacts
    if sum(row.size for row in rows) == 0:
        what = "lists no artifact" if not rows else "has artifacts without a single byte"
        message = f"{document.manifest.model} {document.manifest.version} {what}"
        yield finding_of(document, Flaw(EMPTY_MODEL.code, message, "Register the version with its files."))
