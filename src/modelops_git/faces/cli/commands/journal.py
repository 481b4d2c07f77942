"""`modelops journal create`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.edges.git.journal import Tip
    from modelops_git.engine.ground import Ground
    from modelops_git.faces.cli.session import Session


@click.group("journal")
def command() -> None:
    """Create the journal of an environment."""


@command.command("create")
@takes_session
@click.argument("environments", nargs=-1, required=True, metavar="ENV...")
def create_command(session: Session, environments: tuple[str, ...]) -> Answer:
    """Write and push the first entry; done once for each environment.

    Nothing else creates a journal, so that one that is gone is never taken for one that is empty.
    """
    from modelops_git.core.errors import JournalError
    from modelops_git.engine.anchoring import note
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import intent_at
    from modelops_git.engine.journals import create

    repository = session.repository()
    registry = intent_at(repository, "HEAD").registry
    grounds = [stand(repository, registry, name) for name in environments]
    tips: list[tuple[Ground, Tip]] = []
    for ground in grounds:
        try:
            tips.append((ground, create(ground)))
        except JournalError as error:
            begun = ", ".join(one.name for one, _ in tips)
            hint = " ".join(filter(None, (error.hint, f"Begun before that: {begun}." if begun else "")))
            raise JournalError(error.message, hint=hint) from error
    data = [
        {"environment": ground.name, "branch": ground.journal.place.branch, "tip": tip.commit}
        for ground, tip in tips
    ]
    lines = [
        f"{ground.name}: journal begun on branch {ground.journal.place.branch}"
        + (
            f" of {ground.journal.place.remote}"
            if ground.journal.place.remote
            else " of this clone (no remote)"
        )
        for ground, _ in tips
    ]
    problems = [problem for ground, tip in tips if (problem := note(ground, tip))]
    return Answer({"journals": data, "problems": problems}, [*lines, *(f"note: {one}" for one in problems)])
