"""What the rules of the base ask of a change, and who has approved it already."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import ModelopsError

if TYPE_CHECKING:
    from modelops_git.core.authorizing.verdict import Need
    from modelops_git.core.findings import Finding
    from modelops_git.engine.authorizing import Source
    from modelops_git.engine.binding import Span

AWAITED = frozenset({"MOG603", "MOG604", "MOG605"})
"""What more approvals mend."""


class Ruled(NamedTuple):
    """What the rules say.

    Attributes:
        needs: What they ask for; None where that could not be found out, or there are no rules yet.
        findings: What is wrong; nothing where nobody was asked who made the change.
        is_known: Whether somebody was asked who made the change and who approved it.
        problem: Why that could not be found out, in a sentence; empty where it could.
    """

    needs: tuple[Need, ...] | None
    findings: tuple[Finding, ...] = ()
    is_known: bool = False
    problem: str = ""


def rule(span: Span, source: Source | None) -> Ruled:
    """Hold a change against the rules of its base.

    Args:
        span: The change.
        source: Where it is known from who made it and who approved; None where nobody is asked, and then
            nothing counts as given.
    """
    if span.before is None:
        return Ruled(None)
    try:
        return _asked(span, source) if source else _unasked(span)
    except ModelopsError as error:
        return Ruled(None, problem=f"Who approved this is not known: {error.message.rstrip('.')}.")


def _asked(span: Span, source: Source) -> Ruled:
    from modelops_git.engine.authorizing import authorization

    verdict = authorization(span.repository, span.base, span.head, source).verdict
    return Ruled(verdict.needs, verdict.findings, is_known=True)


def _unasked(span: Span) -> Ruled:
    from modelops_git.core.authorizing.acts import acts_of
    from modelops_git.core.authorizing.facts import Known
    from modelops_git.core.authorizing.judge import Asked, judge
    from modelops_git.engine.authorizing import altered, reached

    if span.before is None:
        return Ruled(None)
    acts = acts_of(altered(span, reached(span, [])))
    return Ruled(judge(Asked(acts, span.before.registry, Known(), span.binding)).needs)
