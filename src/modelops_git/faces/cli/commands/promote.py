"""`modelops promote`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import takes_delivery
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session


@click.command("promote")
@takes_session
@click.argument("model")
@click.argument("version")
@click.option("--to", "environment", required=True, metavar="ENV", help="The environment.")
@click.option(
    "--strategy", default="", metavar="NAME", help="A strategy of modelops.yaml; as before by default."
)
@takes_delivery
def command(
    session: Session, model: str, version: str, environment: str, strategy: str, delivery: str | None
) -> Answer:
    """Ask for a version to be live in an environment.

    It edits two lines of the rollout manifest. What is live changes when that is merged and applied.
    """
    from modelops_git.engine.pointing import Delivery
    from modelops_git.engine.promote import Request, promote
    from modelops_git.faces.reporting.pointed import pointed_data, pointed_lines

    request = Request(model, version, environment, strategy, Delivery(delivery or Delivery.BRANCH))
    done = promote(session.repository(), request)
    data = pointed_data(done.pointed, done.message, done.delivered)
    return Answer(data, pointed_lines(done.pointed, done.message, done.delivered))
