"""Which models of an environment may go on, and what is wrong with the others.

Files are checked again, at the commit that is applied and against the one that wanted what is live now,
whatever hooks and pull requests have checked; then what only journals and targets know. A model with an error
is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.plans import (
    Promotion,
    RollbackTarget,
    judged_without_controller,
    promotion_order,
    rollback_target_gone,
    target_cannot,
)
from modelops_git.core.checks.run import run
from modelops_git.core.errors import ModelopsError
from modelops_git.core.findings import Severity, sort_key
from modelops_git.core.places import Home
from modelops_git.core.rollouts.desired import action_towards
from modelops_git.core.routes import stable
from modelops_git.edges.git.commits import commit_of, find_commit
from modelops_git.edges.git.reading import change, commit_snapshot
from modelops_git.engine.cases import Failure
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import desired_of, preload
from modelops_git.engine.presence import what_is_gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.findings import Finding
    from modelops_git.core.journal.state import ModelState
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.strategy import Strategy
    from modelops_git.core.snapshot import Change
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent

    Remarks = dict[tuple[str, str | None, tuple[str, ...]], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review found.

    Attributes:
        models: Those that may go on, sorted.
        findings: What is wrong with the others, and warnings, sorted.
        failures: Models that could not be judged.
    """

    models: tuple[str, ...]
    findings: tuple[Finding, ...]
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the environment's journal knows.

    Attributes:
        states: What is known of each model.
        applied: The commit that was applied last; None before the first.
        among: The models with a folder that are looked at, with those of `states`; None for all.
    """

    states: dict[str, ModelState]
    applied: str | None
    among: tuple[str, ...] | None = None


def models_of(
    ground: Ground, intent: Intent, states: dict[str, ModelState], among: tuple[str, ...] | None = None
) -> tuple[str, ...]:
    """The models that have a rollout manifest here, and the live, rolled out and held ones without one.

    What was only adopted, and never wanted, is none of these. Where `among` is given, manifests of others are
    not looked for.
    """
    folders = intent.catalog.models() if among is None else among
    wanted = {model for model in folders if _holds(intent, "Rollout", model, ground.name)}
    left = {
        model
        for model, state in states.items()
        if state.running or state.hold or (state.routes and state.run)
    }
    return tuple(sorted(wanted | left))


def review(ground: Ground, intent: Intent, known: Known, remarks: Remarks | None = None) -> Reviewed:
    """Check what is wanted in an environment.

    Args:
        ground: The environment.
        intent: What is wanted.
        known: What its journal knows.
        remarks: What the checks have said about files of the same commit before, where that was kept.

    Raises:
        GitError: This clone is too shallow, or too old, to know what a model's live version was wanted by.
    """
    folders = intent.catalog.models() if known.among is None else known.among
    models = models_of(ground, intent, known.states, folders)
    preload(intent, ground.name, dict.fromkeys(models, ()))
    wanted = [model for model in models if _holds(intent, "Rollout", model, ground.name)]
    found = _checked(_Checking(ground, intent, {} if remarks is None else remarks), known, wanted)
    failures: dict[str, Failure] = {}
    blocked = _models_in(found)
    for model in folders:
        if model not in blocked:
            _judge(_Case(ground, intent, model), known.states.get(model), found, failures)
    blocked = _models_in(found) | failures.keys()
    allowed = tuple(model for model in models if model not in blocked)
    return Reviewed(allowed, tuple(sorted(found, key=sort_key)), tuple(failures.values()))


@dataclass(frozen=True, slots=True)
class _Case:
    ground: Ground
    intent: Intent
    model: str


def _judge(case: _Case, state: ModelState | None, found: list[Finding], failures: dict[str, Failure]) -> None:
    """What only journals and targets know of one model; what they cannot say of it stops no other."""
    try:
        if _holds(case.intent, "Rollout", case.model, case.ground.name):
            found += _planned(case.ground, case.intent, case.model, state)
        found += _experiment(case.ground, case.intent, case.model)
    except ModelopsError as error:
        failures[case.model] = Failure(case.ground.name, case.model, error)


@dataclass(frozen=True, slots=True)
class _Checking:
    ground: Ground
    intent: Intent
    remarks: Remarks


def _checked(checking: _Checking, known: Known, wanted: list[str]) -> list[Finding]:
    ground, intent, remarks = checking.ground, checking.intent, checking.remarks
    by_base: dict[str | None, list[str]] = {}
    for model in wanted:
        base = _base(ground, intent, known, model)
        by_base.setdefault(base, []).append(Home("Rollout", model, ground.name).path)
    found: list[Finding] = []
    catalog = Catalog(intent.catalog.snapshot)  # of its own, for checks let go of what they have read
    for base, paths in by_base.items():
        asked = (intent.commit, base, tuple(paths))
        if asked not in remarks:
            since = _since(ground, intent, base)
            remarks[asked] = run(catalog, since, paths, Facts(merged=True)).findings
        found += remarks[asked]
    return found


def _base(ground: Ground, intent: Intent, known: Known, model: str) -> str | None:
    """The commit that a rollout manifest is compared with: the one that wanted what is live now.

    The commit that was applied last will not do: it moves on with every other model, while a promotion that
    was refused stays refused only as long as it is compared with what it would replace.
    """
    state, rollout = known.states.get(model), intent.catalog.rollout(model, ground.name)
    live = stable(state.routes) if state else None
    if state is None or live is None or rollout is None or rollout.manifest.manifest_digest == live.digest:
        return known.applied
    wanted_by = [one.commit for one in state.completed if one.route.digest == live.digest]
    return commit_of(ground.repository, wanted_by[-1]).id if wanted_by else known.applied


def _holds(intent: Intent, kind: str, model: str, environment: str) -> bool:
    return intent.catalog.holds(Home(kind, model, environment).path)


def _since(ground: Ground, intent: Intent, base: str | None) -> Change | None:
    """What has changed since the commit `base`; None where that is not known."""
    if base is None or find_commit(ground.repository, base) is None:
        return None
    return change(ground.repository, commit_snapshot(ground.repository, base), intent.catalog.snapshot)


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
    strategy = _strategy(intent, rollout)
    yield from target_cannot(rollout, strategy, capabilities)
    action = action_towards(desired, state)
    if action == "promote":
        yield from judged_without_controller(rollout, strategy, ground.environment)
    version = intent.catalog.version(model, rollout.manifest.version)
    if version is not None and action == "rollback" and ground.asks:
        yield from rollback_target_gone(RollbackTarget(rollout, what_is_gone(ground, version)))
    completed_here = {one.route.digest for one in state.completed} if state else set()
    if desired.routes[0].digest not in completed_here:
        yield from promotion_order(_promotion(ground, rollout))


def _strategy(intent: Intent, rollout: Document) -> Strategy | None:
    strategy = rollout.manifest.strategy
    return intent.registry.strategies.get(strategy) if isinstance(strategy, str) else strategy


def _promotion(ground: Ground, rollout: Document) -> Promotion:
    sources = ground.environment.promote_from
    completed = {name: _completed(ground, name, rollout.home.model) for name in sources}
    return Promotion(rollout, sources, completed)


def _completed(ground: Ground, environment: str, model: str) -> frozenset[str]:
    """The manifests of a model that completed in another environment."""
    journal = stand(ground.repository, ground.registry, environment).journal
    state = journal.state(journal.refresh(), model)
    return frozenset(one.route.digest for one in state.completed) if state else frozenset()


def _experiment(ground: Ground, intent: Intent, model: str) -> tuple[Finding, ...]:
    document = intent.catalog.experiment(model, ground.name)
    return target_cannot(document, None, ground.target(model).capabilities) if document else ()
