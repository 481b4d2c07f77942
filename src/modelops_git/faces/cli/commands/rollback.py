"""`modelops rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.deploying import takes_delivery
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.engine.emergency import Held
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line

IN_A_HURRY = "rolled back at once"


@click.command("rollback")
@takes_session
@click.argument("model")
@click.option("--env", "environment", required=True, metavar="ENV", help="The environment.")
@click.option(
    "--to", "version", default="", metavar="VERSION", help="Go back to this one, not to the last good one."
)
@click.option("--reason", default="", help="Why; for the record.")
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
        return _at_once(session, environment, model, version, reason)
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import merged_intent
    from modelops_git.engine.pointing import Delivery
    from modelops_git.engine.rollback import Request, rollback
    from modelops_git.faces.reporting.pointed import pointed_data, pointed_lines

    repository = session.repository()
    intent = merged_intent(repository)
    ground = stand(repository, intent.registry, environment)
    done = rollback(ground, intent, Request(model, version, reason, Delivery(delivery or Delivery.BRANCH)))
    data = pointed_data(done.pointed, done.message, done.delivered)
    return Answer(data, pointed_lines(done.pointed, done.message, done.delivered))


def _at_once(session: Session, environment: str, model: str, version: str, reason: str) -> Answer:
    from modelops_git.engine.emergency import Wish, rollback_now
    from modelops_git.engine.ground import stand
    from modelops_git.engine.intent import surviving_intent
    from modelops_git.engine.rollback import prepare_revert

    repository = session.repository()
    intent = surviving_intent(repository)
    ground = stand(repository, intent.registry, environment)
    held = rollback_now(ground, intent, Wish(model, version, reason or IN_A_HURRY))
    note = prepare_revert(ground, intent, model, held.after, held.hold.reason)
    return Answer(_data(held, environment, model, note), _lines(held, environment, model, note))


def _data(held: Held, environment: str, model: str, note: str) -> dict[str, object]:
    from modelops_git.faces.reporting.deployments import hold_json, route_json

    return {
        "environment": environment,
        "model": model,
        "before": route_json(held.before),
        "after": route_json(held.after),
        "hold": hold_json(held.hold),
        "journaled": not held.problem,
        "outbox": str(held.waits_in) if held.waits_in else None,
        "problem": held.problem or None,
        "note": note,
    }


def _lines(held: Held, environment: str, model: str, note: str) -> list[Line]:
    from modelops_git.faces.reporting.lines import Span, Style

    before = held.before.version if held.before else "nothing"
    lines: list[Line] = [
        (
            Span("done", Style.GOOD),
            f": {environment} serves {model} {held.after.version} now, instead of {before}, and holds it",
        )
    ]
    if held.problem:
        lines.append((Span("note", Style.WARN), f": the journal could not be written: {held.problem}"))
        if held.waits_in is not None:
            lines.append(f"  its entry waits in {held.waits_in}; the next apply from this clone takes it")
        lines.append("  the target bears the hold as well: any apply will honour it and journal it")
    return [*lines, f"next: {note}"]
