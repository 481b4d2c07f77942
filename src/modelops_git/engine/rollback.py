"""Rollback in calm: the rollout manifest back at an older version, reviewed and merged like any change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import GitError, ModelopsError
from modelops_git.core.references import find_version
from modelops_git.edges.git.proposing import Proposal, free_name, propose
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.engine.fallback import fall_back_to
from modelops_git.engine.pointing import Delivery, Message, deliver, point

if TYPE_CHECKING:
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.routes import Observed, Route
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.pointing import Delivered, Pointed


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
        RefusedError: There is nothing to go back to, or a hook refused the commit.
        JournalError: The journal cannot be asked which version was good.
    """
    tip = ground.journal.refresh()
    state = ground.journal.state(tip, request.model)
    observed = ground.target(request.model).observe(request.model)
    route = _destination(intent, state, observed, request)
    catalog = Catalog(worktree_snapshot(ground.repository))
    version = find_version(catalog, request.model, route.version)
    pointed = point(catalog, version, ground.name)
    message = message_for(ground.name, request.model, pointed, request.reason)
    return RolledBack(pointed, message, deliver(ground.repository, pointed, message, request.delivery))


def _destination(intent: Intent, state: ModelState | None, observed: Observed, request: Request) -> Route:
    """Where to: while a hold lasts, git follows what it serves."""
    hold = observed.hold or (state.hold if state else None)
    if hold and hold.serve and not request.version:
        return hold.serve
    return fall_back_to(intent, state, observed, request.model, request.version)


def message_for(environment: str, model: str, pointed: Pointed, reason: str) -> Message:
    """What a rollback is called."""
    version = pointed.version.home.name
    now = f"instead of {pointed.before}" if pointed.before else "where no version is asked for now"
    return Message(
        branch=f"rollback/{model}-to-{version}-in-{environment}",
        subject=f"Roll back {model} to {version} in {environment}",
        body=f"{environment} shall serve {model} {version} again, {now}."
        + (f"\n\n{reason}" if reason else ""),
    )


def prepare_revert(ground: Ground, intent: Intent, model: str, route: Route, reason: str) -> str:
    """A branch on which the manifest asks for what `rollback --now` serves; its name, or a complaint.

    The work tree is left alone: at that hour nobody wants to be asked about files that are not committed.
    """
    try:
        version = find_version(intent.catalog, model, route.version)
        pointed = point(intent.catalog, version, ground.name)
        message = message_for(ground.name, model, pointed, reason)
        branch = free_name(ground.repository, message.branch)
        proposal = Proposal(branch, intent.commit, {pointed.path: pointed.text.encode()})
        propose(ground.repository, proposal, f"{message.subject}\n\n{message.body}\n")
    except (ModelopsError, GitError) as error:
        return f"the revert was not prepared: {error.message}"
    return f"the revert is on branch {branch}: push it and have it merged"
