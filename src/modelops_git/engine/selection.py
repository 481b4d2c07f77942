"""Which versions to verify: those that are named, those that a change touches, or all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.artifacts import COULD_NOT_VERIFY
from modelops_git.core.checks.base import Defect
from modelops_git.core.errors import RefusedError, UsageError
from modelops_git.core.findings import Place
from modelops_git.core.places import REGISTRY_FILE, Home, home_of
from modelops_git.core.references import find_model, find_version
from modelops_git.edges.git.reading import change, commit_snapshot, worktree_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.references import Reference
    from modelops_git.edges.git.repository import Repository


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be verified.

    Attributes:
        documents: The versions.
        findings: Why others that were asked for cannot be: their manifests are not readable.
    """

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]

    @property
    def files(self) -> int:
        """How many files the versions have."""
        return sum(len(document.manifest.artifacts) for document in self.documents)

    @property
    def size(self) -> int:
        """How many bytes the versions have."""
        return sum(row.size for document in self.documents for row in document.manifest.artifacts)


def select_named(catalog: Catalog, references: Iterable[Reference]) -> Selection:
    """The versions that are named; of a model without a version, all; of no reference at all, all there are.

    Raises:
        UsageError: There is no such model or version.
    """
    wanted = tuple(references)
    if not wanted:
        return _selection(catalog, (path for name in catalog.models() for path in _all_of(catalog, name)))
    return _selection(catalog, (path for one in wanted for path in _of_reference(catalog, one)))


def select_changed(repository: Repository, since: str) -> Selection:
    """The versions whose manifest, or whose rollout or experiment, differs from what it was at `since`.

    All versions, where `modelops.yaml` differs: it says where the bytes are.

    Raises:
        GitError: `since` names no commit.
    """
    found = change(repository, commit_snapshot(repository, since), worktree_snapshot(repository))
    catalog = Catalog(found.head)
    if REGISTRY_FILE in found.changed:
        return select_named(catalog, ())
    paths = (path for changed in found.changed for path in _touched(catalog, changed))
    return _selection(catalog, (path for path in paths if catalog.holds(path)))


def _all_of(catalog: Catalog, model: str) -> list[str]:
    return [Home("ModelVersion", model, version).path for version in catalog.versions(model)]


def _of_reference(catalog: Catalog, reference: Reference) -> list[str]:
    if reference.at:
        return [find_version(catalog, reference.model, reference.at).path]
    find_model(catalog, reference.model)
    found = _all_of(catalog, reference.model)
    if not found:
        raise UsageError(f"{reference.model} has no versions", hint="`modelops register` writes the first.")
    return found


def _touched(catalog: Catalog, path: str) -> list[str]:
    """The version manifests that a changed file stands for."""
    home = home_of(path)
    if home is None or home.kind not in {"ModelVersion", "Rollout", "Experiment"}:
        return []
    if home.kind == "ModelVersion":
        return [path]
    parsed = catalog.document(path)
    if parsed is None or parsed.document is None:
        return []
    manifest = parsed.document.manifest
    versions = [manifest.version] if home.kind == "Rollout" else [one.version for one in manifest.candidates]
    return [Home("ModelVersion", home.model, version).path for version in versions]


def _selection(catalog: Catalog, paths: Iterable[str]) -> Selection:
    unique = list(dict.fromkeys(paths))
    catalog.snapshot.preload(unique)
    documents: list[Document] = []
    findings: list[Finding] = []
    for path in unique:
        parsed = catalog.document(path)
        if parsed is not None and parsed.document is not None:
            documents.append(parsed.document)
        else:
            findings += parsed.findings if parsed is not None else [_unreadable(path)]
    return Selection(tuple(documents), tuple(findings))


def _unreadable(path: str) -> Finding:
    message = "the manifest is no regular file, so that nothing says what the bytes should be"
    return COULD_NOT_VERIFY.finding(Defect(message, Place(path)))


def registry_of(catalog: Catalog) -> Registry:
    """What `modelops.yaml` says.

    Raises:
        RefusedError: It is not valid; the findings say why.
    """
    document = catalog.registry
    if document is not None:
        registry: Registry = document.manifest
        return registry
    parsed = catalog.document(REGISTRY_FILE)
    findings = parsed.findings if parsed else ()
    raise RefusedError(
        f"{REGISTRY_FILE} is not valid", hint="See `modelops validate --all`.", findings=findings
    )
