"""`modelops rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import takes_delivery, takes_environment, takes_reason
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session

IN_A_HURRY = "rolled back at once"


@click.command("rollback")
@takes_session
@click.argument("model")
@takes_environment
@click.option(
    "--to", "version", default="", metavar="VERSION", help="Go back to this one, not to the last good one."
)
@takes_reason
@click.option(
    "--now", is_flag=True, help="Change what is live first, and hold it; git follows. Needs no forge."
)
@takes_delivery
def command(
    session: Session,
    model: str,
    environment: str,
    version: str,
    reason: str,
    delivery: str | None,
    *,
    now: bool,
) -> Answer:
    """Go back to an older version in an environment.

    In calm it edits the rollout manifest, and takes effect when that is merged and applied. With --now the
    target is changed at once, and held there until something else is merged.
    """
    if now:
        held = _Held(model, version, reason, proposes=delivery == "pull-request")
        return _at_once(session, environment, held)
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import merged_intent
    from modelops_git.engine.pointing import Delivery
    from modelops_git.engine.rollback import Request, rollback
    from modelops_git.faces.cli.offering import Written, answer, desk_for

    repository = session.repository()
    desk = desk_for(repository, delivery)
    intent = merged_intent(repository)
    ground = stand(repository, intent.registry, environment)
    done = rollback(ground, intent, Request(model, version, reason, Delivery(delivery or Delivery.BRANCH)))
    return answer(Written(done.pointed, done.message, done.delivered), desk)


class _Held(NamedTuple):
    """The words of the command that count with `--now`."""

    model: str
    version: str
    reason: str
    proposes: bool


def _at_once(session: Session, environment: str, asked: _Held) -> Answer:
    from modelops_git.engine.emergency import rollback_now
    from modelops_git.engine.ground import stand
    from modelops_git.engine.holding import Wish
    from modelops_git.engine.intent import surviving_intent

    repository = session.repository()
    intent = surviving_intent(repository)
    ground = stand(repository, intent.registry, environment)
    held = rollback_now(ground, intent, Wish(asked.model, asked.version, asked.reason or IN_A_HURRY))

    # What is needed only after the traffic has changed is not loaded before.
    from modelops_git.engine.afterwards import tell_of
    from modelops_git.engine.following import propose_revert
    from modelops_git.engine.reverting import Undo, prepare_revert
    from modelops_git.faces.reporting.steering import held_data, held_lines

    way = held.way
    undo = Undo(
        asked.model, held.after, held.hold.reason, is_experiment=way.is_experiment, against=way.against
    )
    tell_of(ground, session.note)
    revert = (propose_revert if asked.proposes else prepare_revert)(ground, intent, undo)
    return Answer(held_data(held, asked.model, revert), held_lines(held, asked.model, revert))
