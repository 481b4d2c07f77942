"""`modelops reconcile`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_error, code_of_findings
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.core.journal.state import Drift
    from modelops_git.engine.reconcile import Round
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line

_AGAIN = "its target serves again what the journal says"


@click.command("reconcile")
@takes_session
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
@click.option("--heal", is_flag=True, help="Bring targets that have drifted back to what the journal says.")
def command(session: Session, environments: tuple[str, ...], *, heal: bool) -> Answer:
    """Bring on what is due now in every rollout.

    As apply does, from the head of the default branch, but for a schedule instead of a merge: nothing is
    expected to begin, and a model or an environment that fails stops no other.
    """
    from modelops_git.engine.reconcile import Manner, reconcile
    from modelops_git.engine.starting import Tools

    tools = Tools(progress=session.progress, announce=session.note)
    rounds = reconcile(session.repository(), environments, tools, Manner(heals=heal))
    return Answer({"rounds": [_json(one) for one in rounds]}, _lines(rounds), _code(rounds))


def _code(rounds: list[Round]) -> ExitCode:
    failed = [code_of_error(failure.error) for one in rounds for failure in one.failures]
    found = [code_of_findings(one.findings) for one in rounds]
    drifted = [ExitCode.FINDINGS for one in rounds if one.drifts]
    return max([ExitCode.OK, *failed, *found, *drifted])


def _json(one: Round) -> dict[str, Any]:
    from modelops_git.faces.reporting.deployments import failure_json, standing_json
    from modelops_git.faces.reporting.json_output import finding_to_json
    from modelops_git.faces.reporting.outcomes import all_findings, outcome_json

    return {
        "environment": one.environment,
        "commit": one.commit,
        "outcomes": [outcome_json(each) for each in one.outcomes],
        "standing": [standing_json(each) for each in one.standing],
        "held": one.held,
        "drifts": [_drift_json(model, drift) for model, drift in one.drifts.items()],
        "healed": one.healed,
        "findings": [finding_to_json(each) for each in all_findings(one.findings, one.failures)],
        "failures": [failure_json(each) for each in one.failures],
    }


def _drift_json(model: str, drift: Drift) -> dict[str, Any]:
    return {"model": model, **drift.as_json()}


def _lines(rounds: list[Round]) -> list[Line]:
    from modelops_git.faces.reporting.outcomes import outcome_lines

    rows = outcome_lines(outcome for one in rounds for outcome in one.outcomes)
    told = [(one, _told(one)) for one in rounds]
    lines = [line for one, said in told for line in (said or [_quiet(one)])]
    return [*rows, *([""] if rows else []), *lines]


def _quiet(one: Round) -> str:
    done = "nothing stays to be done" if one.outcomes else "nothing to do"
    return f"{one.environment}, commit {one.commit[:12]}: {done}."


def _told(one: Round) -> list[Line]:
    """What stays, and why."""
    from modelops_git.faces.reporting.deployments import failure_lines
    from modelops_git.faces.reporting.outcomes import all_findings
    from modelops_git.faces.reporting.text import NoSources, finding_lines

    lines: list[Line] = [f"{each.environment} {each.model}: {each.text}" for each in one.standing]
    lines += [f"{one.environment} {model} is held: see `modelops status`." for model in one.held]
    lines += [f"{one.environment} {model} was mended: {_AGAIN}." for model in one.healed]
    lines += [
        f"{one.environment} {model} has drifted ({drift.drift}): {drift.detail}"
        for model, drift in one.drifts.items()
    ]
    lines += finding_lines(all_findings(one.findings, one.failures), NoSources())
    return [*lines, *failure_lines(one.failures)]
