"""`modelops approve`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session


@click.command("approve")
@takes_session
@click.option("--base", metavar="REV", help="What it goes into, where that is not the default branch.")
@click.option("--key", default="", metavar="FILE", help="The SSH key; that of git by default.")
@click.option("--as", "by", default="", metavar="NAME", help="Who you are, where your key is a certificate.")
@click.option("--no-commit", is_flag=True, help="Write the file, and commit nothing.")
def command(session: Session, base: str | None, key: str, by: str, *, no_commit: bool) -> Answer:
    """Sign what the commits of this branch change.

    For registries without a forge. The signature, by an SSH key that `allowed_signers` on the default branch
    lists, is a file on this branch, and counts for exactly what the branch changes now. Whoever wrote some of
    it cannot approve it.
    """
    from modelops_git.engine.approve import Request, approve, propose
    from modelops_git.faces.reporting.approved import approved_data, approved_lines, proposal_lines

    repository = session.repository()
    proposal = propose(repository, base)
    for remark in proposal.result.remarks:
        session.note(remark)
    for line in proposal_lines(proposal):
        session.note(line)
    done = approve(repository, proposal, Request(key, by, not no_commit, session.terminal.asks))
    return Answer(approved_data(proposal, done), approved_lines(done))
