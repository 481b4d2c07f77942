"""Which repository and which registry we are in: from a clone, a work tree, a submodule, a hook."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from modelops_git.core.errors import GitError, UsageError
from modelops_git.core.places import REGISTRY_FILE
from modelops_git.edges.git import environment
from modelops_git.edges.git.objects import ObjectReader
from modelops_git.edges.git.plumbing import Git
from modelops_git.edges.git.remotes import Remotes
from modelops_git.edges.git.trees import Trees

_QUESTIONS = ("--is-shallow-repository", "--show-object-format", "--git-dir", "--git-common-dir")


class Repository(NamedTuple):
    """A repository with files, and the registry in it.

    Attributes:
        git: git in `top`.
        top: The top of the work tree.
        git_dir: Where this work tree's index and HEAD are.
        common_dir: What all work trees of the repository share; `git_dir` where there is only one.
        root: The folder of `modelops.yaml`; `top` until `find_registry` has looked.
        prefix: `root` relative to `top`, with `/` at the end; empty where they are the same.
        shallow: Whether part of the history is missing.
        hash_name: What ids are made by: `sha1` or `sha256`.
        objects: Reads objects by name.
        trees: Reads folders by id.
        remotes: Knows the names of its remotes.
        is_server: Whether this is where others push to: no files, and the journals are its own branches.
    """

    git: Git
    top: Path
    git_dir: Path
    common_dir: Path
    root: Path
    prefix: str
    shallow: bool
    hash_name: str
    objects: ObjectReader
    trees: Trees
    remotes: Remotes
    is_server: bool = False

    @classmethod
    def open(cls, start: Path) -> Repository:
        """The repository that the folder `start` lies in.

        Raises:
            UsageError: There is no such folder.
            GitError: It is in no repository, in one without files (bare), or git does not trust it.
        """
        return _locate(start)[0]

    @classmethod
    def of_server(cls, folder: Path, prefix: str = "") -> Repository:
        """The repository at `folder` as others push to it, bare or not; in a hook, with what is being pushed.

        Args:
            folder: The repository's own folder, or one below.
            prefix: The registry's folder in it, with `/` at the end; empty for the top.

        Raises:
            UsageError: There is no such folder.
            GitError: It is in no repository.
        """
        if not folder.is_dir():
            raise UsageError(f"{folder} is not a folder")
        git = Git(folder)
        answers = git.text("rev-parse", *_QUESTIONS).split("\n")
        git_dir, common_dir = (_resolve(folder, answer) for answer in answers[2:4])
        at = git.having({"GIT_DIR": str(git_dir)})
        settled = Git(git_dir, env=at.env)
        objects = ObjectReader(settled)
        hash_name = "sha256" if answers[1] == "sha256" else "sha1"
        shallow = answers[0] == "true"
        places = (git_dir, git_dir, common_dir, git_dir / prefix, prefix)
        tools = (objects, Trees(objects), Remotes(settled))
        return cls(settled, *places, shallow, hash_name, *tools, is_server=True)

    def path_of(self, path: str) -> Path:
        """Where a path of the registry is on disk."""
        return self.root / path

    def at(self, prefix: str) -> Repository:
        """The same with the registry in the folder `prefix`."""
        return self._replace(prefix=prefix, root=self.top / prefix)


def find_registry(start: Path) -> Repository:
    """The registry that the folder `start` lies in: the nearest one upwards with a `modelops.yaml`.

    One whose `modelops.yaml` was just deleted is still found by the index and the last commit, so that its
    checks can say so.

    Raises:
        UsageError: There is none.
        GitError: As for `Repository.open`.
    """
    repo, below_top = _locate(start)
    prefixes = _upwards(below_top)
    for prefix in prefixes:
        if os.path.lexists(repo.top / prefix / REGISTRY_FILE):
            return repo.at(prefix)
    for prefix in prefixes:
        if any(repo.objects.find(f"{place}:{prefix}{REGISTRY_FILE}") for place in ("", "HEAD")):
            return repo.at(prefix)
    raise UsageError(
        f"no registry here: neither {start} nor a folder above it in {repo.top} has a {REGISTRY_FILE}",
        hint="make one with: modelops init",
    )


def _locate(start: Path) -> tuple[Repository, str]:
    if not start.is_dir():
        raise UsageError(f"{start} is not a folder")
    git = _git_for(start)
    output = git.run("rev-parse", *_QUESTIONS, "--show-prefix", "--show-toplevel")
    answers = output.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n")
    if len(answers) != len(_QUESTIONS) + 2:
        raise GitError(
            f"{start} has a line break in its path, which git cannot report", hint="rename the folder"
        )
    shallow, hash_name, git_dir, common_dir, prefix, top = answers
    settled = Git(Path(top), env=git.env)
    objects = ObjectReader(settled)
    repo = Repository(
        git=settled,
        top=Path(top),
        git_dir=_resolve(start, git_dir),
        common_dir=_resolve(start, common_dir),
        root=Path(top),
        prefix="",
        shallow=shallow == "true",
        hash_name="sha256" if hash_name == "sha256" else "sha1",
        objects=objects,
        trees=Trees(objects),
        remotes=Remotes(settled),
    )
    return repo, prefix


def _git_for(folder: Path) -> Git:
    """Git for `folder`, with what a hook has set if it is the hook's own repository, and else without.

    `GIT_DIR` itself is dropped where git finds the same by looking: with it, and without `GIT_WORK_TREE`, git
    takes any folder it is started in for the top of the work tree.
    """
    here = Git(folder)
    if environment.is_plain(os.environ, folder):
        return here
    alone = Git.isolated(folder)
    there = _git_dir(alone)
    if there is None:
        return here
    if there == _git_dir(Git(Path.cwd())):
        return Git(folder, env=environment.without_location(here.env))
    return alone


def _git_dir(git: Git) -> Path | None:
    code, out, _ = git.outcome("rev-parse", "--git-dir")
    return None if code else _resolve(git.folder, os.fsdecode(out.removesuffix(b"\n")))


def _resolve(folder: Path, answer: str) -> Path:
    return Path(os.path.realpath(folder / answer))


def _upwards(prefix: str) -> list[str]:
    """`a/b/` as `a/b/`, `a/` and the empty one."""
    parts = prefix.split("/")[:-1]
    return ["".join(part + "/" for part in parts[:count]) for count in range(len(parts), -1, -1)]
