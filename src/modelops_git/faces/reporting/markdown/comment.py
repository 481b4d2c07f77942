"""The comment on a pull request: what its merge would do, and what is in the way."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from modelops_git import __version__
from modelops_git.core.findings import Severity
from modelops_git.core.markdown import code, prose
from modelops_git.engine.reviewed_change import State
from modelops_git.engine.reviewing.models import MOST_DETAILED
from modelops_git.faces.reporting.markdown.approvals import approval_sections, missing_text
from modelops_git.faces.reporting.markdown.courses import course_sections
from modelops_git.faces.reporting.markdown.details import detail_section
from modelops_git.faces.reporting.markdown.layout import Part, Section, bounded, document, heading, table
from modelops_git.faces.reporting.markdown.words import (
    action_text,
    interface_text,
    metrics_text,
    now_text,
    proof_text,
    takes_text,
    then_text,
)
from modelops_git.faces.reporting.text import counted, place_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.findings import Finding
    from modelops_git.engine.reviewed_change import ReviewedChange
    from modelops_git.engine.reviewing.models import ReviewedModel

MOST_ROWS = 40
MOST_FINDINGS = 60
_SHORT = 12
_NAME = 128
_ROOM = 12_000
"""Bytes of the table of models."""
_REST = "`modelops comment --format json` tells all of it."
_COLUMNS = (
    "Environment",
    "Model",
    "What happens",
    "Live now",
    "Then",
    "Interface",
    "Metrics",
    "Takes",
    "Bytes",
)
MISSING = "MOG603"
"""Approvals that are missing: the table of approvals tells of these."""
_SIGNS = {Severity.ERROR: "⛔", Severity.WARNING: "⚠️"}


def marker(registry: str) -> str:
    """What the comment of a registry begins with, so that it is found again and written anew."""
    kept = "".join(char for char in registry if char.isascii() and (char.isalnum() or char in "._-/"))
    return f"<!-- modelops-git: {kept} -->"


def comment(change: ReviewedChange) -> str:
    """The Markdown of a change, which begins with its `marker`; always shorter than 60,000 bytes."""
    return document(_sections(change), _REST)


def _sections(change: ReviewedChange) -> Iterator[Section]:
    yield Section((Part(f"{marker(change.registry)}\n{_headline(change)}"), Part(_lead(change))))
    if change.models:
        yield Section((Part(_overview(change)),))
    yield from approval_sections(change.ruled)
    yield Section(tuple(_problems(change)))
    yield Section(tuple(_findings(change)))
    yield from course_sections(change.models, change.forecasts.found)
    detailed = change.models[:MOST_DETAILED]
    yield from (detail_section(one, is_open=len(detailed) == 1) for one in detailed)
    yield Section((Part(_footer(change)),))


def _headline(change: ReviewedChange) -> str:
    errors = sum(one.code != MISSING for one in change.errors) + len(change.wrong)
    said = {
        State.REFUSED: f"⛔ Refused: {counted(errors, 'error')}",
        State.UNCHECKED: "❔ Not all of it could be checked",
        State.WAITING: f"⏳ {missing_text(change.ruled.needs)}",
        State.READY: "✅ Nothing is in the way" if change.models else "✅ Nothing that is live changes",
    }
    return heading(said[change.state], 2)


def _lead(change: ReviewedChange) -> str:
    """What the merge would do, in one sentence."""
    if not change.models:
        return f"{counted(change.changed, 'file')} of the registry {_is(change.changed)} changed."
    if len(change.models) == 1:
        (one,) = change.models
        what = f"{code(one.model)} in {code(one.environment)}: {action_text(one)}"
        return f"Once merged, {what}, {now_text(one)} → {then_text(one)}."
    counts = Counter(action_text(one) for one in change.models)
    places = len({one.environment for one in change.models})
    told = ", ".join(f"{number:,} × {what}" for what, number in counts.most_common())
    names = len({one.model for one in change.models})
    return f"Once merged, {counted(names, 'model')} in {counted(places, 'environment')}: {told}."


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _overview(change: ReviewedChange) -> str:
    rows = bounded(map(_row, change.models[:MOST_ROWS]), _ROOM)
    rest = len(change.models) - len(rows)
    more = f"\n\nand {rest:,} more" if rest else ""
    return table(_COLUMNS, rows) + more


def _row(one: ReviewedModel) -> tuple[str, ...]:
    return (
        code(one.environment, _NAME),
        code(one.model, _NAME),
        action_text(one) + _why(one.action.reason if one.action else ""),
        now_text(one),
        then_text(one),
        interface_text(one.difference),
        metrics_text(one.difference),
        takes_text(one.action),
        proof_text(one),
    )


def _why(reason: str) -> str:
    return f" ({prose(reason, 120)})" if reason else ""


def _problems(change: ReviewedChange) -> Iterator[Part]:
    for number, problem in enumerate(change.problems[:MOST_FINDINGS]):
        head = f"{heading('What could not be asked')}\n\n" if number == 0 else ""
        yield Part(f"{head}- ❔ {prose(problem)}", 1, "problem")
    yield from (Part("", 9, "problem") for _ in change.problems[MOST_FINDINGS:])


def _findings(change: ReviewedChange) -> Iterator[Part]:
    """The errors first; those that no comment could hold are only counted."""
    told = [one for one in change.findings if one.code != MISSING or change.ruled.needs is None]
    if not told and not change.wrong:
        return
    yield Part(heading("Checks and policies"))
    for version in change.wrong[:MOST_FINDINGS]:
        yield Part(
            f"- ⛔ The bytes of {code(version)} were not verified: `modelops verify` says why.", 1, "finding"
        )
    ordered = sorted(told, key=lambda one: one.severity is not Severity.ERROR)
    for one in ordered[:MOST_FINDINGS]:
        yield Part(finding_text(one), 1 if one.severity is Severity.ERROR else 2, "finding")
    rest = ordered[MOST_FINDINGS:]
    if rest:
        yield Part(f"and {counted(len(rest), 'more finding')}; `modelops validate` tells them.")


def finding_text(one: Finding) -> str:
    """A finding as an item of a list: the code, the place, what is wrong, and what to do."""
    hint = f"  \n  → {prose(one.hint)}" if one.hint else ""
    place = code(place_text(one.place), 200)
    return f"- {_SIGNS[one.severity]} **{one.code}** {one.slug}, {place}: {prose(one.message)}{hint}"


def _footer(change: ReviewedChange) -> str:
    plan = change.planned.plan
    sides = f"{code(change.head[:_SHORT])} beside {code((change.base or 'nothing')[:_SHORT])}"
    bound = f"{code(change.binding.change)}, intent {code(change.binding.intent)}"
    lines = [
        f"Plan {code(plan.digest)}, {counted(len(plan.changes), 'change')}.",
        f"Change {bound}: approvals are bound to these.",
        f"Commit {sides}, modelops-git {code(__version__)}.",
    ]
    if change.is_offline:
        lines.append("Targets, stores and providers were not asked: what is live is what the journal says.")
    if change.validated.skipped:
        lines.append(f"{counted(len(change.validated.skipped), 'check')} could not be made.")
    if any(one.proof is None and one.size for one in change.models):
        lines.append("Bytes that were not checked here are read and verified by `modelops apply`.")
    return "---\n\n" + "  \n".join(lines)
