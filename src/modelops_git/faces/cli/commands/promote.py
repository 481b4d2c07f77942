"""`modelops promote`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.deploying import takes_delivery
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.answer import Answer
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

    With --pull-request the branch is pushed by your own git, and the pull request is opened on the forge that
    modelops.yaml names as it is merged. The same command again goes on where that failed.
    """
    from modelops_git.engine.pointing import Delivery
    from modelops_git.engine.promote import Request, promote
    from modelops_git.faces.cli.offering import Written, answer, desk_for

    repository = session.repository()
    desk = desk_for(repository, delivery)
    request = Request(model, version, environment, strategy, Delivery(delivery or Delivery.BRANCH))
    done = promote(repository, request)
    return answer(Written(done.pointed, done.message, done.delivered), desk)
