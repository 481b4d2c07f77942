"""`modelops plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode, code_of_error, code_of_findings
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.core.planning.plan import Plan, PlannedAction
    from modelops_git.engine.forecasting import Forecasts
    from modelops_git.engine.plan import Planned
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line


@click.command("plan")
@takes_session
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
@click.option(
    "--base", metavar="REV", help="Only what differs from REV, such as the target of a pull request."
)
@click.option("--merged", is_flag=True, help="Plan for the default branch instead of what is checked out.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write the plan there."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 10 where the plan has changes.")
def command(
    session: Session,
    environments: tuple[str, ...],
    base: str | None,
    out: Path | None,
    *,
    merged: bool,
    detailed_exitcode: bool,
) -> Answer:
    """Show what apply would do.

    Without --merged it is the plan of the commit that is checked out: what would happen once it is merged.

    Where a test judges a step, the plan tells how many requests the test needs and how long they take to
    come, by what its provider says of the live version now. That changes no digest, and fails no plan.
    """
    from modelops_git.engine.forecasting import forecasts
    from modelops_git.engine.ground import utc_now
    from modelops_git.engine.intent import intent_at, merged_intent
    from modelops_git.engine.plan import make_plan

    repository = session.repository()
    intent = merged_intent(repository) if merged else intent_at(repository, "HEAD")
    before = intent_at(repository, base) if base else None
    result = make_plan(repository, intent, environments, before)
    if out is not None:
        from modelops_git.edges.files import write_atomic

        write_atomic(out, result.plan.to_bytes())
    tests = forecasts(repository, intent, result, utc_now())
    return Answer(_data(result, tests), _lines(result, tests), _code(result, detailed=detailed_exitcode))


def _code(result: Planned, *, detailed: bool) -> ExitCode:
    codes = [code_of_error(failure.error) for failure in result.failures]
    found = max([*codes, code_of_findings(result.findings)])
    if found or not detailed:
        return found
    return ExitCode.CHANGES if result.plan.changes else ExitCode.OK


def _data(result: Planned, tests: Forecasts) -> dict[str, Any]:
    from modelops_git.faces.reporting.deployments import failure_json
    from modelops_git.faces.reporting.forecasts import forecast_json
    from modelops_git.faces.reporting.json_output import finding_to_json

    plan = result.plan
    return {
        "plan": plan.as_json(),
        "digest": plan.digest,
        "changes": len(plan.changes),
        "live": result.quiet,
        "forecasts": [forecast_json(one) for one in tests.found],
        "forecasts_left_out": tests.left_out,
        "findings": [finding_to_json(one) for one in result.findings],
        "failures": [failure_json(one) for one in result.failures],
    }


def _lines(result: Planned, tests: Forecasts) -> list[Line]:
    from modelops_git.faces.reporting.deployments import failure_lines
    from modelops_git.faces.reporting.tables import table
    from modelops_git.faces.reporting.text import NoSources, counted, finding_lines

    plan = result.plan
    rows = table(
        ("ENVIRONMENT", "MODEL", "ACTION", "NOW", "THEN", "DIGEST"),
        [_cells(action) for action in plan.actions],
    )
    lines: list[Line] = [f"Plan for commit {plan.commit[:12]}:", "", *rows]
    is_empty = not (rows or result.findings or result.failures or result.quiet)
    lines += ["No rollout manifests: nothing would be live."] if is_empty else []
    lines += [""] if rows else []
    lines += [f"{counted(result.quiet, 'model')} live as wanted."] if result.quiet else []
    lines += _summary(plan, tests)
    found = finding_lines(result.findings, NoSources())
    return [*lines, *(["", *found] if found else []), *failure_lines(result.failures)]


def _cells(action: PlannedAction) -> tuple[str, ...]:
    from modelops_git.core.routes import stable
    from modelops_git.faces.reporting.deployments import digest_text, version_text

    word = f"{action.action} ({action.reason})" if action.reason else action.action
    after = version_text(action.after)
    return (
        action.environment,
        action.model,
        word,
        version_text(action.before),
        after,
        digest_text(stable(action.after)),
    )


def _summary(plan: Plan, tests: Forecasts) -> list[Line]:
    from modelops_git.faces.reporting.courses import course_lines
    from modelops_git.faces.reporting.text import counted

    size = sum(action.bytes for action in plan.changes)
    lines: list[Line] = [f"{counted(len(plan.changes), 'change')}; {counted(size, 'byte')} to verify."]
    lines += course_lines(plan.changes, tests.found)
    if tests.left_out:
        lines.append(f"What {counted(tests.left_out, 'more test')} would need was not asked for.")
    return [*lines, f"Plan digest {plan.digest}"]
