"""`modelops status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.engine.status import Row
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line, Part

ROOM = 400
HEADER = ("ENVIRONMENT", "MODEL", "WANTED", "LIVE", "DIGEST", "STATE", "SINCE", "BY")


@click.command("status")
@takes_session
@click.argument("models", nargs=-1, metavar="[MODEL]...")
@click.option(
    "--env", "environments", multiple=True, metavar="ENV", help="Only this environment; may be repeated."
)
@click.option(
    "--offline", is_flag=True, help="Ask no remote: wanted and journal are as this clone saw them last."
)
def command(
    session: Session, models: tuple[str, ...], environments: tuple[str, ...], *, offline: bool
) -> Answer:
    """Show what is wanted and what is live."""
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import known_intent, merged_intent
    from modelops_git.engine.status import refuse_unknown, status

    repository = session.repository()
    intent = known_intent(repository) if offline else merged_intent(repository)
    names = environments or tuple(one.name for one in intent.registry.environments)
    rows: list[Row] = []
    for name in names:
        rows += status(stand(repository, intent.registry, name), intent, models, offline=offline)
    refuse_unknown(intent, models, rows)
    data = {"commit": intent.commit, "offline": offline, "rows": [_json(row) for row in rows]}
    return Answer(data, _lines(rows))


def _json(row: Row) -> dict[str, Any]:
    from modelops_git.faces.reporting.deployments import hold_json, route_json, routes_json, time_json

    return {
        "environment": row.environment,
        "model": row.model,
        "wanted": route_json(row.wanted),
        "live": route_json(row.live),
        "routes": routes_json(row.routes),
        "state": row.state,
        "since": time_json(row.since),
        "by": row.by,
        "hold": hold_json(row.hold),
        "note": row.note,
        "break_glass": row.glass or None,
    }


def _lines(rows: list[Row]) -> list[Line]:
    from modelops_git.faces.reporting.lines import Span, Style, clipped
    from modelops_git.faces.reporting.tables import table

    if not rows:
        return ["Nothing is live, and nothing is wanted."]
    notes: list[Line] = [
        f"{row.environment} {row.model}: {clipped(row.note, ROOM)}" for row in rows if row.note
    ]
    notes += [
        (f"{row.environment} {row.model}: ", Span(clipped(f"glass broken: {row.glass}", ROOM), Style.BAD))
        for row in rows
        if row.glass
    ]
    return [*table(HEADER, [_cells(row) for row in rows]), *(["", *notes] if notes else [])]


def _cells(row: Row) -> tuple[Part, ...]:
    from modelops_git.faces.reporting.deployments import NONE, digest_text, time_text, version_text
    from modelops_git.faces.reporting.lines import Span, Style

    style = Style.GOOD if row.state == "live" else Style.WARN
    return (
        row.environment,
        row.model,
        row.wanted.version if row.wanted else NONE,
        version_text(row.routes) if row.routes else (row.live.version if row.live else NONE),
        digest_text(row.live),
        Span(row.state, style),
        time_text(row.since),
        row.by or NONE,
    )
