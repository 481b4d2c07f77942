"""What was done for models, as people and programs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import RefusedError
from modelops_git.faces.reporting.deployments import routes_json, version_text
from modelops_git.faces.reporting.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.findings import Finding
    from modelops_git.engine.cases import Failure
    from modelops_git.engine.settling import Outcome
    from modelops_git.faces.reporting.lines import Line

HEADER = ("ENVIRONMENT", "MODEL", "DONE", "BEFORE", "NOW")


def outcome_lines(outcomes: Iterable[Outcome]) -> list[Line]:
    """A table of what was done; nothing where nothing was."""
    return table(HEADER, [_cells(one) for one in outcomes])


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What was done for one model, for programs."""
    return {
        "environment": outcome.environment,
        "model": outcome.model,
        "action": outcome.action,
        "before": routes_json(outcome.before),
        "after": routes_json(outcome.after),
        "ended_hold": outcome.ended_hold,
    }


def all_findings(findings: Iterable[Finding], failures: Iterable[Failure]) -> list[Finding]:
    """The findings of a review, and those that failures rest on."""
    refused = (one.error.findings for one in failures if isinstance(one.error, RefusedError))
    return [*findings, *(finding for each in refused for finding in each)]


def _cells(outcome: Outcome) -> tuple[str, ...]:
    note = " (journaled)" if outcome.action == "hold" else " (ended the hold)" if outcome.ended_hold else ""
    return (
        outcome.environment,
        outcome.model,
        outcome.action + note,
        version_text(outcome.before),
        version_text(outcome.after),
    )
