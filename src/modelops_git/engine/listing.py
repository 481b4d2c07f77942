"""From a version manifest to the files that must be looked at, and from a failure to a finding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core import artifacts
from modelops_git.core.artifacts import ArtifactSpec, printable
from modelops_git.core.checks.artifacts import (
    CHECKS,
    COULD_NOT_VERIFY,
    DIGEST_DIFFERS,
    EMPTY_MODEL,
    LFS_POINTER,
    SIZE_DIFFERS,
    UNSAFE_PATH,
)
from modelops_git.core.checks.base import Defect
from modelops_git.engine.flaws import Flaw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.findings import Finding

# The part of an artifact's entry that a flaw contradicts.
_FIELDS = {SIZE_DIFFERS.code: "/size", DIGEST_DIFFERS.code: "/sha256", LFS_POINTER.code: "/sha256"}
_BY_CODE = {one.code: one for one in CHECKS}


@dataclass(frozen=True, slots=True)
class Item:
    """One file that must be looked at.

    Attributes:
        index: Its position in the manifest's list.
        spec: What the manifest says about it.
        key: Where it is in a store.
    """

    index: int
    spec: ArtifactSpec
    key: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a manifest lists.

    Attributes:
        prefix: The start of the keys of all its files in a store.
        items: The files that can be looked at.
        findings: Why others cannot, and why the list as a whole is refused.
    """

    prefix: str
    items: tuple[Item, ...]
    findings: tuple[Finding, ...]


def listing_of(document: VersionDocument) -> Listing:
    """The files of a version. There are items, or findings that say why there are none."""
    prefix = prefix_of(document)
    refused = dict(_refused(document))
    items = [
        Item(index, ArtifactSpec(row.path, row.sha256, row.size), prefix + row.path)
        for index, row in enumerate(document.manifest.artifacts)
        if index not in refused
    ]
    return Listing(prefix, tuple(items), (*_empty(document), *refused.values()))


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


def _refused(document: VersionDocument) -> Iterator[tuple[int, Finding]]:
    rows = document.manifest.artifacts
    clashing = artifacts.clashes(row.path for row in rows)
    for index, row in enumerate(rows):
        name = printable(row.path) or "the empty path"
        if reason := artifacts.unsafe_path(row.path) or clashing.get(index, ""):
            flaw = Flaw(
                UNSAFE_PATH.code, f"{name} {reason}", "Register the version again under another path."
            )
            yield index, finding_of(document, flaw, index)
        elif row.uri is not None:
            flaw = Flaw(
                COULD_NOT_VERIFY.code,
                f"{name} has a uri of its own, {printable(row.uri)}, which this build cannot read",
                "Put the file into a store of the Registry.",
            )
            yield index, finding_of(document, flaw, index)


def _empty(document: VersionDocument) -> Iterator[Finding]:
    rows = document.manifest.artifacts
    if sum(row.size for row in rows) == 0:
        what = "lists no artifact" if not rows else "has artifacts without a single byte"
        message = f"{document.manifest.model} {document.manifest.version} {what}"
        yield finding_of(document, Flaw(EMPTY_MODEL.code, message, "Register the version with its files."))
