"""`modelops notice`: what became known about a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.core.errors import LostRaceError, UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import REFERENCE, takes_session

if TYPE_CHECKING:
    from modelops_git.core.references import Reference
    from modelops_git.faces.cli.session import Session

TYPES = click.Choice(["deprecated", "revoked", "erratum", "validation"])


@click.command("notice")
@takes_session
@click.argument("reference", type=REFERENCE, metavar="MODEL@VERSION")
@click.option("--type", "kind", type=TYPES, required=True, help="revoked: may not go live any more.")
@click.option("--reason", required=True, help="What became known.")
@click.option("--evidence", multiple=True, metavar="URI", help="What shows it; may be given several times.")
def command(
    session: Session, reference: Reference, kind: str, reason: str, evidence: tuple[str, ...]
) -> Answer:
    """Write down what became known about a version.

    A notice is a file of its own, for a version's manifest is never changed; commit it like any other.
    """
    from modelops_git.core.catalog import Catalog
    from modelops_git.edges.git.reading import worktree_snapshot
    from modelops_git.engine.files import create_file, inside
    from modelops_git.engine.notice import Known, compose_notice

    if not reference.at:
        raise UsageError("a notice is about one version", hint=f"Write {reference.model}@VERSION.")
    repository = session.repository()
    catalog = Catalog(worktree_snapshot(repository))
    notice = compose_notice(catalog, reference, Known(kind, reason, evidence))
    if not create_file(inside(repository.root, notice.path), notice.text):
        raise LostRaceError(f"{notice.path} has just been written by another", hint="Try again.")
    following = "next: commit it, for it is reviewed and merged like any change"
    return Answer({"path": notice.path}, [f"wrote {notice.path}", following])
