"""Remotes, and the repository that training code comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.edges.git.plumbing import Git

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.edges.git.repository import Repository

_CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*://)([^/]*)@")
_SSH = re.compile(r"^[a-z+]*ssh[a-z+]*://")
FETCH_SECONDS = 60


class Remotes:
    """The names of a repository's remotes; git is asked once, when they are wanted."""

    def __init__(self, git: Git) -> None:
        self._git = git

    @cached_property
    def names(self) -> tuple[str, ...]:
        """As `git remote` lists them.

        Raises:
            GitError: git failed.
        """
        return tuple(self._git.text("remote").splitlines())


@dataclass(frozen=True, slots=True)
class CodeState:
    """The state of the repository that holds training code.

    Attributes:
        commit: HEAD, in full.
        repository_url: Where `origin` is, without credentials; empty where there is no such remote.
        dirty: Whether tracked files differ from the commit, so that it is not what ran. New files do not
            count: training leaves its output lying about.
    """

    commit: str
    repository_url: str
    dirty: bool


def code_state(folder: Path) -> CodeState | None:
    """The state of the code in `folder`; None where it is in no repository, or in one without a commit.

    Raises:
        GitError: git failed otherwise.
    """
    git = Git.isolated(folder)
    try:
        commit = git.text("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitError as error:
        if "not a git repository" in error.message or "ended with code 1" in error.message:
            return None
        raise
    code, url, _ = git.outcome("remote", "get-url", "origin")
    changed = git.run("status", "--porcelain", "-z", "--untracked-files=no")
    address = "" if code else url.decode("utf-8", "replace").strip()
    return CodeState(commit, without_credentials(address), bool(changed))


def without_credentials(url: str) -> str:
    """`url` without the user and password that a clone may have put into it; the user of ssh stays."""
    match = _CREDENTIALS.match(url)
    if match is None:
        return url
    user = match[2].partition(":")[0] + "@" if _SSH.match(url) else ""
    return match[1] + user + url[match.end() :]


def address_of(git: Git, remote: str) -> str:
    """Where a remote is, without credentials; empty where there is no such remote.

    Raises:
        GitError: git could not be started.
    """
    code, url, _ = git.outcome("remote", "get-url", "--", remote)
    return "" if code else without_credentials(url.decode("utf-8", "replace").strip())


def fetch_default(repository: Repository, remote: str, branch: str) -> None:
    """Bring the remote-tracking branch up to date.

    Raises:
        GitError: The remote cannot be reached, or has no such branch.
    """
    refspec = f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
    try:
        repository.git.run("fetch", "--quiet", "--no-tags", remote, refspec, timeout=FETCH_SECONDS)
    except GitError as error:
        raise GitError(
            f"cannot fetch {branch} from {remote}: {error.message}",
            hint=error.hint or f"Check `git ls-remote {remote}`; has {branch} been pushed?",
        ) from error
