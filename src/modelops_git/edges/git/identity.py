"""Who somebody is to git: what the environment says, else the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelops_git.edges.git.plumbing import Git


def committer(git: Git) -> tuple[str, str]:
    """Name and address of whoever acts, each empty where git was not told; nothing is guessed.

    The order is git's own: `GIT_COMMITTER_NAME`, `committer.name`, `user.name`; addresses likewise.
    """
    return _told(git, "name"), _told(git, "email")


def _told(git: Git, what: str) -> str:
    named = git.env.get(f"GIT_COMMITTER_{what.upper()}", "").strip()
    return named or _configured(git, f"committer.{what}") or _configured(git, f"user.{what}")


def _configured(git: Git, name: str) -> str:
    return git.text("config", "--default", "", "--get", name)
