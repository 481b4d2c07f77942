"""Rollback in calm: the rollout manifest back at an older version, reviewed and merged like any change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import RefusedError
from modelops_git.core.references import find_version
from modelops_git.core.rollouts.retreat import hold_of
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.engine.fallback import fall_back_to, is_revoked
from modelops_git.engine.pointing import Delivery, Message, deliver, made_before, point

if TYPE_CHECKING:
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.routes import Observed, Route
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.pointing import Before, Delivered, Pointed


@dataclass(frozen=True, slots=True)
class Request:
    """What is to go back, and where to.

    Attributes:
        model: The model.
        version: The version to go back to; empty for the last good one.
        reason: For the commit's message.
        delivery: How far the change is taken.
    """

    model: str
    version: str = ""
    reason: str = ""
    delivery: Delivery = Delivery.BRANCH


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What was asked for, and where it is written down."""

    pointed: Pointed
    message: Message
    delivered: Delivered


def rollback(ground: Ground, intent: Intent, request: Request) -> RolledBack:
    """Write the rollout manifest that asks for an older version.

    Raises:
        RefusedError: There is nothing to go back to, a rollout is under way, or a hook refused the commit.
        JournalError: The journal cannot be asked which version was good.
    """
    tip = ground.journal.refresh()
    state = ground.journal.state(tip, request.model)
    observed = ground.target(request.model).observe(request.model)
    _refuse_unsettled(ground, state, request)
    route = _destination(intent, state, observed, request)
    catalog = Catalog(worktree_snapshot(ground.repository))
    version = find_version(catalog, request.model, route.version)
    if request.delivery is Delivery.PULL_REQUEST and (before := _before(ground, version, request)):
        message = message_for(ground.name, request.model, before.pointed, request.reason)
        return RolledBack(before.pointed, message, before.delivered)
    pointed = point(catalog, version, ground.name)
    message = message_for(ground.name, request.model, pointed, request.reason)
    return RolledBack(pointed, message, deliver(ground.repository, pointed, message, request.delivery))


def _before(ground: Ground, version: Document, request: Request) -> Before | None:
    """The same rollback, where an earlier call made its branch and could not open the pull request."""
    message = Message(_branch(ground.name, request.model, version.home.name), "", "")
    return made_before(ground.repository, version, ground.name, message)


def _branch(environment: str, model: str, version: str) -> str:
    return f"rollback/{model}-to-{version}-in-{environment}"


def _refuse_unsettled(ground: Ground, state: ModelState | None, request: Request) -> None:
    """Refuse to go back in the middle of something: the answer would depend on how far it gets meanwhile."""
    run = (state.running or state.trying) if state else None
    if run is None:
        return
    what = "an experiment" if run.until else "a rollout"
    where = f"{request.model} --env {ground.name}"
    raise RefusedError(
        f"{what} of {request.model} is under way in {ground.name}",
        hint=f"End it first: `modelops abort {where}`. Or let it come to its end: `modelops apply --wait`.",
    )


def _destination(intent: Intent, state: ModelState | None, observed: Observed, request: Request) -> Route:
    """Where to: while a hold lasts, git follows what it serves."""
    hold = hold_of(state, observed)
    serve = hold.serve if hold and not request.version else None
    if serve and not is_revoked(intent.catalog, request.model, serve.version):
        return serve
    return fall_back_to(intent, state, observed, request.model, request.version)


def message_for(environment: str, model: str, pointed: Pointed, reason: str) -> Message:
    """What a rollback is called."""
    version = pointed.version.home.name
    now = f"instead of {pointed.before}" if pointed.before else "where no version is asked for now"
    return Message(
        branch=_branch(environment, model, version),
        subject=f"Roll back {model} to {version} in {environment}",
        body=f"{environment} shall serve {model} {version} again, {now}."
        + (f"\n\n{reason}" if reason else ""),
    )
