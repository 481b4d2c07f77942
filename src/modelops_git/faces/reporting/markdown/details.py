"""One model in one environment: what its callers, its metrics, its data and its files make of the change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from modelops_git.core.markdown import code, html_code, prose
from modelops_git.engine.diff import Change, Judgement
from modelops_git.faces.reporting.markdown.layout import Part, Section, table
from modelops_git.faces.reporting.markdown.words import NONE, interface_text, size_text, value_code
from modelops_git.faces.reporting.text import counted
from modelops_git.faces.reporting.views import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.engine.diff import Difference, Item, MetricRow
    from modelops_git.engine.reviewing.models import ReviewedModel

MOST_ROWS = 40
_WITNESS = 800
_NAME = 120
_SHORT = 12
_JUDGED = {
    Judgement.BETTER: "✅ better",
    Judgement.WORSE: "⚠️ worse",
    Judgement.EQUAL: "equal",
    Judgement.NO_GOAL: "no goal",
    Judgement.NOT_COMPARABLE: "not comparable",
}
ATTESTED, REPORTED = "attested", "self-reported"


def detail_section(model: ReviewedModel, *, is_open: bool) -> Section:
    """The fold of one model; without parts where there is nothing to compare."""
    parts = tuple(_parts(model, model.difference)) if model.difference else tuple(_alone(model))
    title = f"{html_code(model.model)} in {html_code(model.environment)}: {_versions(model)}"
    return Section(parts, title, is_open)


def _versions(model: ReviewedModel) -> str:
    difference = model.difference
    if difference is None:
        return html_code(model.asked)
    old, new = (html_code(one.manifest.version) for one in (difference.old, difference.new))
    return f"{old} to {new}"


def _alone(model: ReviewedModel) -> Iterator[Part]:
    if not model.asked or model.action is None:
        return
    if model.action.action == "create":
        yield Part("Nothing is live here to compare it with.", 7, "remark")
    elif model.live is not None and model.live.version != model.asked:
        yield Part(_not_found(model), 6, "remark")


def _not_found(model: ReviewedModel) -> str:
    live = code(model.live.version if model.live else "")
    return f"What is live, {live}, is not in the registry as it is served, so nothing can be compared."


def _parts(model: ReviewedModel, difference: Difference) -> Iterator[Part]:
    yield Part("\n\n".join(_interface(model, difference)), 3, "model")
    if difference.metrics:
        yield Part(_metrics(model, difference), 4, "metric table")
    yield from _items("Training data", difference.data, (7, "data table"))
    yield from _items("Parameters", difference.parameters, (7, "parameter table"))
    yield from _files(difference.artifacts)
    yield Part(_digests(difference), 8, "digest list")


def _interface(model: ReviewedModel, difference: Difference) -> Iterator[str]:
    comparison = difference.verdict.comparison
    other = "what is live" if model.is_against_live else "what was asked for before"
    yield f"**Interface**, against {other}: {interface_text(difference)}, {prose(comparison.reason)}."
    witness = comparison.witness
    if witness is not None:
        names = {"old": difference.old.manifest.version, "new": difference.new.manifest.version}
        shown = code(json.dumps(witness.value, ensure_ascii=False), _WITNESS)
        taken, refused = code(names[witness.accepted_by]), code(names[witness.rejected_by])
        yield f"Witness: the {witness.side} {shown} is legal in {taken} and not in {refused}."
    if difference.verdict.reviewed:
        yield "⚠️ This rests on the author's own `interface_review`, since the schemas do not decide it."


def _metrics(model: ReviewedModel, difference: Difference) -> str:
    """Old, new, change and what that means; whose word the numbers are."""
    header = (
        "Evaluation",
        "Metric",
        code(difference.old.manifest.version),
        code(difference.new.manifest.version),
        "Change",
        "",
        "By whose word",
    )
    rows = [_metric(row, model) for row in difference.metrics[:MOST_ROWS]]
    return f"**Metrics**{_more(difference.metrics)}\n\n{table(header, rows, right=(2, 3, 4))}"


def _metric(row: MetricRow, model: ReviewedModel) -> tuple[str, ...]:
    before, after = (NONE if value is None else number(value) for value in (row.before, row.after))
    return (
        prose(row.evaluation, _NAME),
        prose(row.metric, _NAME),
        before,
        after,
        _change(row),
        _JUDGED[row.judgement],
        _word(row, model),
    )


def _change(row: MetricRow) -> str:
    """The difference, where the numbers are of the same data."""
    if row.before is None or row.after is None or row.judgement is Judgement.NOT_COMPARABLE:
        return NONE
    return (
        f"{row.after - row.before:+.3g}".replace("+0", "0")
        if row.after == row.before
        else f"{row.after - row.before:+.3g}"
    )


def _word(row: MetricRow, model: ReviewedModel) -> str:
    """Whether each number is its author's own word."""
    old, new = (ATTESTED if one else REPORTED for one in (model.old_attested, model.new_attested))
    if row.before is None or row.after is None:
        return old if row.after is None else new
    return new if old == new else f"old {old}, new {new}"


def _items(heading: str, found: Sequence[Item], part: tuple[int, str]) -> Iterator[Part]:
    """What differs; what is the same in both is only counted."""
    changed = [item for item in found if item.change is not Change.SAME]
    if not found:
        return
    rank, noun = part
    if not changed:
        yield Part(f"**{heading}**: the same.", rank, noun)
        return
    rows = [
        (code(item.name, _NAME), item.change.value, value_code(item.before), value_code(item.after))
        for item in changed[:MOST_ROWS]
    ]
    body = table(("Name", "", "Before", "After"), rows)
    yield Part(f"**{heading}**{_more(changed)}{_same(len(found) - len(changed))}\n\n{body}", rank, noun)


def _files(found: Sequence[Item]) -> Iterator[Part]:
    changed = [item for item in found if item.change is not Change.SAME]
    if not changed:
        yield Part("**Files**: the same.", 8, "file table")
        return
    rows = [
        (code(item.name, _NAME), item.change.value, _size(item), _digest(item.before), _digest(item.after))
        for item in changed[:MOST_ROWS]
    ]
    body = table(("File", "", "Size", "Digest before", "Digest after"), rows, right=(2,))
    yield Part(f"**Files**{_more(changed)}{_same(len(found) - len(changed))}\n\n{body}", 8, "file table")


def _size(item: Item) -> str:
    before, after = (size_text(one["size"]) if one else NONE for one in (item.before, item.after))
    return after if before in (after, NONE) else before if after == NONE else f"{before} to {after}"


def _digest(value: object) -> str:
    return code(value["sha256"][:_SHORT]) if isinstance(value, dict) else NONE


def _digests(difference: Difference) -> str:
    from modelops_git.core.artifacts import artifacts_digest

    new = difference.new
    return f"Manifest {code(new.digest)}, files {code(artifacts_digest(new.written))}."


def _more(rows: Sequence[object]) -> str:
    return f" (the first {MOST_ROWS} of {len(rows):,})" if len(rows) > MOST_ROWS else ""


def _same(count: int) -> str:
    return f", {counted(count, 'other')} the same" if count else ""
