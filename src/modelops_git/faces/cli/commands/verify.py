"""`modelops verify`: bytes against digests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import code_of_findings
from modelops_git.faces.cli.options import REFERENCE, gathers, takes_session

if TYPE_CHECKING:
    from modelops_git.core.catalog import Catalog
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.references import Reference
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.selection import Selection
    from modelops_git.engine.sharding import Shard
    from modelops_git.engine.signing import Checked
    from modelops_git.engine.verify import Verified
    from modelops_git.faces.cli.session import Session


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of the command; each is described by its option."""

    references: tuple[Reference, ...]
    changed_since: str | None
    mode: str
    digest: str
    cached: bool
    shard: str
    executor: str


@dataclass(frozen=True, slots=True)
class _Work:
    """What to verify, and how."""

    asked: Asked
    repository: Repository
    catalog: Catalog
    selection: Selection
    shard: Shard | None

    @property
    def files(self) -> int:
        """How many files are looked at."""
        return self.selection.files if self.shard is None else len(self.shard.files)

    @property
    def told(self) -> list[Document]:
        """The versions about which as a whole something is told here."""
        shard = self.shard
        return [one for one in self.selection.documents if shard is None or one.path in shard.versions]

    @property
    def size(self) -> int:
        """How many bytes they have."""
        return self.selection.size if self.shard is None else self.shard.size


@click.command("verify")
@takes_session
@click.argument("references", type=REFERENCE, nargs=-1, metavar="[MODEL[@VERSION]]...")
@click.option("--changed-since", metavar="REV", help="Only versions that were touched since this commit.")
@click.option(
    "--mode",
    type=click.Choice(["full", "metadata"]),
    default="full",
    show_default=True,
    help="Read every byte, or ask the stores: size, version, and the SHA-256 that they computed.",
)
@click.option(
    "--digest",
    type=click.Choice(["sha256", "blake3"]),
    default="sha256",
    show_default=True,
    help="What proves a file; blake3 is several times as fast, where the manifest has it.",
)
@click.option("--cached", is_flag=True, help="Believe what was read before and has not changed since.")
@click.option("--shard", metavar="I/N", default="", help="Do share I of N, as one job of N does in CI.")
@click.option(
    "--executor", metavar="URI", default="", help="What reads: dask://HOST:PORT, threads://N, processes://N."
)
@gathers(Asked)
def command(session: Session, asked: Asked) -> Answer:
    """Check the stored bytes against the digests in the manifests.

    Without arguments, of all versions. Exit code 1 where bytes differ, 3 where something could not be read.
    """
    from modelops_git.core.catalog import Catalog
    from modelops_git.edges.git.reading import worktree_snapshot
    from modelops_git.engine import selection, sharding

    if asked.references and asked.changed_since is not None:
        raise UsageError("name versions, or give --changed-since, not both")
    share = sharding.parse_shard(asked.shard) if asked.shard else None
    repository = session.repository()
    catalog = Catalog(worktree_snapshot(repository))
    if asked.changed_since is None:
        chosen = selection.select_named(catalog, asked.references)
    else:
        chosen = selection.select_changed(repository, asked.changed_since)
    shard = sharding.shard_of(chosen.documents, *share) if share else None
    return _answer(session, _Work(asked, repository, catalog, chosen, shard))


def _answer(session: Session, work: _Work) -> Answer:
    from modelops_git.engine.selection import registry_of
    from modelops_git.engine.stores import Stores
    from modelops_git.engine.trusting import check_signatures
    from modelops_git.faces.reporting.json_output import findings_to_json
    from modelops_git.faces.reporting.signed import signers_lines, signers_to_json
    from modelops_git.faces.reporting.sources import SnapshotSources
    from modelops_git.faces.reporting.text import finding_lines
    from modelops_git.faces.reporting.verified import Told, summary, version_to_json

    results = _verified(session, work)
    stores = Stores(registry_of(work.catalog), work.repository.root)
    signed = check_signatures(work.repository, work.told, stores)
    results = [_with_signature(one, signed) for one in results]
    findings = [*work.selection.findings, *(finding for one in results for finding in one.findings)]
    told = Told(tuple(results), len(work.selection.findings), work.files, work.size, work.asked.shard)
    data: dict[str, Any] = {
        **findings_to_json(findings, files=work.files, skipped=0),
        "mode": work.asked.mode,
        "bytes": work.size,
        "shard": work.asked.shard or None,
        "proofs": {proof.value: count for proof, count in told.proofs.items()},
        "versions": [version_to_json(one) | signers_to_json(signed, one.document.path) for one in results],
    }
    lines = [*finding_lines(findings, SnapshotSources(work.catalog.snapshot)), summary(told)]
    by_sha256 = (work.asked.mode, work.asked.digest) == ("full", "sha256")
    lines += signers_lines(signed.values(), are_bytes_proved=by_sha256)
    return Answer(data, lines, code_of_findings(findings))


def _verified(session: Session, work: _Work) -> list[Verified]:
    from modelops_git.edges import processes
    from modelops_git.edges.executors import executor_for
    from modelops_git.engine.inspecting import ByRegistry
    from modelops_git.engine.memory import readings
    from modelops_git.engine.reading import Digest
    from modelops_git.engine.selection import registry_of
    from modelops_git.engine.stores import Stores
    from modelops_git.engine.verify import How, Mode, verify_all

    asked = work.asked
    registry = registry_of(work.catalog)
    stores = Stores(registry, work.repository.root)
    label = "verifying" if asked.mode == "full" else "asking"
    with (
        readings(work.repository, believed=asked.cached) as memory,
        executor_for(asked.executor) as executor,
        session.progress(label, work.size) as bar,
    ):
        mode, digest = Mode(asked.mode), Digest(asked.digest)
        count = 1 if asked.executor else processes.available()
        inspector = ByRegistry(registry, _today())
        how = How(executor, bar.advance, mode, digest, memory, work.shard, inspector, count)
        return list(verify_all(work.selection.documents, stores, how))


def _today() -> str:
    from datetime import UTC, datetime

    return f"{datetime.now(UTC):%Y-%m-%d}"


def _with_signature(one: Verified, signed: dict[str, Checked]) -> Verified:
    found = signed.get(one.document.path)
    return replace(one, findings=(*one.findings, *found.findings)) if found else one
