"""Validate: what of the registry is checked, against what, and what a fix would write.

By default the work tree is compared with what is merged; what changed is checked, and all that refers to it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.affected import affected
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.run import Result, run
from modelops_git.core.errors import GitError, UsageError
from modelops_git.core.places import REGISTRY_FILE
from modelops_git.core.snapshot import is_under
from modelops_git.edges.files import write_atomic
from modelops_git.edges.git.commits import commit_of, find_commit
from modelops_git.edges.git.comparing import INDEX, WORKTREE, comparison
from modelops_git.edges.git.reading import commit_snapshot, index_snapshot, worktree_snapshot
from modelops_git.engine.checking import check

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from modelops_git.core.findings import Edit, Finding
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.core.snapshot import Snapshot
    from modelops_git.edges.git.comparing import Comparison
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.remembered import Remembered

USUAL_BRANCH = "main"


class Request(NamedTuple):
    """What to validate.

    Attributes:
        files: Files or folders, relative to the registry's root; empty for what changed.
        all: Everything, whether it changed or not.
        base: The commit to compare with; None for the merge base with the default branch.
        staged: The index, as it is about to be committed, and not the work tree.
        head: The commit to check, and not the work tree; None for none.
        now: The time; None for that of this machine.
    """

    files: tuple[str, ...] = ()
    all: bool = False
    base: str | None = None
    staged: bool = False
    head: str | None = None
    now: datetime | None = None


def validate(repo: Repository, request: Request) -> Result:
    """Run all checks that need nothing but git.

    Raises:
        UsageError: A file of the request is no part of the registry.
        GitError: git failed, or what to compare with cannot be known here.
    """
    now = request.now or datetime.now(UTC)
    known = _remembered(repo) if request.all else None
    try:
        compared = beside_base(repo, request, known)
    except GitError:
        unreadable = _findings_on_registry(repo, request, now)
        if unreadable is None:
            raise
        return unreadable
    paths = _paths(request, compared, Catalog(compared.change.head))
    result = check(compared.change, paths, Facts(now, compared.tip), known)
    if known is not None:
        known.save()
    return result


def _remembered(repo: Repository) -> Remembered:
    """What this program found out here before; worth its reading only where everything is checked."""
    from modelops_git.edges.installed import program
    from modelops_git.edges.remembered import Remembered

    return Remembered(repo.common_dir / "modelops" / "checked", program())


def registry_paths(repo: Repository, files: Iterable[Path]) -> tuple[str, ...]:
    """Files and folders, as a user names them, relative to the registry's root.

    Raises:
        UsageError: One lies outside of the registry.
    """
    root = os.path.realpath(repo.root)
    return tuple(_relative(root, file) for file in files)


def _relative(root: str, file: Path) -> str:
    where = file.parent.resolve() / file.name  # a link itself is not followed
    relative = os.path.relpath(where, root).replace(os.sep, "/")
    if relative == ".." or relative.startswith("../"):
        raise UsageError(f"{file} is not in the registry at {root}", hint="Name a file below that folder.")
    return "" if relative == "." else relative


def fix(repo: Repository, request: Request, result: Result) -> dict[str, str]:
    """What the files with safe fixes would read: path -> text. Nothing is written.

    Raises:
        UsageError: The result is about the index or a commit; fixes are made in the work tree.
        GitError: A file cannot be read.
    """
    if request.staged:
        raise UsageError(
            "fixes are made in the work tree, not in the index", hint="Leave out --staged, then `git add`."
        )
    if request.head:
        raise UsageError(
            "fixes are made in the work tree, not in a commit", hint="Leave out --head, then commit."
        )
    snapshot = worktree_snapshot(repo)
    texts = {path: snapshot.read(path) for path in _fixable(result.findings)}
    return fixed_texts(result.findings, texts)


def fixed_texts(findings: Iterable[Finding], files: Mapping[str, bytes]) -> dict[str, str]:
    """The texts of `files` with all safe edits of `findings` made; only those that change.

    Of edits that overlap the first one is made: the next run finds what is then still wrong.
    """
    from modelops_git.core.manifests.edit import apply_edits

    by_path = _fixable(findings)
    fixed: dict[str, str] = {}
    for path, edits in by_path.items():
        if path in files:
            text = files[path].decode("utf-8")
            new = apply_edits(text, _apart(edits))
            if new != text:
                fixed[path] = new
    return fixed


def write_fixes(repo: Repository, texts: Mapping[str, str]) -> None:
    """Write what `fix` gave, each file whole or not at all.

    Raises:
        OSError: One could not be written.
    """
    for path, text in texts.items():
        write_atomic(repo.path_of(path), text.encode("utf-8"))


def _fixable(findings: Iterable[Finding]) -> dict[str, list[Edit]]:
    """The safe edits by path."""
    found: dict[str, list[Edit]] = {}
    for finding in findings:
        if finding.fixable:
            for edit in finding.edits:
                found.setdefault(edit.path, []).append(edit)
    return found


def _apart(edits: list[Edit]) -> list[Edit]:
    """Those of `edits` that touch no earlier one, in their order in the text."""
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        if not kept or edit.start > kept[-1].end or (edit.start == kept[-1].end and edit.start != edit.end):
            kept.append(edit)
    return kept


def _paths(request: Request, compared: Comparison, catalog: Catalog) -> tuple[str, ...]:
    """The files to check."""
    if request.all:
        return (*catalog.everything(), *compared.change.changed)
    if not request.files:
        return affected(compared.change, catalog)
    known = (*catalog.everything(), *compared.change.changed)
    return tuple(path for name in request.files for path in _named(name, known))


def _named(name: str, known: tuple[str, ...]) -> list[str]:
    found = [path for path in known if path == name or is_under(path, name)]
    if not found:
        raise UsageError(
            f"{name} is no file of the registry",
            hint=f"Name {REGISTRY_FILE} or what is in models/ or analyses/, and not ignored by git.",
        )
    return found


def beside_base(repo: Repository, request: Request, known: Remembered | None = None) -> Comparison:
    """What is checked beside what it is compared with.

    Raises:
        GitError: What to compare with cannot be known here.

    The name of the default branch is read from what is compared with, so that a change cannot choose its
    own base; before there is any, from the state itself.
    """
    trusted = _committed(repo, request.base or request.head or "HEAD")
    named = _default_branch(trusted, known) or _default_branch(state_of(repo, request), known)
    branch = named or USUAL_BRANCH
    head = commit_of(repo, request.head).id if request.head else INDEX if request.staged else WORKTREE
    compared = comparison(repo, branch, head=head, base=request.base)
    merged = _default_branch(compared.change.base, known)
    if merged is not None and merged != branch:
        return comparison(repo, merged, head=head, base=request.base)
    return compared


def state_of(repo: Repository, request: Request) -> Snapshot:
    """The state of the registry that a request is about.

    Raises:
        GitError: There is none: a commit that is not here, an index that cannot be read.
    """
    if request.head:
        return commit_snapshot(repo, request.head)
    return index_snapshot(repo) if request.staged else worktree_snapshot(repo)


def _committed(repo: Repository, rev: str) -> Snapshot | None:
    """The registry at a commit; None where there is none of that name, which `comparison` reports."""
    commit = find_commit(repo, rev)
    return commit_snapshot(repo, commit.id) if commit else None


def _default_branch(snapshot: Snapshot | None, known: Remembered | None) -> str | None:
    """The name of the default branch; None where nothing readable says it."""
    if snapshot is None:
        return None
    key = f"default-branch {snapshot.identity(REGISTRY_FILE)}".replace(" ", "-")
    if known is not None and (branch := known.get(key)):
        return branch
    registry = Catalog(snapshot).registry
    branch = cast("Registry", registry.manifest).default_branch if registry else None
    if known is not None and branch:
        known.learn(key, branch)
    return branch


def _findings_on_registry(repo: Repository, request: Request, now: datetime) -> Result | None:
    """What is wrong with modelops.yaml, where that may be why nothing could be compared; else None."""
    catalog = Catalog(state_of(repo, request))
    if catalog.registry is not None or not catalog.holds(REGISTRY_FILE):
        return None
    return run(catalog, None, (REGISTRY_FILE,), Facts(now))
