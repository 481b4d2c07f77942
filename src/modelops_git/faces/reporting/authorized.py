"""What the rules say of a change, as people and programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.authorizing.judge import deed_of
from modelops_git.core.clock import format_time
from modelops_git.faces.reporting.json_output import finding_to_json
from modelops_git.faces.reporting.lines import Span, Style
from modelops_git.faces.reporting.tables import columns
from modelops_git.faces.reporting.text import NoSources, counted, finding_lines

if TYPE_CHECKING:
    from modelops_git.core.authorizing.facts import Approval
    from modelops_git.core.authorizing.verdict import Need, Verdict
    from modelops_git.engine.authorizing import Authorization
    from modelops_git.faces.reporting.lines import Line

MOST = 50
"""How many acts and needs are listed for people; programs get all."""


def authorization_lines(result: Authorization) -> list[Line]:
    """A change, what it does, what that needs, and what is wrong."""
    base = result.base[:12] if result.base else "nothing"
    lines: list[Line] = [f"The change from {base} to {result.head[:12]}:", ""]
    return [*lines, *verdict_lines(result.verdict)]


def verdict_lines(verdict: Verdict) -> list[Line]:
    """What is done, what that needs, and what is wrong."""
    if not verdict.acts:
        return ["Nothing that rules are about."]
    acts = [(deed_of(act).what, act.path) for act in verdict.acts]
    lines = columns([(f"  {what}", path) for what, path in acts[:MOST]])
    lines += _more(len(acts))
    needs = list(dict.fromkeys(need_text(need) for need in verdict.needs))
    lines += ["", *(f"  {text}" for text in needs[:MOST]), *_more(len(needs))] if needs else []
    found = finding_lines(verdict.findings, NoSources())
    last = "Allowed." if verdict.is_allowed else f"Not allowed: {counted(len(verdict.findings), 'finding')}."
    style = Style.GOOD if verdict.is_allowed else Style.BAD
    return [*lines, "", *found, Span(last, style)]


def need_text(need: Need) -> str:
    """What a rule asks for, and who has given it, in a sentence."""
    given = f": {', '.join(need.given)}" if need.given else ""
    missing = f", {need.missing} missing" if need.missing else ""
    groups = " or ".join(need.groups)
    what = deed_of(need.act).what
    return f"approvals to {what}: {len(need.given)} of {need.wanted} from {groups}{given}{missing}"


def authorization_json(result: Authorization) -> dict[str, Any]:
    """The same for programs."""
    return {
        "base": result.base,
        "head": result.head,
        "author": result.known.author or None,
        "pull_request": result.known.pull_request or None,
        "binding": result.binding._asdict(),
        **verdict_json(result.verdict),
        "remarks": list(result.remarks),
    }


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict for programs."""
    return {
        "allowed": verdict.is_allowed,
        "acts": [{key: value for key, value in act._asdict().items() if value} for act in verdict.acts],
        "needs": [_need_json(need) for need in verdict.needs],
        "approvals": [_approval_json(one) for one in verdict.approvals],
        "findings": [finding_to_json(one) for one in verdict.findings],
    }


def _need_json(need: Need) -> dict[str, Any]:
    return {
        "path": need.act.path,
        "action": need.act.action,
        "rule": need.rule,
        "from": list(need.groups),
        "wanted": need.wanted,
        "given": list(need.given),
        "missing": need.missing,
        "candidates": list(need.candidates),
    }


def _approval_json(one: Approval) -> dict[str, Any]:
    return {"by": one.by, "source": one.source, "at": format_time(one.at) if one.at else None}


def _more(count: int) -> list[Line]:
    return [f"  and {count - MOST} more"] if count > MOST else []
