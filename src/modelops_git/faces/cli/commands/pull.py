"""`modelops pull`: the verified files of a version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import code_of_findings
from modelops_git.faces.cli.options import REFERENCE, takes_session

if TYPE_CHECKING:
    from modelops_git.core.catalog import Catalog
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.references import Reference
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.pull import Pulled
    from modelops_git.faces.cli.session import Session


@dataclass(frozen=True, slots=True)
class _Wish:
    """A version, the folder that its files go to, and whether they are to be copies."""

    document: Document
    folder: Path
    copies: bool

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(row.size for row in self.document.manifest.artifacts)


@click.command("pull")
@takes_session
@click.argument("reference", type=REFERENCE, metavar="MODEL[@VERSION|@ENV]")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the files go; MODEL-VERSION in this folder by default.",
)
@click.option(
    "--copy", "copies", is_flag=True, help="Files of your own, to edit; links to the cache otherwise."
)
def command(session: Session, reference: Reference, folder: Path | None, *, copies: bool) -> Answer:
    """Fetch the verified files of a version.

    MODEL alone is its newest release; MODEL@ENV is the version that the rollout manifest asks for there. No
    file is placed unless all are what the manifest says. The files share their bytes with the local cache
    where the file system can do that; where that is by a link they are read-only.
    """
    from modelops_git.core.catalog import Catalog
    from modelops_git.edges.git.reading import worktree_snapshot

    repository = session.repository()
    catalog = Catalog(worktree_snapshot(repository))
    document = _document(catalog, reference)
    _warn(session, catalog, document)
    version = document.manifest
    name = f"{version.model.rpartition('/')[2]}-{version.version}"
    wish = _Wish(document, folder if folder is not None else Path(name), copies=copies)
    pulled = _fetch(session, wish, (repository, catalog))
    if "hardlink" in pulled.ways:
        session.detail("The files are links to the cache, read-only; --copy gives files of your own.")
    return _answer(wish, catalog, pulled)


def _document(catalog: Catalog, reference: Reference) -> Document:
    """The manifest of the version that is meant."""
    from modelops_git.core.references import find_model, find_version
    from modelops_git.core.versions import is_version
    from modelops_git.engine.overview import newest

    model, at = reference.model, reference.at
    find_model(catalog, model)
    if not at:
        at = newest(tuple(catalog.versions(model)))
        if not at:
            raise UsageError(f"{model} has no versions", hint="`modelops register` writes the first.")
    elif not is_version(at):
        at = _asked_for(catalog, model, at)
    return find_version(catalog, model, at)


def _asked_for(catalog: Catalog, model: str, environment: str) -> str:
    from modelops_git.core.checks.base import did_you_mean

    rollout = catalog.rollout(model, environment)
    if rollout is None:
        known = [one.manifest.environment for one in catalog.rollouts(model)]
        hint = did_you_mean(environment, known, f"rollouts of {model}")
        raise UsageError(f"{environment!r} is no version of {model}, and nothing is wanted there", hint=hint)
    version: str = rollout.manifest.version
    return version


def _warn(session: Session, catalog: Catalog, document: Document) -> None:
    """Say what became known about the version: it can still be looked at."""
    manifest = document.manifest
    for notice in catalog.notices(manifest.model, manifest.version):
        kind, reason = notice.manifest.type, notice.manifest.reason
        session.note(f"{manifest.model} {manifest.version}: {kind}: {reason}")


def _fetch(session: Session, wish: _Wish, place: tuple[Repository, Catalog]) -> Pulled:
    from modelops_git.edges.executors import executor_for
    from modelops_git.edges.stores.cache import Cache, cache_folder
    from modelops_git.engine.pull import Destination, pull
    from modelops_git.engine.selection import registry_of
    from modelops_git.engine.stores import Stores

    repository, catalog = place
    stores = Stores(registry_of(catalog), repository.root)
    destination = Destination(wish.folder, Cache(cache_folder()), copies=wish.copies)
    with executor_for() as executor, session.progress("pulling", wish.size) as bar:
        return pull(wish.document, stores, destination, executor=executor, progress=bar.advance)


def _answer(wish: _Wish, catalog: Catalog, pulled: Pulled) -> Answer:
    from modelops_git.faces.reporting.json_output import findings_to_json
    from modelops_git.faces.reporting.sources import SnapshotSources
    from modelops_git.faces.reporting.text import counted, finding_lines

    version, findings = wish.document.manifest, pulled.findings
    files = [row.path for row in version.artifacts]
    data = {
        "model": version.model,
        "version": version.version,
        "manifest_digest": wish.document.digest,
        "folder": str(wish.folder),
        "files": [] if findings else files,
        "ways": {way.value: count for way, count in pulled.ways.items()},
        **findings_to_json(findings, files=len(files), skipped=0),
    }
    if findings:
        lines = [*finding_lines(findings, SnapshotSources(catalog.snapshot)), "nothing was placed"]
        return Answer(data, lines, code_of_findings(findings))
    placed = f"{counted(len(files), 'verified file')} of {version.model} {version.version} in {wish.folder}"
    return Answer(data, [placed])
