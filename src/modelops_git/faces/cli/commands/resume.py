"""`modelops resume`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import takes_environment, takes_reason
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session


@click.command("resume")
@takes_session
@click.argument("model")
@takes_environment
@takes_reason
@click.option(
    "--accept", is_flag=True, help="Take the step for good although its analyses have not succeeded."
)
def command(session: Session, model: str, environment: str, reason: str, *, accept: bool) -> Answer:
    """Let a rollout go on that is paused or waits for somebody.

    A failed analysis and the deadline still abort it. The next apply, or the controller, takes its next step.
    """
    from modelops_git.engine.afterwards import tell_of
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import surviving_intent
    from modelops_git.engine.steering import Wish, resume
    from modelops_git.faces.reporting.steering import steered_data, steered_lines

    repository = session.repository()
    intent = surviving_intent(repository)
    ground = stand(repository, intent.registry, environment)
    said = resume(ground, intent, Wish(model, reason, accepts=accept))
    tell_of(ground, session.note)
    lines = [
        *steered_lines(said, environment, model),
        f"next: modelops apply --env {environment}, or the controller, takes the next step when it is due",
        f"undo: modelops pause {model} --env {environment}",
    ]
    return Answer(steered_data(said, environment, model), lines)
