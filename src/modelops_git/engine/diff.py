"""Two versions of a model side by side: what differs, and what that means for callers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from modelops_git.core.interfaces.bump import least_bump
from modelops_git.core.versions import bump as bumped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.interfaces.bump import BumpVerdict
    from modelops_git.core.manifests.model import MetricGoal, Model
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.training import Evaluation


class Change(StrEnum):
    """What happened to one item between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


class Judgement(StrEnum):
    """What a change of a metric means."""

    BETTER = "better"
    WORSE = "worse"
    EQUAL = "equal"
    NO_GOAL = "no goal"
    """`model.yaml` does not say which way is better."""
    NOT_COMPARABLE = "not comparable"
    """Measured on other data, on data of no known digest, or in one of the versions only."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that both versions may have: a file, a data set, a parameter.

    Attributes:
        name: What it is called.
        change: What happened to it.
        before: Its value in the old version, as JSON; None where it has none.
        after: The same in the new one.
    """

    name: str
    change: Change
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric of one evaluation, in the metric's own unit.

    Attributes:
        evaluation: The evaluation's name.
        metric: The metric's name.
        before: The old version's value; None where it has none.
        after: The new one's.
        judgement: What the change means.
    """

    evaluation: str
    metric: str
    before: float | None
    after: float | None
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two versions.

    Attributes:
        old: The manifest of the one.
        new: The manifest of the other.
        verdict: The least legal bump and why, with what is known about the interfaces.
        least: The least legal number of a version that follows the old one so; empty where it is not known.
        metrics: Every metric of either.
        artifacts: Every file of either; the values are digest and size.
        data: Every training data set of either.
        parameters: Every hyperparameter of either, and the seed.
    """

    old: Document
    new: Document
    verdict: BumpVerdict
    least: str
    metrics: tuple[MetricRow, ...]
    artifacts: tuple[Item, ...]
    data: tuple[Item, ...]
    parameters: tuple[Item, ...]


def diff_versions(old: Document, new: Document, model: Document | None) -> Difference:
    """Compare two versions of one model; `model.yaml` says which way a metric is better."""
    goals = model.manifest if model else None
    verdict = least_bump(old.written, new.written)
    return Difference(
        old,
        new,
        verdict,
        bumped(old.manifest.version, verdict.bump) if verdict.bump else "",
        tuple(_metrics(old, new, goals)),
        items(_artifacts(old), _artifacts(new)),
        items(_data(old), _data(new)),
        items(_parameters(old), _parameters(new)),
    )


def items(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Item, ...]:
    """Every name of either mapping, sorted, with what happened to its value."""
    return tuple(_item(name, before, after) for name in sorted({*before, *after}))


def _item(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Item:
    if name not in before:
        change = Change.ADDED
    elif name not in after:
        change = Change.REMOVED
    else:
        change = Change.SAME if _equal(before[name], after[name]) else Change.CHANGED
    return Item(name, change, before.get(name), after.get(name))


def _equal(one: Any, other: Any) -> bool:
    """Equality of JSON values; Python's own takes `true` for 1."""
    from modelops_git.core.digests import canonical_json

    return canonical_json(one) == canonical_json(other)


def _artifacts(version: Document) -> dict[str, Any]:
    rows = version.manifest.artifacts
    return {row.path: {"sha256": row.sha256, "size": row.size} for row in rows}


def _data(version: Document) -> dict[str, Any]:
    written = version.written.get("training") or {}
    return {row["name"]: row for row in written.get("data") or ()}


def _parameters(version: Document) -> dict[str, Any]:
    written = version.written.get("training") or {}
    seed = {"seed": written["seed"]} if "seed" in written else {}
    return {**(written.get("hyperparameters") or {}), **seed}


def _metrics(old: Document, new: Document, model: Model | None) -> Iterator[MetricRow]:
    before = {one.name: one for one in old.manifest.evaluations}
    after = {one.name: one for one in new.manifest.evaluations}
    for name in dict.fromkeys((*after, *before)):
        yield from _metrics_of(name, before.get(name), after.get(name), model)


def _metrics_of(
    name: str, before: Evaluation | None, after: Evaluation | None, model: Model | None
) -> Iterator[MetricRow]:
    olds = before.metrics if before else {}
    news = after.metrics if after else {}
    comparable = _data_digest(before) is not None and _data_digest(before) == _data_digest(after)
    for metric in dict.fromkeys((*news, *olds)):
        was, is_now = olds.get(metric), news.get(metric)
        judgement = Judgement.NOT_COMPARABLE
        if comparable and was is not None and is_now is not None:
            judgement = judge(was, is_now, _goal(model, name, metric))
        yield MetricRow(name, metric, was, is_now, judgement)


def _data_digest(evaluation: Evaluation | None) -> str | None:
    return evaluation.data.sha256 if evaluation and evaluation.data else None


def _goal(model: Model | None, evaluation: str, metric: str) -> MetricGoal | None:
    goal = model.metrics.get(metric) if model else None
    return goal if goal and goal.evaluation == evaluation else None


def judge(before: float, after: float, goal: MetricGoal | None) -> Judgement:
    """Whether `after` is better than `before` for the `goal` that `model.yaml` sets."""
    if before == after:
        return Judgement.EQUAL
    if goal is None:
        return Judgement.NO_GOAL
    return Judgement.BETTER if (after > before) == (goal.goal == "maximize") else Judgement.WORSE
