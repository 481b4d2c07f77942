"""Point an environment at a version: the two lines of a rollout manifest that a promotion changes."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.catalog import Catalog
from modelops_git.core.errors import RefusedError
from modelops_git.core.manifests import write
from modelops_git.core.manifests.edit import apply_edits, replace_value
from modelops_git.core.places import Home
from modelops_git.edges.files import write_atomic
from modelops_git.edges.git.authoring import WorkingCopy
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.reading import commit_snapshot
from modelops_git.edges.git.undoing import all_or_nothing
from modelops_git.engine.files import inside

if TYPE_CHECKING:
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.git.repository import Repository


class Delivery(StrEnum):
    """How far a change of a manifest is taken."""

    BRANCH = "branch"
    """A new branch, and a commit on it."""
    COMMIT = "commit"
    """A commit on the current branch."""
    NO_COMMIT = "no-commit"
    """The file alone."""
    PULL_REQUEST = "pull-request"
    """As `BRANCH`, for a pull request that the caller then opens."""

    @property
    def is_branch(self) -> bool:
        """Whether a new branch is made."""
        return self in (Delivery.BRANCH, Delivery.PULL_REQUEST)


@dataclass(frozen=True, slots=True)
class Pointed:
    """A rollout manifest as it shall be.

    Attributes:
        path: The file, relative to the registry's root.
        text: Its content.
        before: The version that it named; empty where there was no manifest.
        version: The version that it names.
    """

    path: str
    text: str
    before: str
    version: Document


@dataclass(frozen=True, slots=True)
class Message:
    """What a change is called: a branch's name, the subject and the body of its commit and pull request."""

    branch: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was written: the file, and the branch and commit that hold it; empty where there are none.

    `remote` is where the branch can be pushed to; empty where the clone has no remote.
    """

    path: str
    branch: str = ""
    commit: str = ""
    output: str = ""
    remote: str = ""


def point(catalog: Catalog, version: Document, environment: str, strategy: str = "") -> Pointed:
    """The rollout manifest that names `version`, with its comments and layout as they were.

    Raises:
        RefusedError: The present manifest is not valid, or names this version already.
    """
    model = version.home.model
    path = Home("Rollout", model, environment).path
    rollout = catalog.rollout(model, environment)
    if rollout is None and catalog.holds(path):
        raise RefusedError(f"{path} is not valid", hint="Mend it first: `modelops validate` says where.")
    if rollout is None:
        return Pointed(path, _fresh(catalog, version, environment, strategy), "", version)
    if _is_there(rollout, version, strategy):
        raise RefusedError(f"{path} names {model} {version.home.name} already; there is nothing to change")
    return Pointed(path, _edited(rollout, version, strategy), rollout.manifest.version, version)


def _is_there(rollout: Document, version: Document, strategy: str) -> bool:
    manifest = rollout.manifest
    same = manifest.version == version.home.name and manifest.manifest_digest == version.digest
    return same and (not strategy or manifest.strategy == strategy)


def _fresh(catalog: Catalog, version: Document, environment: str, strategy: str) -> str:
    registry = catalog.registry
    chosen = strategy or _usual(registry.manifest if registry else None, environment)
    return write.dump(
        {
            "api_version": "modelops/v1",
            "kind": "Rollout",
            "model": version.home.model,
            "environment": environment,
            "version": version.home.name,
            "manifest_digest": version.digest,
            "strategy": chosen or {"type": "immediate"},
        }
    )


def _usual(registry: Registry | None, environment: str) -> str:
    """The strategy of a first rollout: one that the environment requires, else the only one that there is."""
    if registry is None:
        return ""
    required = [one.require.strategies for one in registry.environments if one.name == environment]
    if required and required[0]:
        return str(required[0][0])
    return next(iter(registry.strategies)) if len(registry.strategies) == 1 else ""


def _edited(rollout: Document, version: Document, strategy: str) -> str:
    edits = [
        *replace_value(rollout, "/version", version.home.name),
        *replace_value(rollout, "/manifest_digest", version.digest),
    ]
    if strategy and rollout.manifest.strategy != strategy:
        edits += replace_value(rollout, "/strategy", strategy)
    return apply_edits(rollout.text, edits)


def deliver(repository: Repository, pointed: Pointed, message: Message, delivery: Delivery) -> Delivered:
    """Write the manifest into the work tree, and commit it as far as `delivery` says; hooks run.

    Where that fails, a hook's refusal included, the branch and the file are as they were.

    Raises:
        RefusedError: A hook refused the commit, the branch exists already, or a link leads out of here.
        GitError: git failed.
    """
    copy = WorkingCopy(repository)
    if delivery.is_branch:
        _refuse_again(repository, pointed, message.branch)
    target = inside(repository.root, pointed.path)
    with all_or_nothing(repository, pointed.path):
        if delivery.is_branch:
            copy.start_branch(message.branch)
        write_atomic(target, pointed.text.encode())
        if delivery is Delivery.NO_COMMIT:
            return Delivered(pointed.path)
        made = copy.commit([pointed.path], message.subject, message.body)
    return Delivered(pointed.path, copy.branch() or "", made.id, made.output, _remote(repository))


def _refuse_again(repository: Repository, pointed: Pointed, branch: str) -> None:
    """Refuse what a branch of that name holds already, as after `rollback --now`: it only needs its merge."""
    ref = f"refs/heads/{branch}"
    if find_commit(repository, ref) is None:
        return
    there = commit_snapshot(repository, ref)
    if there.entry(pointed.path) and there.read(pointed.path) == pointed.text.encode():
        remote = _remote(repository)
        words = ["git", "push", "-u", remote, branch] if remote else ["git", "merge", branch]
        raise RefusedError(
            f"the branch {branch} has this very change already",
            hint=f"It only needs to be merged: {shlex.join(words)}",
        )


class Before(NamedTuple):
    """What was written down already."""

    pointed: Pointed
    delivered: Delivered


def made_before(
    repository: Repository, version: Document, environment: str, message: Message, strategy: str = ""
) -> Before | None:
    """The change that an earlier call made on its branch; None where there is none that is not merged.

    Args:
        repository: The clone.
        version: The version that is to be live.
        environment: Where.
        message: What the change is called, of which the branch's name counts.
        strategy: The strategy that was asked for; empty for any.
    """
    commit = find_commit(repository, f"refs/heads/{message.branch}")
    if commit is None or not commit.parents or _is_merged(repository, commit.id):
        return None
    here, before = (Catalog(commit_snapshot(repository, one)) for one in (commit.id, commit.parents[0]))
    rollout = here.rollout(version.home.model, environment)
    if rollout is None or not _is_there(rollout, version, strategy):
        return None
    old = before.rollout(version.home.model, environment)
    pointed = Pointed(rollout.path, rollout.text, old.manifest.version if old else "", version)
    return Before(pointed, Delivered(rollout.path, message.branch, commit.id, remote=_remote(repository)))


def _is_merged(repository: Repository, commit: str) -> bool:
    """Whether the default branch has it, as this clone knows."""
    from modelops_git.engine.intent import known_intent

    return repository.git.succeeds("merge-base", "--is-ancestor", commit, known_intent(repository).commit)


def _remote(repository: Repository) -> str:
    """The remote that a branch would be pushed to: `origin`, or the first that there is."""
    known = repository.remotes.names
    return "origin" if "origin" in known else next(iter(known), "")
