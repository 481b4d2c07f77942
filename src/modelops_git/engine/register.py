"""Register: from files to a stored, checked and described version.

In three steps, so that nothing is ever half done: `gather` reads what is small and says all that is missing;
`draft` hashes the files, finds the number, and holds the manifest against every check; `publish` stores the
bytes and writes the manifest, last. Until that is there, nothing refers to what was stored, and registering
again finds the same bytes under the same keys.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.errors import RefusedError, UsageError
from modelops_git.core.manifests.wording import NAME_RULE
from modelops_git.core.places import Home, is_name
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.edges.stores import streams
from modelops_git.engine.files import inside
from modelops_git.engine.hashing import digest_files
from modelops_git.engine.inspecting import rules_for
from modelops_git.engine.registering import agreement, approval, artifacts, missing, numbering
from modelops_git.engine.registering.composing import Composer, composer_for, dumped
from modelops_git.engine.registering.looking import look
from modelops_git.engine.registering.storing import Parcel, Put, put_all, write_all
from modelops_git.engine.selection import registry_of
from modelops_git.engine.stores import store_named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.parse import Document
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.stores.base import Expected, Store
    from modelops_git.edges.stores.streams import Progress
    from modelops_git.engine.registering.looking import Looked
    from modelops_git.engine.registering.numbering import Line, Numbered
    from modelops_git.engine.registering.request import Request


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that is known before a file is hashed; nothing is missing any more.

    Attributes:
        repository: The registry's repository.
        catalog: The registry as it is in the work tree.
        request: What is asked.
        composer: Makes the manifest.
        line: What the version comes after.
        store: Where the bytes go.
        facts: The time, and what is merged.
    """

    repository: Repository
    catalog: Catalog
    request: Request
    composer: Composer
    line: Line
    store: Store
    facts: Facts

    @property
    def size(self) -> int:
        """How many bytes are going to be hashed."""
        return sum(file.stat().st_size for file in self.composer.to_hash)


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that passes its checks, and is nowhere yet.

    Attributes:
        gathered: What it was made from.
        document: The manifest as it will be read.
        numbered: Its number, and why.
        parcels: Its files.
        files: The texts to write, by path, in this order; the manifest of the version is the last one.
        warnings: What the checks have to say all the same.
    """

    gathered: Gathered
    document: Document
    numbered: Numbered
    parcels: tuple[Parcel, ...]
    files: dict[str, str]
    warnings: tuple[Finding, ...]

    @property
    def prefix(self) -> str:
        """The start of the keys of the files in the store."""
        written = self.document.written
        return artifact_prefix(written["model"], written["version"], artifacts_digest(written))

    @property
    def size(self) -> int:
        """How many bytes are going to be stored."""
        return sum(parcel.expected.size for parcel in self.parcels)

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know beside."""
        return self.gathered.composer.notes


def gather(repository: Repository, request: Request, looked: Looked | None = None) -> Gathered:
    """Read all but the bytes themselves, and see that nothing is missing.

    Args:
        repository: The registry's repository.
        request: What is asked.
        looked: What the files say, if they were read before.

    Raises:
        UsageError: A name, a path, a number or a file of the request makes no sense.
        RefusedError: Something is missing or wrong; the findings say all of it, and how to give it.
        StoreError: A file cannot be read, or the store cannot be opened.
        GitError: git failed.
    """
    if not is_name(request.model):
        raise UsageError(f"{request.model!r} is not a name for a model", hint=NAME_RULE)
    catalog = Catalog(worktree_snapshot(repository))
    registry = registry_of(catalog)
    request = replace(request, now=request.now or datetime.now(UTC).replace(microsecond=0))
    model = _model(catalog, request.model)
    looked = looked or look(repository, request)
    files = looked.files
    composer = composer_for(repository, request, model, files, looked.told)
    composer = composer.noting([*looked.hidden(), *artifacts.notes(files)])
    _refuse(composer, catalog, files)
    merged = approval.merged_state(repository, registry)
    line = numbering.line_of(catalog, request.model, composer.asked, _numbers(merged, request.model))
    store = store_named(registry, composer.fields.get("store") or registry.default_store, repository.root)
    facts = Facts(request.now, merged)
    return Gathered(repository, catalog, request, composer, line, store, facts)


def _model(catalog: Catalog, name: str) -> Document | None:
    """The model's manifest; None for a new model."""
    parsed = catalog.document(Home("Model", name).path)
    if parsed is None:
        return None
    if parsed.document is None:
        raise RefusedError(f"the manifest of the model {name} has mistakes", findings=parsed.findings)
    return parsed.document


def _numbers(merged: Any, model: str) -> frozenset[str]:
    return frozenset(Catalog(merged).versions(model)) if merged else frozenset()


def _refuse(composer: Composer, catalog: Catalog, files: tuple[artifacts.Described, ...]) -> None:
    """Refuse all that is wrong or missing, at once."""
    request, model, registry = composer.request, composer.model, registry_of(catalog)
    if composer.metadata.findings and composer.metadata.source is None:
        raise RefusedError("the metadata cannot be read", findings=composer.metadata.findings)
    day = f"{request.now:%Y-%m-%d}"
    rules = rules_for(registry, request.model, day)
    stand_in = composer.manifest(composer.stand_ins())
    entries = {row["path"]: row for row in stand_in["artifacts"]}
    flaws = [*artifacts.flaws(files, entries, rules), *composer.flaws]
    wants = missing.Wants(
        registry, model.manifest if model else None, composer.where, composer.why_no_interface, bool(flaws)
    )
    findings = [
        *flaws,
        *composer.metadata.findings,
        *missing.lacks(stand_in, wants),
        *(approval.flaws_of_new_model(composer, catalog) if model is None else ()),
    ]
    known = {finding.place.pointer for finding in findings if finding not in flaws}
    findings += agreement.malformed(composer, stand_in, known)
    if findings:
        raise RefusedError(
            f"{request.model} cannot be registered like this; nothing was stored or written",
            findings=findings,
        )


def draft(gathered: Gathered, executor: Executor | None = None, progress: Progress = streams.ignore) -> Draft:
    """Hash the files, find the number, and hold the manifest against all checks.

    Raises:
        RefusedError: It would not pass, or nothing is new.
        StoreError: A file cannot be read.
    """
    composer = gathered.composer
    to_hash = composer.to_hash
    measured = dict(zip(to_hash, digest_files(to_hash, executor, progress), strict=True))
    fields = composer.manifest(measured)
    agreement.refuse_other_bytes(composer, measured)
    numbered = numbering.choose(gathered.line, fields)
    numbering.refuse_nothing_new(gathered.catalog, gathered.line, numbered.version, fields)
    manifest = composer.numbered(fields, numbered.version, gathered.line.parent)
    return _checked(gathered, manifest, numbered, measured)


def _checked(
    gathered: Gathered, manifest: dict[str, Any], numbered: Numbered, measured: dict[Any, Expected]
) -> Draft:
    composer = gathered.composer
    path = Home("ModelVersion", gathered.request.model, numbered.version).path
    files = {**composer.model_file(), path: dumped(manifest)}
    result = approval.judge(gathered.catalog.snapshot, files, gathered.facts)
    warnings = approval.approve(result, composer.metadata, manifest)
    document = composer.parsed(path, files[path])
    made = Draft(gathered, document, numbered, (), files, warnings)
    prefix = made.prefix  # which takes the digest of the whole list
    parcels = (
        Parcel(prefix + one.source.path, one.source, measured[one.source.file]) for one in composer.files
    )
    return replace(made, parcels=tuple(parcels))


def publish(draft: Draft, executor: Executor | None = None, progress: Progress = streams.ignore) -> Draft:
    """Store the bytes, then write what refers to them.

    Returns:
        What was written: with the versions that the store gave the objects, where it keeps versions.

    Raises:
        RefusedError: A file has changed since it was hashed, or a link leads out of the registry.
        StoreError: The store failed, or a manifest could not be written; then none is.
        LostRaceError: Another has just written the same version.
    """
    root = draft.gathered.repository.root
    targets = {path: inside(root, path) for path in draft.files}
    put = Put(draft.gathered.store, progress, _known_keys(draft))
    versions = put_all(put, draft.parcels, executor)
    paths = [parcel.source.path for parcel in draft.parcels]
    stored = _with_versions(draft, dict(zip(paths, versions, strict=True)))
    write_all({target: stored.files[path] for path, target in targets.items()}, root)
    return stored


def _known_keys(draft: Draft) -> dict[str, str]:
    """The keys of the bytes that other versions of the model have in the same store, by their SHA-256."""
    written, catalog = draft.document.written, draft.gathered.catalog
    default = registry_of(catalog).default_store
    known: dict[str, str] = {}
    for number in catalog.versions(written["model"]):
        version = catalog.version(written["model"], number)
        if version and (version.manifest.store or default) == (written.get("store") or default):
            prefix = artifact_prefix(written["model"], number, artifacts_digest(version.written))
            own = version.manifest.artifacts
            known |= {row.sha256: prefix + row.path for row in own if row.uri is None}
    return known


def _with_versions(draft: Draft, versions: Mapping[str, str]) -> Draft:
    """The same, with the versions of the objects, which are given by path, in its list."""
    if not any(versions.values()):
        return draft
    rows = draft.document.written["artifacts"]
    pinned = [
        {**row, **({"version_id": found} if (found := versions.get(row["path"])) else {})} for row in rows
    ]
    path = draft.document.path
    text = dumped({**draft.document.written, "artifacts": pinned})
    document = draft.gathered.composer.parsed(path, text)
    return replace(draft, document=document, files={**draft.files, path: text})
