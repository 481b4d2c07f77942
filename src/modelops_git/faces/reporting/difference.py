"""What differs between two versions, for people and for programs."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from modelops_git.engine.diff import Change, Judgement
from modelops_git.faces.reporting.lines import Span, Style, clipped
from modelops_git.faces.reporting.tables import table
from modelops_git.faces.reporting.views import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.engine.diff import Difference, Item, MetricRow
    from modelops_git.faces.reporting.lines import Line, Part

ROOM = 48
_VERDICTS = {"compatible": Style.GOOD, "incompatible": Style.BAD, "undecided": Style.WARN}
_JUDGEMENTS = {Judgement.BETTER: Style.GOOD, Judgement.WORSE: Style.BAD}


def difference_to_json(difference: Difference) -> dict[str, Any]:
    """The comparison of the interfaces, the least legal bump, and every item with what happened to it."""
    comparison = difference.verdict.comparison
    witness = comparison.witness
    return {
        "model": difference.old.manifest.model,
        "old": difference.old.manifest.version,
        "new": difference.new.manifest.version,
        "interface": {
            "verdict": comparison.verdict.value,
            "reason": comparison.reason,
            "side": comparison.side,
            "pointer": comparison.pointer,
            "witness": witness._asdict() if witness else None,
        },
        "least_bump": {
            "bump": difference.verdict.bump,
            "version": difference.least or None,
            "reasons": list(difference.verdict.reasons),
            "reviewed": difference.verdict.reviewed,
        },
        "metrics": [asdict(row) for row in difference.metrics],
        "artifacts": [asdict(item) for item in difference.artifacts],
        "data": [asdict(item) for item in difference.data],
        "parameters": [asdict(item) for item in difference.parameters],
    }


def difference_lines(difference: Difference) -> list[Line]:
    """The same for people; what is the same in both is only counted."""
    old, new = difference.old.manifest.version, difference.new.manifest.version
    lines: list[Line] = [Span(f"{difference.old.manifest.model}: {old} -> {new}", Style.STRONG)]
    lines += ["", *_interface(difference), *_bump(difference)]
    if difference.metrics:
        rows = [_metric_cells(row) for row in difference.metrics]
        lines += ["", *table(("EVALUATION", "METRIC", old, new, "CHANGE"), rows)]
    for heading, found in (
        ("Files", difference.artifacts),
        ("Training data", difference.data),
        ("Parameters", difference.parameters),
    ):
        lines += _section(heading, found)
    return lines


def _interface(difference: Difference) -> list[Line]:
    comparison = difference.verdict.comparison
    verdict = comparison.verdict.value
    lines: list[Line] = [("Interface: ", Span(verdict, _VERDICTS[verdict]), f", {comparison.reason}")]
    witness = comparison.witness
    if witness is None:
        return lines
    shown = clipped(json.dumps(witness.value, ensure_ascii=False), ROOM * 8)
    names = {"old": difference.old.manifest.version, "new": difference.new.manifest.version}
    taken, refused = names[witness.accepted_by], names[witness.rejected_by]
    return [*lines, f"  witness: the {witness.side} {shown}", f"  is legal in {taken} and not in {refused}"]


def _bump(difference: Difference) -> list[Line]:
    verdict = difference.verdict
    if verdict.bump is None:
        return ["Least legal bump: unknown until the author states an interface_review (MOG306)"]
    old = difference.old.manifest.version
    reviewed = ", by the author's interface_review" if verdict.reviewed else ""
    lines: list[Line] = [
        f"Least legal bump after {old}: {verdict.bump.upper()}, {difference.least}{reviewed}"
    ]
    return [*lines, *(f"  because {reason}" for reason in verdict.reasons)]


def _metric_cells(row: MetricRow) -> tuple[Part, ...]:
    values = ["-" if value is None else number(value) for value in (row.before, row.after)]
    style = _JUDGEMENTS.get(row.judgement)
    judged: Part = Span(row.judgement.value, style) if style else row.judgement.value
    return (row.evaluation, row.metric, *values, judged)


def _section(heading: str, found: Sequence[Item]) -> list[Line]:
    if not found:
        return []
    same = sum(item.change is Change.SAME for item in found)
    counted = f" ({same} the same)" if same else ""
    lines: list[Line] = ["", (Span(heading, Style.STRONG), counted)]
    rows = [
        ("  " + item.name, item.change.value, _value(item.before), "->", _value(item.after))
        for item in found
        if item.change is not Change.SAME
    ]
    return [*lines, *table(("  NAME", "", "", "", ""), rows)[1:]]


def _value(value: Any) -> str:
    """A value as JSON; of a digest its first twelve digits, which is enough to see that it differs."""
    if value is None:
        return "-"
    text = json.dumps(value, ensure_ascii=False)
    return clipped(re.sub(r"\b([0-9a-f]{12})[0-9a-f]{52}\b", r"\1", text), ROOM)
