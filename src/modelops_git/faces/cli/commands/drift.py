"""`modelops drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_error
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.engine.drifted import Drifted, Looked
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line

HEADER = ("ENVIRONMENT", "MODEL", "DRIFT", "WHAT")
ROOM = 400


@click.command("drift")
@takes_session
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
@click.option("--live", is_flag=True, help="Look at the bytes behind what is live, and at nothing else.")
@click.option(
    "--mode",
    type=click.Choice(["metadata", "full"]),
    default="metadata",
    show_default=True,
    help="Ask for the size of these bytes, or read every one.",
)
def command(session: Session, environments: tuple[str, ...], mode: str, *, live: bool) -> Answer:
    """Show where targets differ from what the journal says.

    Nothing is changed; `modelops reconcile --heal` mends. Exit code 1 where something differs, 3 where
    something could not be asked.
    """
    from modelops_git.engine.drifted import Look, drifts
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import in_order, merged_intent
    from modelops_git.engine.verify import How, Mode

    repository = session.repository()
    intent = merged_intent(repository)
    look = Look(How(mode=Mode(mode)), only_bytes=live)
    names = in_order(intent.registry, environments)
    looked = [drifts(stand(repository, intent.registry, name), intent, look) for name in names]
    data = {
        "commit": intent.commit,
        "mode": mode,
        "models": sum(one.models for one in looked),
        "drifts": [_json(each) for one in looked for each in one.drifts],
        "failures": _failures(looked),
    }
    return Answer(data, _lines(looked), _code(looked))


def _code(looked: list[Looked]) -> ExitCode:
    failed = [code_of_error(failure.error) for one in looked for failure in one.failures]
    drifted = [ExitCode.FINDINGS for one in looked if one.drifts]
    return max([ExitCode.OK, *failed, *drifted])


def _json(one: Drifted) -> dict[str, Any]:
    from modelops_git.faces.reporting.json_output import finding_to_json

    return {
        "environment": one.environment,
        "model": one.model,
        "drift": one.found.drift,
        "detail": one.found.detail,
        "findings": [finding_to_json(each) for each in one.findings],
    }


def _failures(looked: list[Looked]) -> list[dict[str, Any]]:
    from modelops_git.faces.reporting.deployments import failure_json

    return [failure_json(failure) for one in looked for failure in one.failures]


def _lines(looked: list[Looked]) -> list[Line]:
    from modelops_git.faces.reporting.deployments import failure_lines
    from modelops_git.faces.reporting.lines import clipped
    from modelops_git.faces.reporting.tables import table
    from modelops_git.faces.reporting.text import counted

    rows = [
        (each.environment, each.model, each.found.drift, clipped(each.found.detail, ROOM))
        for one in looked
        for each in one.drifts
    ]
    failures = [failure for one in looked for failure in one.failures]
    total = sum(one.models for one in looked)
    lines: list[Line] = list(table(HEADER, rows))
    if not rows and not failures:
        lines.append(f"No drift: looked at {counted(total, 'model')}.")
    return [*lines, *failure_lines(failures)]
