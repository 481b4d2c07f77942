"""`modelops who-served`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import MOMENT
from modelops_git.faces.cli.options import takes_session

ALL = 100

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.journal.timeline import Period
    from modelops_git.core.routes import Route
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line


@click.command("who-served")
@takes_session
@click.option("--env", "environment", required=True, metavar="ENV", help="The environment.")
@click.option("--model", required=True, help="The model.")
@click.option(
    "--at", type=MOMENT, metavar="TIME", help="The time, such as 2026-06-02T15:30:00Z; now by default."
)
def command(session: Session, environment: str, model: str, at: datetime | None) -> Answer:
    """Tell which version served at a time.

    Between the announcement of a step and its observation the answer is either of two versions, and during a
    split the set of them with their weights.
    """
    from modelops_git.core.references import find_model
    from modelops_git.engine.ground import stand, utc_now
    from modelops_git.engine.history import served_at
    from modelops_git.engine.intent import known_intent

    repository = session.repository()
    intent = known_intent(repository)
    ground = stand(repository, intent.registry, environment)
    moment = at or utc_now()
    period = served_at(ground, model, moment)
    if period is None:
        find_model(intent.catalog, model)
    return Answer(_data(period, environment, model, moment), _lines(period, environment, model, moment))


def _data(period: Period | None, environment: str, model: str, at: datetime) -> dict[str, Any]:
    from modelops_git.faces.reporting.deployments import routes_json, time_json

    answer: dict[str, Any] = {"environment": environment, "model": model, "at": time_json(at)}
    episode = period.episode if period else None
    return answer | {
        "served": routes_json(period.routes) if period else [],
        "certain": period.is_certain if period else True,
        "since": time_json(period.since) if period else None,
        "until": time_json(period.until) if period else None,
        "action": episode.action if episode else None,
        "run": episode.run if episode else None,
        "by": episode.by if episode else None,
        "commit": (episode.commit or None) if episode else None,
        "pull_request": (episode.pull_request or None) if episode else None,
        "approvals": [approval.as_json() for approval in episode.approvals] if episode else [],
    }


def _share(route: Route) -> str:
    """What a version did for requests: the end of that sentence is where and when."""
    if route.role == "mirror":
        return f"{route.version} was shown {route.weight} % and answered nothing of"
    if route.role == "previous":
        return f"{route.version} stood by, and served nothing of"
    if route.role == "preview":
        return f"{route.version} served those who asked for a preview of"
    if route.weight == ALL:
        return f"{route.version} served"
    return f"{route.version} served {route.weight} % of"


def _lines(period: Period | None, environment: str, model: str, at: datetime) -> list[Line]:
    from modelops_git.faces.reporting.deployments import time_text

    where = f"{model} in {environment} at {time_text(at)}"
    if period is None or not period.routes:
        return [f"Nothing served {where}."]
    either = "" if period.is_certain else "either: "
    lines: list[Line] = [f"{either}{_share(route)} {where}" for route in period.routes]
    lines += [f"  manifest of {route.version} {route.digest}" for route in period.routes]
    lines.append(
        f"  from {time_text(period.since)} until {time_text(period.until) if period.until else 'now'}"
    )
    if period.episode:
        commit = f", commit {period.episode.commit}" if period.episode.commit else ""
        lines.append(f"  by {period.episode.action} of {period.episode.by}{commit}")
    return lines
