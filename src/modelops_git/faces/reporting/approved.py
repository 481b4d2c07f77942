"""What somebody approves, and the approval that was made."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from modelops_git.core.authorizing.judge import deed_of
from modelops_git.core.clock import format_time
from modelops_git.faces.reporting.authorized import MOST
from modelops_git.faces.reporting.tables import columns

if TYPE_CHECKING:
    from modelops_git.engine.approve import Approved, Proposal
    from modelops_git.faces.reporting.lines import Line


def proposal_lines(proposal: Proposal) -> list[Line]:
    """What is about to be signed."""
    acts = proposal.result.verdict.acts
    lines: list[Line] = [f"You approve the change from {proposal.base[:12]} to {proposal.result.head[:12]}:"]
    lines += columns([(f"  {deed_of(act).what}", act.path) for act in acts[:MOST]])
    return [*lines, f"  and {len(acts) - MOST} more"] if len(acts) > MOST else lines


def approved_lines(approved: Approved) -> list[Line]:
    """What was signed, where it is, and what is next."""
    by = approved.statement.by
    if not approved.commit:
        return [f"Approved as {by}: {approved.path}", "Written, not committed."]
    lines: list[Line] = [
        f"Approved as {by}: {approved.path}",
        f"Committed {approved.commit[:12]}" + (f" on {approved.branch}" if approved.branch else ""),
    ]
    if not approved.remote or not approved.branch:
        return lines
    push = shlex.join(["git", "push", approved.remote, approved.branch])
    return [*lines, "", "next:", f"  {push}"]


def approved_data(proposal: Proposal, approved: Approved) -> dict[str, Any]:
    """The same for programs."""
    statement = approved.statement
    return {
        "by": f"ssh:{statement.by}",
        "at": format_time(statement.at),
        "base": proposal.base,
        "head": proposal.result.head,
        "acts": [
            {key: value for key, value in act._asdict().items() if value}
            for act in proposal.result.verdict.acts
        ],
        "binding": statement.binding._asdict(),
        "path": approved.path,
        "branch": approved.branch or None,
        "commit": approved.commit or None,
    }
