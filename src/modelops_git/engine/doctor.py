"""Look for what would keep the tool from working here: tools, repository, hooks, stores, journals."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from modelops_git import __version__
from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import GitError, ModelopsError, StoreError, UsageError
from modelops_git.edges.git.failures import UNSHALLOW
from modelops_git.edges.git.identity import committer
from modelops_git.edges.git.journal_place import JournalAbsentError
from modelops_git.edges.git.plumbing import Git
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.edges.git.repository import find_registry
from modelops_git.edges.stores import open_store
from modelops_git.edges.uris import folder_of
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import remote_of
from modelops_git.engine.outbox import Outbox
from modelops_git.engine.selection import registry_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from modelops_git.core.manifests.registry import Registry, Store
    from modelops_git.edges.git.repository import Repository

OLDEST_GIT = (2, 31)
HOOKS = ("pre-commit", "pre-merge-commit")


class State(StrEnum):
    """What a look at one thing found."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that was looked at.

    Attributes:
        name: What was looked at.
        state: Whether it will do.
        message: What was found.
        hint: What to do; empty where nothing needs doing.
    """

    name: str
    state: State
    message: str
    hint: str = ""


def examine(folder: Path) -> tuple[Symptom, ...]:
    """Everything, in the order in which things depend on each other.

    Without git or a registry, what rests on them is not looked at, and the failure says why.
    """
    found = [_tools(), _git(folder)]
    try:
        repository = find_registry(folder)
    except (UsageError, GitError) as error:
        return (*found, Symptom("registry", State.FAIL, error.message, error.hint))
    found += [_identity(repository), _line_ends(repository), _history(repository), *_hooks(repository)]
    try:
        registry = registry_of(Catalog(worktree_snapshot(repository)))
    except ModelopsError as error:
        return (*found, Symptom("registry", State.FAIL, error.message, error.hint))
    found.append(Symptom("registry", State.OK, f"{registry.name} in {repository.root}"))
    return (
        *found,
        _branch(repository, registry),
        *_stores(repository, registry),
        *_journals(repository, registry),
    )


def _tools() -> Symptom:
    python = f"python {platform.python_version()} on {platform.system()}"
    return Symptom("modelops", State.OK, f"modelops {__version__}, {python}")


def _git(folder: Path) -> Symptom:
    try:
        said = Git.isolated(folder).text("version")
    except GitError as error:
        return Symptom("git", State.FAIL, error.message, error.hint)
    numbers = re.search(r"(\d+)\.(\d+)", said)
    if numbers is None:
        return Symptom("git", State.WARN, f"its version cannot be told from {said!r}")
    oldest = ".".join(map(str, OLDEST_GIT))
    if (int(numbers[1]), int(numbers[2])) < OLDEST_GIT:
        return Symptom("git", State.FAIL, f"{said} is too old", f"Install git {oldest} or newer.")
    return Symptom("git", State.OK, said)


def _identity(repository: Repository) -> Symptom:
    name, email = committer(repository.git)
    missing = [key for key, told in (("user.name", name), ("user.email", email)) if not told]
    if missing:
        hint = "; ".join(f"git config {key} …" for key in missing)
        return Symptom("identity", State.WARN, f"git does not know your {' and '.join(missing)}", hint)
    return Symptom("identity", State.OK, f"{name} <{email}>")


def _config(repository: Repository, name: str) -> str:
    return repository.git.text("config", "--default", "", "--get", name)


def _line_ends(repository: Repository) -> Symptom:
    changed = _config(repository, "core.autocrlf").lower() in {"true", "input"}
    if changed and not repository.path_of(".gitattributes").exists():
        hint = "Write a .gitattributes as `modelops init` does, so that committed artifacts keep their bytes."
        return Symptom("line ends", State.WARN, "core.autocrlf is set and there is no .gitattributes", hint)
    return Symptom("line ends", State.OK, "git leaves committed bytes alone")


def _history(repository: Repository) -> Symptom:
    if repository.shallow:
        return Symptom("history", State.FAIL, "this clone is shallow: changes cannot be compared", UNSHALLOW)
    return Symptom("history", State.OK, "whole")


def _hooks(repository: Repository) -> Iterator[Symptom]:
    for name in HOOKS:
        answer = repository.git.text("rev-parse", "--git-path", f"hooks/{name}")
        if os.access(repository.top / answer, os.X_OK):
            yield Symptom(f"hook {name}", State.OK, "installed")
        else:
            hint = "Run `pre-commit install` (pip install pre-commit); CI checks the same in any case."
            yield Symptom(f"hook {name}", State.WARN, "not installed: commits are not checked here", hint)


def _branch(repository: Repository, registry: Registry) -> Symptom:
    branch = registry.default_branch
    try:
        remote = remote_of(repository, registry)
    except GitError as error:
        return Symptom("default branch", State.FAIL, error.message, error.hint)
    names = [f"refs/heads/{branch}"] + ([f"refs/remotes/{remote}/{branch}"] if remote else [])
    known = [name for name in names if repository.git.succeeds("rev-parse", "--verify", "--quiet", name)]
    if known:
        return Symptom("default branch", State.OK, f"{branch} ({known[-1]})")
    hint = f"Push {branch}, run `git fetch`, or correct default_branch in modelops.yaml."
    return Symptom("default branch", State.WARN, f"this clone knows no branch {branch}", hint)


def _stores(repository: Repository, registry: Registry) -> Iterator[Symptom]:
    for name, config in registry.stores.items():
        yield _store(name, config, repository.root)


def _store(name: str, config: Store, root: Path) -> Symptom:
    what = f"store {name}"
    try:
        store = open_store(name, config, root)
        if config.uri.startswith("file:"):
            return _folder(what, root / folder_of(config.uri))
        next(iter(store.keys("")), None)
    except StoreError as error:
        return Symptom(what, State.FAIL, error.message, error.hint)
    return Symptom(what, State.OK, f"{config.uri} can be read; whether it can be written is not known")


def _folder(what: str, folder: Path) -> Symptom:
    """A store that is a folder, which the first artifact makes."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    if not existing.is_dir():
        return Symptom(what, State.FAIL, f"{existing} is no folder", "Correct its uri in modelops.yaml.")
    if not os.access(existing, os.W_OK | os.X_OK):
        hint = "Registering versions needs the right to write there."
        return Symptom(what, State.WARN, f"{existing} is read-only for you", hint)
    if existing != folder:
        hint = "The first `modelops register` makes it; if it should be there, check that it is mounted."
        return Symptom(what, State.WARN, f"{folder} does not exist yet", hint)
    return Symptom(what, State.OK, f"{folder} can be read and written")


def _journals(repository: Repository, registry: Registry) -> Iterator[Symptom]:
    for environment in registry.environments:
        yield _journal(repository, registry, environment.name)


def _journal(repository: Repository, registry: Registry, environment: str) -> Symptom:
    what = f"journal {environment}"
    try:
        ground = stand(repository, registry, environment)
        tip = ground.journal.refresh()
        waiting = len(Outbox(repository, environment).waiting())
    except JournalAbsentError as error:
        return Symptom(what, State.WARN, error.message, error.hint)
    except ModelopsError as error:
        return Symptom(what, State.FAIL, error.message, error.hint)
    place = ground.journal.place
    where = f"on {place.remote}" if place.remote else "in this clone alone"
    if waiting:
        message = f"holds, pauses and the like wait in this clone to be journaled: {waiting}"
        return Symptom(what, State.WARN, message, f"`modelops apply --env {environment}` takes them.")
    return Symptom(what, State.OK, f"{place.branch} {where}, tip {tip.commit[:12]}")
