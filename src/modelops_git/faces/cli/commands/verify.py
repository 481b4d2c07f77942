"""`modelops verify`: bytes against digests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import code_of_findings
from modelops_git.faces.cli.options import REFERENCE, takes_session

if TYPE_CHECKING:
    from modelops_git.core.catalog import Catalog
    from modelops_git.core.references import Reference
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.selection import Selection
    from modelops_git.engine.verify import Mode, Verified
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line


@dataclass(frozen=True, slots=True)
class _Work:
    """What to verify, and how."""

    repository: Repository
    catalog: Catalog
    selection: Selection
    mode: Mode


@click.command("verify")
@takes_session
@click.argument("references", type=REFERENCE, nargs=-1, metavar="[MODEL[@VERSION]]...")
@click.option("--changed-since", metavar="REV", help="Only versions that were touched since this commit.")
@click.option(
    "--mode",
    type=click.Choice(["full", "metadata"]),
    default="full",
    show_default=True,
    help="Read every byte, or compare names and sizes only.",
)
def command(
    session: Session, references: tuple[Reference, ...], changed_since: str | None, mode: str
) -> Answer:
    """Check the stored bytes against the digests in the manifests.

    Without arguments, of all versions. Exit code 1 where bytes differ, 3 where something could not be read.
    """
    from modelops_git.core.catalog import Catalog
    from modelops_git.edges.git.reading import worktree_snapshot
    from modelops_git.engine import selection
    from modelops_git.engine.verify import Mode

    if references and changed_since is not None:
        raise UsageError("name versions, or give --changed-since, not both")
    repository = session.repository()
    catalog = Catalog(worktree_snapshot(repository))
    if changed_since is None:
        chosen = selection.select_named(catalog, references)
    else:
        chosen = selection.select_changed(repository, changed_since)
    return _answer(session, _Work(repository, catalog, chosen, Mode(mode)))


def _answer(session: Session, work: _Work) -> Answer:
    from modelops_git.faces.reporting.json_output import findings_to_json
    from modelops_git.faces.reporting.sources import SnapshotSources
    from modelops_git.faces.reporting.text import finding_lines

    results = _verified(session, work)
    findings = [*work.selection.findings, *(finding for one in results for finding in one.findings)]
    sources = SnapshotSources(work.catalog.snapshot)
    data = {
        **findings_to_json(findings, files=work.selection.files, skipped=0),
        "mode": work.mode.value,
        "bytes": work.selection.size,
        "versions": [_to_json(one) for one in results],
    }
    lines = [*finding_lines(findings, sources), _summary(work, results)]
    return Answer(data, lines, code_of_findings(findings))


def _verified(session: Session, work: _Work) -> list[Verified]:
    from modelops_git.engine.selection import Stores, registry_of
    from modelops_git.engine.verify import verify_all

    stores = Stores(registry_of(work.catalog), work.repository.root)
    with ThreadPoolExecutor() as executor, session.progress("verifying", work.selection.size) as bar:
        found = verify_all(
            work.selection.documents, stores, executor=executor, progress=bar.advance, mode=work.mode
        )
        return list(found)


def _to_json(one: Verified) -> dict[str, Any]:
    manifest = one.document.manifest
    return {"model": manifest.model, "version": manifest.version, "verified": not one.findings}


def _summary(work: _Work, results: list[Verified]) -> Line:
    from modelops_git.faces.reporting.lines import Span, Style
    from modelops_git.faces.reporting.text import counted

    chosen = work.selection
    bad = sum(bool(one.findings) for one in results) + len(chosen.findings)
    what = "bytes verified" if work.mode.value == "full" else "names and sizes compared, no content"
    good: Line = (
        f"{counted(len(results), 'version')}, {counted(chosen.files, 'file')}, {chosen.size:,} {what}"
    )
    total = len(results) + len(chosen.findings)
    return (Span(f"{bad} of {counted(total, 'version')} not verified", Style.BAD),) if bad else good
