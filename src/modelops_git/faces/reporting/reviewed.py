"""What a reviewer of a change has to know, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.findings import Severity
from modelops_git.faces.reporting.difference import difference_to_json
from modelops_git.faces.reporting.forecasts import forecast_json
from modelops_git.faces.reporting.json_output import finding_to_json

if TYPE_CHECKING:
    from modelops_git.core.authorizing.verdict import Need
    from modelops_git.engine.reviewed_change import ReviewedChange
    from modelops_git.engine.reviewing.models import ReviewedModel


def reviewed_json(change: ReviewedChange) -> dict[str, Any]:
    """All that was gathered; `state` is `refused`, `unchecked`, `waiting` or `ready`."""
    plan = change.planned.plan
    return {
        "registry": change.registry,
        "base": change.base,
        "head": change.head,
        "state": change.state.value,
        "offline": change.is_offline,
        "plan_digest": plan.digest,
        "change_digest": change.binding.change,
        "intent_digest": change.binding.intent,
        "models": [_model(one) for one in change.models],
        "findings": [finding_to_json(one) for one in change.findings],
        "errors": sum(one.severity is Severity.ERROR for one in change.findings),
        "not_verified": list(change.wrong),
        "problems": list(change.problems),
        "skipped": len(change.validated.skipped),
        "forecasts": [forecast_json(one) for one in change.forecasts.found],
        "forecasts_left_out": change.forecasts.left_out,
        "needs": None if change.ruled.needs is None else [_need(one) for one in change.ruled.needs],
    }


def _model(one: ReviewedModel) -> dict[str, Any]:
    return {
        "environment": one.environment,
        "model": one.model,
        "asked_before": one.asked_before or None,
        "asked": one.asked or None,
        "live": one.live.as_json() if one.live else None,
        "action": one.action.as_json() if one.action else None,
        "refused": one.is_barred,
        "action_digest": one.action.digest if one.action else None,
        "difference": difference_to_json(one.difference) if one.difference else None,
        "against_live": one.is_against_live,
        "old_attested": one.old_attested,
        "new_attested": one.new_attested,
        "bytes": one.size,
        "verified": one.proof.value if one.proof else None,
    }


def _need(one: Need) -> dict[str, Any]:
    return {
        "act": one.act._asdict(),
        "rule": one.rule,
        "groups": list(one.groups),
        "wanted": one.wanted,
        "given": list(one.given),
        "missing": one.missing,
        "candidates": list(one.candidates),
    }
