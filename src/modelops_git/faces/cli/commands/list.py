"""`modelops list`: the models."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.engine.overview import ModelRow
    from modelops_git.faces.cli.session import Session

HEADER = ("MODEL", "NEWEST", "VERSIONS", "WANTED", "DESCRIPTION")
ROOM = 60


@click.command("list")
@takes_session
def command(session: Session) -> Answer:
    """List the models and their newest versions.

    WANTED is what the rollout manifests here ask for; `modelops status` shows what is live.
    """
    from modelops_git.engine.overview import list_models
    from modelops_git.faces.reporting.tables import table

    rows = list_models(session.catalog())
    if not rows:
        session.note("There are no models yet; `modelops register` writes the first version of one.")
    return Answer({"models": [asdict(row) for row in rows]}, table(HEADER, [_cells(row) for row in rows]))


def _cells(row: ModelRow) -> tuple[str, ...]:
    from modelops_git.faces.reporting.lines import clipped

    wanted = ", ".join(f"{environment} {version}" for environment, version in row.wanted.items())
    said = row.description if row.lifecycle in {"", "active"} else f"({row.lifecycle}) {row.description}"
    return (row.name, row.newest or "-", str(row.versions), wanted or "-", clipped(said, ROOM))
