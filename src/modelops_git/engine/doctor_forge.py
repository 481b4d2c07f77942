"""Look for what the forge should be set to, so that nobody gets round the rules of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import ModelopsError, UsageError
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.edges.git.repository import find_registry
from modelops_git.engine.doctor import State, Symptom
from modelops_git.engine.forges import forge_of
from modelops_git.engine.selection import registry_of
from modelops_git.engine.workflows import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.forges.base import Guard, Wanted
    from modelops_git.edges.git.repository import Repository

_STATES = {"ok": State.OK, "missing": State.FAIL, "unknown": State.WARN}


def examine_forge(folder: Path) -> tuple[Symptom, ...]:
    """Each thing that the forge should be set to, the gravest first.

    What the token may not see is a warning: it is not known to be right.

    Raises:
        UsageError: There is no registry, or it names no forge.
        GitError: git is missing or failed.
    """
    repository = find_registry(folder)
    registry = registry_of(Catalog(worktree_snapshot(repository)))
    if registry.forge is None:
        raise UsageError(
            "modelops.yaml names no forge that could be asked",
            hint="Write `forge: {type: github}` or `forge: {type: gitlab}` in it.",
        )
    return tuple(_symptoms(repository, registry))


def _symptoms(repository: Repository, registry: Registry) -> Iterator[Symptom]:
    try:
        forge = forge_of(repository, registry)
        guards = forge.guards(wanted_of(repository, registry)) if forge else ()
    except ModelopsError as error:
        yield Symptom("forge", State.FAIL, error.message, error.hint)
        return
    yield from map(_symptom, guards)


def _symptom(guard: Guard) -> Symptom:
    return Symptom(guard.name, _STATES[guard.state], guard.message, guard.hint)


def wanted_of(repository: Repository, registry: Registry) -> Wanted:
    """What a registry needs of its forge."""
    from modelops_git.edges.forges.base import Wanted

    names = tuple(environment.name for environment in registry.environments)
    setting = Setting(registry.name, registry.default_branch, names, repository.prefix.strip("/"))
    return Wanted(
        branch=registry.default_branch,
        journals=f"modelops/{registry.name}/journal/*",
        checks=(setting.gate,) if registry.forge and registry.forge.type == "github" else (),
        environments=names,
        reverts=bool(names),
    )
