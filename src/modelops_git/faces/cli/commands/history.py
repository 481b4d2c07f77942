"""`modelops history`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import MOMENT
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.journal.timeline import Episode
    from modelops_git.engine.history import Line as HistoryLine
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Part

ROOM = 120
HEADER = ("STARTED", "ENVIRONMENT", "MODEL", "DONE", "FROM", "TO", "RESULT", "BY", "COMMIT", "REASON")


@click.command("history")
@takes_session
@click.argument("model", required=False, default="")
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
@click.option(
    "--at", type=MOMENT, metavar="TIME", help="Only what had begun by TIME, such as 2026-06-02T15:30:00Z."
)
def command(session: Session, model: str, environments: tuple[str, ...], at: datetime | None) -> Answer:
    """Show what was live, and when."""
    from modelops_git.core.references import find_model
    from modelops_git.engine.ground import stand
    from modelops_git.engine.history import history
    from modelops_git.engine.intent import in_order, known_intent
    from modelops_git.faces.reporting.tables import table

    repository = session.repository()
    intent = known_intent(repository)
    names = in_order(intent.registry, environments)
    found = [line for name in names for line in history(stand(repository, intent.registry, name), model)]
    if model and not found:
        find_model(intent.catalog, model)
    lines = [one for one in found if at is None or one.episode.started_at <= at]
    lines.sort(key=lambda one: one.episode.started_at)
    shown = table(HEADER, [_cells(line) for line in lines]) or ["Nothing was ever live."]
    return Answer({"history": [_json(line) for line in lines]}, shown)


def _cells(line: HistoryLine) -> tuple[Part, ...]:
    from modelops_git.faces.reporting.deployments import NONE, time_text, version_text
    from modelops_git.faces.reporting.lines import clipped

    episode = line.episode
    return (
        time_text(episode.started_at),
        line.environment,
        episode.model,
        "end of hold" if episode.only_ends_hold else episode.action,
        version_text(episode.before),
        version_text(episode.after),
        episode.result,
        episode.by,
        episode.commit[:12] or NONE,
        _broken(episode) or clipped(episode.reason, ROOM) or _why(episode),
    )


def _broken(episode: Episode) -> Part:
    """With which reason somebody went past the rules; empty where nobody did."""
    from modelops_git.faces.reporting.lines import Span, Style, clipped

    if not episode.glass:
        return ""
    because = f"; {episode.reason}" if episode.reason else ""
    return Span(clipped(f"glass broken: {episode.glass}{because}", ROOM), Style.BAD)


def _why(episode: Episode) -> str:
    """The reason that the journal knows where nobody gave one."""
    from modelops_git.faces.reporting.deployments import NONE

    if episode.only_ends_hold:
        return "what the hold served is what was merged"
    return "ended the hold" if episode.ended_hold else NONE


def _json(line: HistoryLine) -> dict[str, Any]:
    from modelops_git.faces.reporting.deployments import routes_json, time_json

    episode = line.episode
    return {
        "environment": line.environment,
        "model": episode.model,
        "action": episode.action,
        "run": episode.run,
        "started_at": time_json(episode.started_at),
        "ended_at": time_json(episode.ended_at),
        "result": episode.result,
        "before": routes_json(episode.before),
        "after": routes_json(episode.after),
        "by": episode.by,
        "commit": episode.commit or None,
        "reason": episode.reason or None,
        "ended_hold": episode.ended_hold or None,
        "approvals": [approval.as_json() for approval in episode.approvals],
        "pull_request": episode.pull_request or None,
        "break_glass": episode.glass or None,
    }
