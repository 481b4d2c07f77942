"""`modelops retry`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import takes_environment, takes_reason
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session


@click.command("retry")
@takes_session
@click.argument("model")
@takes_environment
@takes_reason
def command(session: Session, model: str, environment: str, reason: str) -> Answer:
    """Try again what is held, was refused or has failed.

    The hold is lifted. What main wants begins anew with the next apply, from its first step.
    """
    from modelops_git.engine.afterwards import tell_of
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import surviving_intent
    from modelops_git.engine.steering import Wish, retry
    from modelops_git.faces.reporting.steering import steered_data, steered_lines

    repository = session.repository()
    intent = surviving_intent(repository)
    ground = stand(repository, intent.registry, environment)
    said = retry(ground, intent, Wish(model, reason))
    tell_of(ground, session.note)
    lines = [
        *steered_lines(said, environment, model),
        f"next: modelops apply --env {environment}, or the controller, begins it anew",
        f"undo: once it has begun, modelops abort {model} --env {environment}",
    ]
    return Answer(steered_data(said, environment, model), lines)
