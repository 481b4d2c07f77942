"""`modelops adopt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import takes_environment
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session


@click.command("adopt")
@takes_session
@click.argument("model")
@takes_environment
def command(session: Session, model: str, environment: str) -> Answer:
    """Take into the journal what a target serves already.

    The target is not touched. It is for a target that was in use before the registry; the next apply changes
    it only where something else is wanted.
    """
    from modelops_git.engine.adopt import adopt
    from modelops_git.engine.afterwards import tell_of
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import known_intent
    from modelops_git.faces.reporting.deployments import routes_json, version_text

    repository = session.repository()
    intent = known_intent(repository)
    ground = stand(repository, intent.registry, environment)
    observed = adopt(ground, model)
    tell_of(ground, session.note)
    data = {"environment": environment, "model": model, "routes": routes_json(observed.routes)}
    return Answer(data, [f"adopted: {environment} serves {model} {version_text(observed.routes)}"])
