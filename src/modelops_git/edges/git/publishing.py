"""Branches of the remote: which there are, and ours there; by the user's own git and its credentials.

Nothing is ever overwritten: a branch that has something else already is a refusal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.edges.git.plumbing import decode

if TYPE_CHECKING:
    from modelops_git.edges.git.plumbing import Git
    from modelops_git.edges.git.repository import Repository

SECONDS = 60
MOST = 100
_ROW = re.compile(r"([0-9a-f]{40,64})\trefs/heads/(\S+)", re.ASCII)


def published(repo: Repository, remote: str, branch: str) -> dict[str, str]:
    """The branches `branch`, `branch-2`, `branch-3`, … of the remote, and the commits that they are at.

    Raises:
        GitError: The remote cannot be reached.
    """
    patterns = (f"refs/heads/{branch}", f"refs/heads/{branch}-*")
    out = decode(_quietly(repo).run("ls-remote", "--quiet", remote, *patterns, timeout=SECONDS))
    mine = re.compile(re.escape(branch) + r"(-[0-9]{1,6})?", re.ASCII)
    rows = [(name, commit) for commit, name in _ROW.findall(out) if mine.fullmatch(name)]
    return dict(sorted(rows, key=lambda row: (len(row[0]), row[0]))[:MOST])


def fetch_branch(repo: Repository, remote: str, branch: str) -> str:
    """Bring a branch of the remote here; the ref that it is at.

    Raises:
        GitError: The remote cannot be reached, or has no such branch any more.
    """
    ref = f"refs/remotes/{remote}/{branch}"
    refspec = f"+refs/heads/{branch}:{ref}"
    _quietly(repo).run("fetch", "--quiet", "--no-tags", remote, refspec, timeout=SECONDS)
    return ref


def push_branch(repo: Repository, remote: str, branch: str) -> None:
    """Put a branch of this clone at the remote; nothing where it is there already.

    Raises:
        GitError: The remote cannot be reached, refuses it, or has something else of that name.
    """
    refspec = f"refs/heads/{branch}:refs/heads/{branch}"
    try:
        _quietly(repo).run("push", "--quiet", "--set-upstream", remote, refspec, timeout=SECONDS)
    except GitError as error:
        raise GitError(
            f"cannot push {branch} to {remote}: {error.message}",
            hint=error.hint or f"Push it yourself: git push -u {remote} {branch}",
        ) from error


def _quietly(repo: Repository) -> Git:
    """Git that asks nobody for a password: it fails at once where it has none."""
    return repo.git.having({"GIT_TERMINAL_PROMPT": "0"})
