"""What is wanted: the registry at a commit, and what its rollout manifests say."""

from __future__ import annotations

import difflib
import fnmatch
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import artifacts_digest
from modelops_git.core.catalog import Catalog
from modelops_git.core.clock import parse_time
from modelops_git.core.errors import GitError, RefusedError, UsageError
from modelops_git.core.manifests.strategy import Immediate
from modelops_git.core.places import REGISTRY_FILE, Home
from modelops_git.core.rollouts.desired import Desired, Experiment
from modelops_git.core.routes import Assign, Role, Route
from modelops_git.edges.git.commits import commit_of, find_commit
from modelops_git.edges.git.reading import commit_snapshot
from modelops_git.edges.git.remotes import fetch_default

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelops_git.core.journal.state import Completed
    from modelops_git.core.manifests.environment import Environment
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.manifests.strategy import Strategy
    from modelops_git.core.manifests.target import Target
    from modelops_git.edges.git.repository import Repository

MOST_OLDER = 20
"""How many older forms of modelops.yaml an emergency looks at."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a commit of the registry wants.

    Attributes:
        commit: The commit.
        catalog: The registry at that commit.
        registry: Its `modelops.yaml`.
    """

    commit: str
    catalog: Catalog
    registry: Registry


def intent_at(repository: Repository, revision: str) -> Intent:
    """What `revision` wants.

    Raises:
        GitError: There is no such commit.
        RefusedError: Its `modelops.yaml` is absent or not valid.
    """
    commit = commit_of(repository, revision).id
    catalog = Catalog(commit_snapshot(repository, commit))
    document = catalog.registry
    if document is None:
        parsed = catalog.document("modelops.yaml")
        findings = parsed.findings if parsed else ()
        raise RefusedError(
            f"modelops.yaml is not valid at {revision}",
            hint="See `modelops validate --all`.",
            findings=findings,
        )
    return Intent(commit, catalog, document.manifest)


def merged_intent(repository: Repository) -> Intent:
    """What the default branch wants: as the remote has it, or the local branch where there is no remote.

    Raises:
        GitError: The remote cannot be reached, or there is no such branch.
    """
    here = intent_at(repository, "HEAD")
    return _elsewhere(repository, merged_revision(repository, here.registry), here)


def merged_revision(repository: Repository, here: Registry) -> str:
    """The ref of the default branch, as the remote has it now; `here` is what is checked out.

    Raises:
        GitError: The remote cannot be reached.
    """
    remote = remote_of(repository, here)
    if remote is None:
        return f"refs/heads/{here.default_branch}"
    fetch_default(repository, remote, here.default_branch)
    return f"refs/remotes/{remote}/{here.default_branch}"


def known_intent(repository: Repository) -> Intent:
    """The same without asking the remote: what this clone saw last."""
    here = intent_at(repository, "HEAD")
    branch, remote = here.registry.default_branch, remote_of(repository, here.registry)
    known = f"refs/remotes/{remote}/{branch}"
    if remote is None or find_commit(repository, known) is None:
        known = f"refs/heads/{branch}"
    return _elsewhere(repository, known, here)


def _elsewhere(repository: Repository, revision: str, here: Intent) -> Intent:
    """What `revision` wants; `here` itself where that is the commit, which need not be read twice then."""
    return here if commit_of(repository, revision).id == here.commit else intent_at(repository, revision)


def surviving_intent(repository: Repository) -> Intent:
    """As `known_intent`; where modelops.yaml is broken now, with the rules that were valid last.

    For emergencies, which no mistake in a manifest may stop, nor a clone that has no default branch, as CI
    makes them. The manifests are those of HEAD then.

    Raises:
        RefusedError: None of the last ones is valid.
        GitError: There is no default branch here, and no `modelops.yaml` before HEAD.
    """
    try:
        return known_intent(repository)
    except (RefusedError, GitError):
        path = f"{repository.prefix}{REGISTRY_FILE}"
        changed = repository.git.text("rev-list", f"--max-count={MOST_OLDER}", "HEAD", "--", path).split()
        for commit in changed:
            try:
                registry = intent_at(repository, commit).registry
            except RefusedError:
                continue
            head = commit_of(repository, "HEAD").id
            return Intent(head, Catalog(commit_snapshot(repository, head)), registry)
        raise


def remote_of(repository: Repository, registry: Registry) -> str | None:
    """The remote that holds the default branch and the journals; None where this clone has none at all.

    Raises:
        GitError: It has others, so the one that modelops.yaml names is missing; a journal of this clone alone
            would be a second truth.
    """
    if repository.is_server:
        return None
    name = registry.journal.remote
    known = repository.remotes.names
    if not name or not known:
        return None
    if name not in known:
        raise GitError(
            f"this clone has no remote {name!r}, which modelops.yaml names for the journals",
            hint=f"It has: {', '.join(known)}. Rename one with `git remote rename {known[0]} {name}`.",
        )
    return name


def in_order(registry: Registry, names: Iterable[str] = ()) -> tuple[str, ...]:
    """The environments called `names`, all where none is given, each behind those it is promoted from.

    Raises:
        UsageError: There is no environment of a name.
    """
    asked = {environment_named(registry, name).name for name in names}
    sources = {one.name: set(one.promote_from) for one in registry.environments}
    ordered: list[str] = []
    while len(ordered) < len(sources):
        left = [name for name in sources if name not in ordered]
        ready = (name for name in left if not sources[name] & set(left))
        ordered.append(next(ready, left[0]))  # in a circle, which is a finding, as they are written
    return tuple(name for name in ordered if not asked or name in asked)


def environment_named(registry: Registry, name: str) -> Environment:
    """The environment called `name`.

    Raises:
        UsageError: There is none.
    """
    for environment in registry.environments:
        if environment.name == name:
            return environment
    names = [environment.name for environment in registry.environments]
    near = difflib.get_close_matches(name, names, 1)
    raise UsageError(
        f"there is no environment {name!r} in modelops.yaml",
        hint=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(names) or 'none'}.",
    )


def target_of(environment: Environment, model: str) -> Target | None:
    """The first target of the environment whose patterns match the model; None where none does."""
    for target in environment.targets:
        if any(fnmatch.fnmatchcase(model, pattern) for pattern in target.models):
            return target
    return None


AT_ONCE: Strategy = Immediate(type="immediate")


def strategy_of(registry: Registry, rollout: Document) -> Strategy:
    """The strategy that a rollout manifest names or spells out.

    Raises:
        RefusedError: There is none of the name.
    """
    strategy = rollout.manifest.strategy
    found: Strategy | None = registry.strategies.get(strategy) if isinstance(strategy, str) else strategy
    if found is None:
        raise RefusedError(f"there is no strategy {strategy!r} in modelops.yaml")
    return found


def route_to(version: Document, *, role: Role = "stable", weight: int = 100) -> Route:
    """The route that gives traffic to a version: all of it where no weight is named."""
    return Route(
        role=role,
        version=version.manifest.version,
        digest=version.digest,
        artifacts=artifacts_digest(version.written),
        weight=weight,
    )


def preload(intent: Intent, environment: str, models: Mapping[str, Iterable[Completed]]) -> None:
    """Read together what `desired_of` needs of `models`, each with what it completed, not one by one."""
    catalog = intent.catalog
    rollouts = catalog.documents(Home("Rollout", model, environment).path for model in models)
    fresh = [one for one in rollouts if _completed_route(one, models[one.home.model]) is None]
    wanted = [Home("ModelVersion", one.home.model, one.manifest.version).path for one in fresh]
    catalog.snapshot.preload(path for path in wanted if catalog.holds(path))


def desired_of(intent: Intent, environment: str, model: str, completed: Iterable[Completed] = ()) -> Desired:
    """What is wanted for a model: its rollout manifest, or its retirement where there is none.

    The manifest must have passed its checks: the version that it names exists. The manifest of a version in
    `completed` is not read, where the rollout pins its digest.

    Raises:
        RefusedError: It has not.
    """
    rules = environment_named(intent.registry, environment)
    path = Home("Rollout", model, environment).path
    if not intent.catalog.holds(path):
        return Desired(model, (), AT_ONCE, intent.commit, rules)
    rollout = intent.catalog.rollout(model, environment)
    if rollout is None:
        raise RefusedError(f"{path} is not valid", hint="See `modelops validate --all`.")
    return Desired(
        model,
        (_route(intent, rollout, completed),),
        strategy_of(intent.registry, rollout),
        intent.commit,
        rules,
        first_deployment=rollout.manifest.first_deployment,
        experiment=_experiment(intent, environment, model),
    )


def _route(intent: Intent, rollout: Document, completed: Iterable[Completed]) -> Route:
    wanted = rollout.manifest
    known = _completed_route(rollout, completed)
    return known or route_to(_version(intent, wanted.model, wanted.version))


def _completed_route(rollout: Document, completed: Iterable[Completed]) -> Route | None:
    """The route to the very version that a rollout pins, where it has completed before."""
    pinned = (rollout.manifest.version, rollout.manifest.manifest_digest)
    known = (one.route for one in completed)
    return next((route for route in known if (route.version, route.digest) == pinned), None)


def _version(intent: Intent, model: str, number: str) -> Document:
    version = intent.catalog.version(model, number)
    if version is None:
        raise RefusedError(f"{model} has no valid version {number}")
    return version


def _experiment(intent: Intent, environment: str, model: str) -> Experiment | None:
    path = Home("Experiment", model, environment).path
    if not intent.catalog.holds(path):
        return None
    document = intent.catalog.experiment(model, environment)
    if document is None:
        raise RefusedError(f"{path} is not valid", hint="See `modelops validate --all`.")
    wanted = document.manifest
    role: Role = "candidate" if wanted.type == "split" else "mirror"
    candidates = tuple(
        route_to(_version(intent, model, one.version), role=role, weight=one.weight)
        for one in wanted.candidates
    )
    if wanted.type == "split" and wanted.assign_by is not None:
        by = Assign(header=wanted.assign_by.header, cookie=wanted.assign_by.cookie)
        candidates = tuple(route.model_copy(update={"assign": by}) for route in candidates)
    return Experiment(wanted.type, candidates, parse_time(wanted.until), wanted.analysis)
