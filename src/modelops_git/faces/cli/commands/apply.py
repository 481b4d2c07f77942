"""`modelops apply`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_findings
from modelops_git.faces.cli.options import gathers, takes_session

if TYPE_CHECKING:
    from modelops_git.core.planning.plan import Plan
    from modelops_git.engine.apply import Applied
    from modelops_git.engine.starting import Glass
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line


ROOM = 400


class Words(NamedTuple):
    """The words of the command; each is described by its option."""

    environments: tuple[str, ...]
    plan_file: Path | None
    expect: str
    wait: bool
    break_glass: str
    ticket: str
    model: str


@click.command("apply")
@takes_session
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Do nothing else than the plan in FILE (from `modelops plan --out`).",
)
@click.option("--expect", metavar="DIGEST", default="", help="Refuse where the plan has another digest.")
@click.option("--wait", is_flag=True, help="Stay until no rollout is under way any more.")
@click.option(
    "--break-glass",
    metavar="REASON",
    default="",
    help="Go past the rules about people for --model; for the record.",
)
@click.option("--ticket", metavar="TICKET", default="", help="Where the broken glass is followed up.")
@click.option("--model", metavar="MODEL", default="", help="The model that the glass is broken for.")
@gathers(Words)
def command(session: Session, words: Words) -> Answer:
    """Make what is live what the manifests ask for.

    It reads the head of the default branch, as the remote has it: what is not merged is not applied. Where
    rules ask for approvals, the forge or the signatures are asked once more who gave them.
    """
    from modelops_git.engine.apply import Request, apply
    from modelops_git.engine.starting import Tools

    plan = None if words.plan_file is None else _plan_in(words.plan_file)
    tools = Tools(progress=session.progress, announce=session.note, glass=_glass(words))
    request = Request(words.environments, words.expect, plan, words.wait)
    result = apply(session.repository(), request, tools)
    return Answer(_data(result), _lines(result), _code(result))


def _glass(words: Words) -> Glass | None:
    from modelops_git.engine.starting import Glass

    if not (words.break_glass or words.ticket or words.model):
        return None
    if not (
        words.break_glass.strip() and words.ticket.strip() and words.model and len(words.environments) == 1
    ):
        raise UsageError(
            "to break the glass takes a reason, a ticket, one environment and one model",
            hint="As in --env production --model iris --break-glass 'wrong prices' --ticket INC-7.",
        )
    return Glass(words.model, words.break_glass.strip(), words.ticket.strip())


def _plan_in(path: Path) -> Plan:
    from modelops_git.core.planning.plan import Plan

    try:
        return Plan.from_bytes(path.read_bytes())
    except ValueError as error:
        raise UsageError(
            f"{path} is no plan: {error}", hint="Write one with `modelops plan --merged --out`."
        ) from None


def _code(result: Applied) -> ExitCode:
    from modelops_git.core.errors import RefusedError
    from modelops_git.faces.cli.exit_codes import code_of_error

    codes = {code_of_error(failure.error) for failure in result.failures}
    codes.add(code_of_findings(result.findings))
    codes.update(code_of_error(RefusedError(one)) for one in result.unaccounted)
    return max(codes)


def _data(result: Applied) -> dict[str, Any]:
    from modelops_git.faces.reporting.deployments import failure_json, revert_json, standing_json
    from modelops_git.faces.reporting.json_output import finding_to_json
    from modelops_git.faces.reporting.outcomes import all_findings, outcome_json

    return {
        "commit": result.commit,
        "outcomes": [outcome_json(one) for one in result.outcomes],
        "held": [
            {"environment": environment, "model": model, "reason": reason}
            for environment, model, reason in result.held
        ],
        "drifted": [{"environment": environment, "model": model} for environment, model in result.drifted],
        "standing": [standing_json(one) for one in result.standing],
        "reverts": [revert_json(one) for one in result.reverts],
        "findings": [finding_to_json(one) for one in all_findings(result.findings, result.failures)],
        "failures": [failure_json(one) for one in result.failures],
        "unaccounted": result.unaccounted,
    }


def _lines(result: Applied) -> list[Line]:
    from modelops_git.faces.reporting.deployments import failure_lines
    from modelops_git.faces.reporting.lines import clipped
    from modelops_git.faces.reporting.outcomes import all_findings, outcome_lines
    from modelops_git.faces.reporting.text import NoSources, finding_lines

    rows = outcome_lines(result.outcomes)
    commit = f"commit {result.commit[:12]}"
    lines: list[Line] = [f"Applied {commit}:", "", *rows] if rows else [_nothing(result, commit)]
    left = [f"{one.environment} {one.model}: {one.text}" for one in result.standing]
    left += [f"{env} {model} is held: {clipped(reason, ROOM)}" for env, model, reason in result.held]
    left += [f"{one.environment} {one.model}: {one.text}" for one in result.reverts]
    left += [
        f"{env} {model} has drifted: its target is not as the journal last saw it, and was left as it is."
        for env, model in result.drifted
    ]
    lines += ["", *left] if rows and left else left
    lines += finding_lines(all_findings(result.findings, result.failures), NoSources())
    lines += failure_lines(result.failures)
    return [*lines, *result.unaccounted]


def _nothing(result: Applied, commit: str) -> Line:
    """What there is to say where nothing was done: because of what, it must not sound like success."""
    from modelops_git.faces.reporting.lines import Span, Style

    if _code(result):
        return (Span(f"Nothing was done for {commit}", Style.BAD), ", because:")
    return f"Applied {commit}: nothing to do."
