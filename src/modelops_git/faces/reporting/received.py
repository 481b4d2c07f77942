"""What a server says of a push, on the client's terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.findings import Severity
from modelops_git.faces.reporting.authorized import authorization_json
from modelops_git.faces.reporting.json_output import finding_to_json
from modelops_git.faces.reporting.lines import Span, Style
from modelops_git.faces.reporting.text import NoSources, counted, finding_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.engine.receiving.receive import Received
    from modelops_git.faces.reporting.lines import Line

MOST = 20
"""How many findings are shown; `modelops validate` shows all."""


def received_lines(all_of_it: Iterable[Received]) -> list[Line]:
    """Only what somebody can do something about, and that the default branch moves."""
    return [line for one in all_of_it for line in _lines(one)]


def received_json(all_of_it: Iterable[Received]) -> dict[str, Any]:
    """The same for programs."""
    return {"updates": [_json(one) for one in all_of_it]}


def _lines(one: Received) -> list[Line]:
    name, judged = one.update.branch or one.update.ref, one.judged
    if not judged.is_refused:
        return _taken(one) if one.is_default else []
    errors = [finding for finding in judged.findings if finding.severity is Severity.ERROR]
    lines: list[Line] = [(Span("refused", Style.BAD), f": {name} stays where it is.")]
    lines += [f"  {name}: {reason}." for reason in judged.reasons]
    lines += finding_lines(errors[:MOST], NoSources())
    lines += [f"  and {len(errors) - MOST} more"] if len(errors) > MOST else []
    return [*lines, *(f"  {remark}" for remark in judged.remarks)]


def _taken(one: Received) -> list[Line]:
    verdict = one.judged.authorization.verdict if one.judged.authorization else None
    acts = counted(len(verdict.acts), "change") if verdict else "nothing"
    approved = ", ".join(word.by for word in verdict.approvals) if verdict else ""
    by = f", approved by {approved}" if approved else ""
    return [(Span("taken", Style.GOOD), f": {one.update.branch}, {acts}{by}.")]


def _json(one: Received) -> dict[str, Any]:
    result = one.judged.authorization
    return {
        "ref": one.update.ref,
        "old": one.update.old or None,
        "new": one.update.new or None,
        "taken": not one.judged.is_refused,
        "reasons": list(one.judged.reasons),
        "findings": [finding_to_json(finding) for finding in one.judged.findings],
        "remarks": list(one.judged.remarks),
        "authorization": authorization_json(result) if result else None,
    }
