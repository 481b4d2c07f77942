"""`modelops reconcile`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_error, code_of_findings
from modelops_git.faces.cli.options import gathers, takes_session

if TYPE_CHECKING:
    from modelops_git.core.journal.state import Drift
    from modelops_git.engine.reconcile import Round
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line

ROOM = 400
_AGAIN = "its target serves again what the journal says"


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of the command; each is described by its option."""

    environments: tuple[str, ...]
    heal: bool
    seconds: float | None
    metrics: str
    log_format: str | None


@click.command("reconcile")
@takes_session
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
@click.option("--heal", is_flag=True, help="Bring targets that have drifted back to what the journal says.")
@click.option(
    "--watch",
    "seconds",
    type=click.FloatRange(1, 86400),
    metavar="SECONDS",
    help="Go on until a signal comes: a round at least every so many seconds.",
)
@click.option("--metrics", metavar="HOST:PORT", default="", help="With --watch: serve metrics at /metrics.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="With --watch: how to log to stderr; by default as text on a terminal, else as JSON.",
)
@gathers(Asked)
def command(session: Session, asked: Asked) -> Answer:
    """Bring on what is due now in every rollout.

    As apply does, from the head of the default branch, but for a schedule instead of a merge: nothing is
    expected to begin, and a model or an environment that fails stops no other.
    """
    from modelops_git.core.errors import UsageError

    if asked.seconds is not None:
        return _watch(session, asked, asked.seconds)
    if asked.metrics or asked.log_format:
        raise UsageError("--metrics and --log-format go with --watch")
    from modelops_git.engine.reconcile import Manner, reconcile
    from modelops_git.engine.starting import Tools

    tools = Tools(progress=session.progress, announce=session.note)
    rounds = reconcile(session.repository(), asked.environments, tools, Manner(heals=asked.heal))
    return Answer({"rounds": [_json(one) for one in rounds]}, _lines(rounds), _code(rounds))


def _watch(session: Session, asked: Asked, seconds: float) -> Answer:
    from datetime import timedelta

    from modelops_git.engine.controller import Watch
    from modelops_git.engine.starting import Tools
    from modelops_git.faces.watching.run import Outlets, watch

    what = Watch(asked.environments, timedelta(seconds=seconds), asked.heal)
    outlets = Outlets(asked.metrics, asked.log_format or "")
    ticks = watch(session.repository(), what, Tools(), outlets)
    return Answer({"ticks": ticks}, [f"Stopped after {ticks} ticks."])


def _code(rounds: list[Round]) -> ExitCode:
    failed = [code_of_error(each.error) for one in rounds for each in (*one.failures, *one.refused)]
    found = [code_of_findings(one.findings) for one in rounds]
    drifted = [ExitCode.FINDINGS for one in rounds if one.drifts]
    return max([ExitCode.OK, *failed, *found, *drifted])


def _json(one: Round) -> dict[str, Any]:
    from modelops_git.faces.reporting.deployments import failure_json, revert_json, standing_json
    from modelops_git.faces.reporting.json_output import finding_to_json
    from modelops_git.faces.reporting.outcomes import all_findings, outcome_json

    return {
        "environment": one.environment,
        "commit": one.commit,
        "states": one.states,
        "outcomes": [outcome_json(each) for each in one.outcomes],
        "standing": [standing_json(each) for each in one.standing],
        "reverts": [revert_json(each) for each in one.reverts],
        "held": [{"model": model, "reason": reason} for model, reason in one.held.items()],
        "drifts": [_drift_json(model, drift) for model, drift in one.drifts.items()],
        "healed": one.healed,
        "findings": [finding_to_json(each) for each in all_findings(one.findings, one.failures)],
        "failures": [failure_json(each) for each in (*one.failures, *one.refused)],
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
    from modelops_git.faces.reporting.lines import clipped
    from modelops_git.faces.reporting.outcomes import all_findings
    from modelops_git.faces.reporting.text import NoSources, finding_lines

    lines: list[Line] = [f"{each.environment} {each.model}: {each.text}" for each in one.standing]
    lines += [f"{each.environment} {each.model}: {each.text}" for each in one.reverts]
    lines += [
        f"{one.environment} {model} is held: {clipped(reason, ROOM)}" for model, reason in one.held.items()
    ]
    lines += [f"{one.environment} {model} was mended: {_AGAIN}." for model in one.healed]
    lines += [
        f"{one.environment} {model} has drifted ({drift.drift}): {drift.detail}"
        for model, drift in one.drifts.items()
    ]
    lines += finding_lines(all_findings(one.findings, one.failures), NoSources())
    return [*lines, *failure_lines((*one.failures, *one.refused))]
