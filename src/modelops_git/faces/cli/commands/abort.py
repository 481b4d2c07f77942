"""`modelops abort`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import takes_environment, takes_reason
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session

BY_HAND = "aborted by hand"


@click.command("abort")
@takes_session
@click.argument("model")
@takes_environment
@takes_reason
@click.option("--pull-request", "proposes", is_flag=True, help="Open the pull request that makes git follow.")
def command(session: Session, model: str, environment: str, reason: str, *, proposes: bool) -> Answer:
    """End the rollout under way: all traffic back at once.

    What served before gets all of the traffic, and is held there until something else is merged, or
    `modelops retry` is given. It needs no remote and no forge, and waits for nobody. An experiment is ended
    where no rollout is under way. With --pull-request the revert is also pushed and proposed, once traffic is
    back; where that fails it is told, and the abort stands.
    """
    from modelops_git.engine.emergency import abort
    from modelops_git.engine.ground import stand
    from modelops_git.engine.holding import Wish
    from modelops_git.engine.intent import surviving_intent

    repository = session.repository()
    intent = surviving_intent(repository)
    ground = stand(repository, intent.registry, environment)
    held = abort(ground, intent, Wish(model, "", reason or BY_HAND))

    # What is needed only after the traffic has changed is not loaded before.
    from modelops_git.engine.afterwards import tell_of
    from modelops_git.engine.following import propose_revert
    from modelops_git.engine.reverting import Undo, prepare_revert
    from modelops_git.faces.reporting.steering import held_data, held_lines

    way = held.way
    undo = Undo(model, held.after, held.hold.reason, is_experiment=way.is_experiment, against=way.against)
    tell_of(ground, session.note)
    revert = (propose_revert if proposes else prepare_revert)(ground, intent, undo)
    return Answer(held_data(held, model, revert), held_lines(held, model, revert))
