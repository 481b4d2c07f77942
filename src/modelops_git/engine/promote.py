"""Promote: ask for a version to be live in an environment. It edits a manifest; the merge decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import RefusedError, UsageError
from modelops_git.core.references import find_version
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.engine.fallback import is_revoked
from modelops_git.engine.intent import environment_named
from modelops_git.engine.pointing import Delivery, Message, deliver, made_before, point

if TYPE_CHECKING:
    from modelops_git.core.manifests.parse import Document
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.pointing import Before, Delivered, Pointed


@dataclass(frozen=True, slots=True)
class Request:
    """Which version is to be live where.

    Attributes:
        model: The model.
        version: The version.
        environment: The environment.
        strategy: A strategy's name; empty for the one that the manifest has.
        delivery: How far the change is taken.
    """

    model: str
    version: str
    environment: str
    strategy: str = ""
    delivery: Delivery = Delivery.BRANCH


@dataclass(frozen=True, slots=True)
class Promoted:
    """What was asked for, and where it is written down."""

    pointed: Pointed
    message: Message
    delivered: Delivered


def promote(repository: Repository, request: Request) -> Promoted:
    """Write the rollout manifest that asks for a version.

    Raises:
        UsageError: There is no such model, version, environment or strategy.
        RefusedError: The version is revoked, or is asked for already, or a hook refused the commit.
    """
    catalog = Catalog(worktree_snapshot(repository))
    version = find_version(catalog, request.model, request.version)
    _refuse(catalog, request)
    if request.delivery is Delivery.PULL_REQUEST and (before := _before(repository, version, request)):
        return Promoted(before.pointed, _message(before.pointed, version, request), before.delivered)
    pointed = point(catalog, version, request.environment, request.strategy)
    message = _message(pointed, version, request)
    return Promoted(pointed, message, deliver(repository, pointed, message, request.delivery))


def _before(repository: Repository, version: Document, request: Request) -> Before | None:
    """The same promotion, where an earlier call made its branch and could not open the pull request."""
    message = Message(_branch(request), "", "")
    return made_before(repository, version, request.environment, message, request.strategy)


def _branch(request: Request) -> str:
    return f"promote/{request.model}-{request.version}-to-{request.environment}"


def _refuse(catalog: Catalog, request: Request) -> None:
    registry = catalog.registry
    if registry is None:
        raise RefusedError(
            "modelops.yaml is not valid", hint="Mend it first: `modelops validate` says where."
        )
    environment_named(registry.manifest, request.environment)
    strategies = registry.manifest.strategies
    if request.strategy and request.strategy not in strategies:
        known = ", ".join(strategies) or "none"
        raise UsageError(f"modelops.yaml has no strategy {request.strategy!r}", hint=f"It has: {known}.")
    if is_revoked(catalog, request.model, request.version):
        raise RefusedError(
            f"{request.model} {request.version} is revoked",
            hint=f"See why with `modelops show {request.model}@{request.version}`.",
        )


def _message(pointed: Pointed, version: Document, request: Request) -> Message:
    branch = _branch(request)
    subject = f"Promote {request.model} {request.version} to {request.environment}"
    now = f"instead of {pointed.before}" if pointed.before else "where it was not live before"
    rows = [
        f"{request.environment} shall serve {request.model} {request.version}, {now}.",
        "",
        version.manifest.summary or "",
        "",
        *(
            f"- {evaluation.name}: "
            + ", ".join(f"{key} {value}" for key, value in evaluation.metrics.items())
            for evaluation in version.manifest.evaluations
            if evaluation.metrics
        ),
        "",
        f"Manifest `{version.digest}`",
    ]
    return Message(branch, subject, _paragraphs(rows))


def _paragraphs(rows: list[str]) -> str:
    """The rows without two empty ones in a row."""
    kept = [row for number, row in enumerate(rows) if row or (number and rows[number - 1])]
    return "\n".join(kept).strip()
