"""`modelops pause`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import DURATION, takes_environment, takes_reason
from modelops_git.faces.cli.options import gathers, takes_session

if TYPE_CHECKING:
    from datetime import timedelta

    from modelops_git.engine.steering import Steered
    from modelops_git.faces.cli.session import Session


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of the command."""

    model: str
    environment: str
    reason: str
    lasts: timedelta | None
    then: Literal["resume", "abort"] | None


@click.command("pause")
@takes_session
@click.argument("model")
@takes_environment
@takes_reason
@click.option(
    "--for", "lasts", type=DURATION, metavar="TIME", help="How long, such as 30m or 2h; else until resumed."
)
@click.option(
    "--then", type=click.Choice(["resume", "abort"]), help="What happens after that time; resume by default."
)
@gathers(Asked)
def command(session: Session, asked: Asked) -> Answer:
    """Let the rollout under way stand still.

    The traffic stays as it is, and no step is taken. A failed analysis and the deadline still abort it.
    """
    from modelops_git.engine.afterwards import tell_of
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import surviving_intent
    from modelops_git.engine.steering import Wish, pause
    from modelops_git.faces.reporting.steering import steered_data, steered_lines

    repository = session.repository()
    intent = surviving_intent(repository)
    ground = stand(repository, intent.registry, asked.environment)
    said = pause(ground, intent, Wish(asked.model, asked.reason, asked.lasts, asked.then))
    tell_of(ground, session.note)
    lines = [*steered_lines(said, asked.environment, asked.model), *_next(said, asked)]
    return Answer(steered_data(said, asked.environment, asked.model), lines)


def _next(said: Steered, asked: Asked) -> list[str]:
    from modelops_git.faces.reporting.deployments import time_text

    where = f"{asked.model} --env {asked.environment}"
    if said.until is None:
        until = "until somebody resumes it"
    else:
        until = f"until {time_text(said.until)}, then it is " + (
            "aborted" if asked.then == "abort" else "resumed"
        )
    return [f"next: it waits {until}", f"undo: modelops resume {where}; to leave it: modelops abort {where}"]
