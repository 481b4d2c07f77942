"""Which models of an environment may go on, and what is wrong with the others.

Files are checked again, at the commit that is applied and against the one that was applied last, whatever
hooks and pull requests have checked; then what only journals and targets know. A model with an error is left
as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.checks.plans import Promotion, promotion_order, target_cannot
from modelops_git.core.checks.run import run
from modelops_git.core.findings import Severity, sort_key
from modelops_git.core.places import Home
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.reading import change, commit_snapshot
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import desired_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.strategy import Strategy
    from modelops_git.core.snapshot import Change
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review found.

    Attributes:
        models: Those that may go on, sorted.
        findings: What is wrong with the others, and warnings, sorted.
    """

    models: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the environment's journal knows.

    Attributes:
        states: What is known of each model.
        applied: The commit that was applied last; None before the first.
    """

    states: dict[str, ModelState]
    applied: str | None


def models_of(ground: Ground, intent: Intent, states: dict[str, ModelState]) -> tuple[str, ...]:
    """The models that have a rollout manifest here, and those that are live or under way without one."""
    wanted = {model for model in intent.catalog.models() if _holds(intent, "Rollout", model, ground.name)}
    left = {model for model, state in states.items() if state.routes or state.running}
    return tuple(sorted(wanted | left))


def review(ground: Ground, intent: Intent, known: Known) -> Reviewed:
    """Check what is wanted in an environment.

    Raises:
        JournalError: The journal of an environment that this one is promoted from cannot be read.
        RefusedError: No target takes a model.
    """
    models = models_of(ground, intent, known.states)
    wanted = [model for model in models if _holds(intent, "Rollout", model, ground.name)]
    paths = [Home("Rollout", model, ground.name).path for model in wanted]
    found = [*run(intent.catalog, _since(ground, intent, known.applied), paths).findings]
    blocked = _models_in(found)
    for model in wanted:
        if model not in blocked:
            found += _planned(ground, intent, model, known.states.get(model))
    found += [finding for model in intent.catalog.models() for finding in _experiment(ground, intent, model)]
    blocked = _models_in(found)
    allowed = tuple(model for model in models if model not in blocked)
    return Reviewed(allowed, tuple(sorted(found, key=sort_key)))


def _holds(intent: Intent, kind: str, model: str, environment: str) -> bool:
    return intent.catalog.holds(Home(kind, model, environment).path)


def _since(ground: Ground, intent: Intent, applied: str | None) -> Change | None:
    """What has changed since the commit that was applied last; None where that is not known."""
    if applied is None or find_commit(ground.repository, applied) is None:
        return None
    return change(ground.repository, commit_snapshot(ground.repository, applied), intent.catalog.snapshot)


def _models_in(findings: list[Finding]) -> set[str]:
    """The models whose rollout manifests have errors."""
    paths = {one.place.path for one in findings if one.severity is Severity.ERROR}
    return {
        path.removeprefix("models/").rpartition("/rollouts/")[0] for path in paths if "/rollouts/" in path
    }


def _planned(ground: Ground, intent: Intent, model: str, state: ModelState | None) -> Iterator[Finding]:
    """What only a plan can check, for a rollout that would change something."""
    desired = desired_of(intent, ground.name, model)
    if state and state.run and state.run.generation == desired.generation:
        return
    rollout = intent.catalog.rollout(model, ground.name)
    if rollout is None:
        return
    capabilities = ground.target(model).capabilities
    yield from target_cannot(rollout, _strategy(intent, rollout), capabilities)
    completed_here = {one.route.digest for one in state.completed} if state else set()
    if desired.routes[0].digest not in completed_here:
        yield from promotion_order(_promotion(ground, intent, rollout))


def _strategy(intent: Intent, rollout: Document) -> Strategy | None:
    strategy = rollout.manifest.strategy
    return intent.registry.strategies.get(strategy) if isinstance(strategy, str) else strategy


def _promotion(ground: Ground, intent: Intent, rollout: Document) -> Promotion:
    sources = ground.environment.promote_from
    completed = {name: _completed(ground, intent, name, rollout.home.model) for name in sources}
    return Promotion(rollout, sources, completed)


def _completed(ground: Ground, intent: Intent, environment: str, model: str) -> frozenset[str]:
    """The manifests of a model that completed in another environment."""
    journal = stand(ground.repository, intent.registry, environment).journal
    state = journal.state(journal.refresh(), model)
    return frozenset(one.route.digest for one in state.completed) if state else frozenset()


def _experiment(ground: Ground, intent: Intent, model: str) -> tuple[Finding, ...]:
    document = intent.catalog.experiment(model, ground.name)
    return target_cannot(document, None, ground.target(model).capabilities) if document else ()
