"""Branches and commits as a person makes them, through the real git with its hooks."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError, RefusedError, UsageError
from modelops_git.edges.git.failures import failure, hint_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import git
    from modelops_git.edges.git.repository import Repository

_REFUSED = 1  # what `git commit` ends with when a hook says no


@dataclass(frozen=True, slots=True)
class Identity:
    """Who commits.

    Attributes:
        name: As in `user.name`.
        email: As in `user.email`.
    """

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Committed:
    """A commit that was made.

    Attributes:
        id: Its name.
        output: What git and the hooks said.
    """

    id: str
    output: str


class WorkingCopy:
    """The user's clone, to work in as its user would."""

    def __init__(self, repo: Repository) -> None:
        self._repo = repo

    def branch(self) -> str | None:
        """The current branch, which may have no commit yet; None for a detached HEAD.

        Raises:
            GitError: git failed.
        """
        with self._opened() as repo:
            return None if repo.head.is_detached else repo.head.reference.name

    def start_branch(self, name: str) -> None:
        """Create a branch at HEAD and switch to it; files that were changed stay changed.

        Raises:
            RefusedError: There is such a branch already.
            GitError: The name is illegal, or git failed.
        """
        with self._opened() as repo:
            self._git(
                repo, "check-ref-format", f"refs/heads/{name}", problem=f"{name!r} is no name for a branch"
            )
            if any(head.name == name for head in repo.heads):
                hint = f"switch to it (git switch {name}), delete it, or choose another name"
                raise RefusedError(f"the branch {name!r} exists already", hint=hint)
            self._git(repo, "switch", "--quiet", "--create", name)

    def commit(self, paths: Sequence[str], subject: str, body: str = "") -> Committed:
        """Commit exactly these paths of the registry as they are on disk, deleted ones too.

        What else is staged stays staged and is not committed. Hooks run; if they refuse, the paths stay
        staged, as after `git add`.

        Raises:
            UsageError: A path lies outside the registry, or there is none.
            RefusedError: Nothing has changed, or a hook refused; the hint holds what it said.
            GitError: git failed.
        """
        specs = [f":(top,literal){self._repo.prefix}{_inside(path)}" for path in paths]
        if not specs:
            raise UsageError("there is nothing to commit")
        with self._opened() as repo:
            self._git(repo, "add", "--all", "--", *specs)
            return self._commit(repo, specs, [subject, body] if body else [subject])

    def identity(self) -> Identity:
        """Who a commit made here would be by.

        Raises:
            GitError: git does not know.
        """
        with self._opened() as repo:
            ident = self._git(repo, "var", "GIT_AUTHOR_IDENT")
        name, _, rest = ident.rpartition(" <")
        return Identity(name, rest.partition(">")[0])

    def _commit(self, repo: git.Repo, specs: Sequence[str], paragraphs: Sequence[str]) -> Committed:
        _, changed, _ = _execute(repo, "status", "--porcelain", "--untracked-files=no", "--", *specs)
        if not changed:
            raise RefusedError("there is nothing to commit: these files are as they were")
        message = [f"--message={text}" for text in paragraphs]
        code, out, err = _execute(repo, "commit", "--quiet", "--only", *message, "--", *specs)
        said = "\n".join(filter(None, (out, err)))
        if code == _REFUSED:
            raise RefusedError("the commit was refused by a hook", hint=said or "the hook said nothing")
        if code:
            raise failure("commit", code, err.encode("utf-8", "surrogateescape"))
        return Committed(self._git(repo, "rev-parse", "HEAD"), said)  # GitPython knows ids of SHA-1 only

    def _git(self, repo: git.Repo, *args: str, problem: str = "") -> str:
        code, out, err = _execute(repo, *args)
        if code and problem:
            raise GitError(problem)
        if code:
            raise failure(args[0], code, err.encode("utf-8", "surrogateescape"))
        return out

    @contextmanager
    def _opened(self) -> Iterator[git.Repo]:
        """The repository by GitPython, whose errors become ours."""
        import git

        try:
            with git.Repo(self._repo.top) as repo:
                yield repo
        except (git.exc.GitError, ValueError, OSError) as error:
            said = str(error)
            raise GitError(f"git failed: {said.strip().splitlines()[0]}", hint=hint_for(said)) from error


def _execute(repo: git.Repo, *args: str) -> tuple[int, str, str]:
    """Git's exit code, output and messages, run by GitPython in the work tree."""
    return repo.git.execute(["git", *args], with_extended_output=True, with_exceptions=False)


def _inside(path: str) -> str:
    if path.startswith("/") or ".." in path.split("/"):
        raise UsageError(f"{path!r} is not a path inside the registry")
    return path
