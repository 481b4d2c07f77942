"""Short words for what a comment says in many places: versions, sizes, times, judgements."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from modelops_git.core.clock import format_duration
from modelops_git.core.markdown import code
from modelops_git.engine.diff import Judgement
from modelops_git.engine.reviewing.claims import Proof
from modelops_git.faces.reporting.deployments import version_text

if TYPE_CHECKING:
    from modelops_git.core.planning.plan import PlannedAction
    from modelops_git.engine.diff import Difference
    from modelops_git.engine.reviewing.models import ReviewedModel

NONE = "–"
_KILO = 1000
_UNITS = ("kB", "MB", "GB", "TB")
_HEX = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b", re.ASCII)
_ACTIONS = {"create": "first deployment", "shift": "experiment", "no_op": "nothing"}
_VERDICTS = {"compatible": "✅ compatible", "incompatible": "⛔ incompatible", "undecided": "❔ undecided"}
_PROOFS = {
    None: "not checked here",
    Proof.READ: "verified",
    Proof.COMPARED: "compared, not read",
    Proof.WRONG: "⛔ **not verified**",
}


def size_text(size: int) -> str:
    """A number of bytes to three digits: `548 bytes`, `1.23 MB`."""
    if size < _KILO:
        return f"{size} byte{'' if size == 1 else 's'}"
    value, unit = float(size), ""
    for unit in _UNITS:  # noqa: B007 - the last one is used behind the loop
        value /= _KILO
        if value < _KILO - 0.5:
            break
    return f"{value:.3g} {unit}"


def action_text(model: ReviewedModel) -> str:
    """What would happen to a model, in a word or two."""
    if model.action is None:
        return "not known"
    word = _ACTIONS.get(model.action.action, model.action.action)
    return f"⛔ {word}, refused" if model.is_barred else word


def now_text(model: ReviewedModel) -> str:
    """What serves now."""
    if model.action is not None:
        return code(version_text(model.action.before)) if model.action.before else NONE
    return code(model.live.version) if model.live else code(model.asked_before)


def then_text(model: ReviewedModel) -> str:
    """What serves in the end."""
    if model.action is not None:
        return code(version_text(model.action.after)) if model.action.after else NONE
    return code(model.asked)


def interface_text(difference: Difference | None) -> str:
    """What is known of the interfaces, in a word."""
    return _VERDICTS[difference.verdict.comparison.verdict.value] if difference else NONE


def metrics_text(difference: Difference | None) -> str:
    """How many metrics are better, worse and so on."""
    counts = Counter(row.judgement for row in difference.metrics) if difference else Counter[Judgement]()
    shown = (Judgement.BETTER, Judgement.WORSE, Judgement.EQUAL, Judgement.NOT_COMPARABLE)
    return ", ".join(f"{counts[one]} {one.value}" for one in shown if counts[one]) or NONE


def takes_text(action: PlannedAction | None) -> str:
    """How long it takes at least and at most."""
    if action is None or action.action == "no_op":
        return NONE
    least = sum(step.lasts or 0 for step in action.steps)
    if len(action.steps) <= 1 and not least:
        return "one step"
    most = f" to {format_duration(action.deadline)}" if action.deadline else " or more"
    return (format_duration(least) if least else "no time") + most


def proof_text(model: ReviewedModel) -> str:
    """The bytes of what is asked for, and whether somebody looked at them."""
    return f"{size_text(model.size)}, {_PROOFS[model.proof]}" if model.size else NONE


def value_code(value: Any) -> str:
    """A JSON value as code; of a digest its first twelve digits, which is enough to see that it differs."""
    if value is None:
        return NONE
    return code(_HEX.sub(r"\1", json.dumps(value, ensure_ascii=False)), 80)
