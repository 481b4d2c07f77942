"""Who somebody is to git: what the environment says, else the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.edges.git.failures import failure
from modelops_git.edges.git.plumbing import fields

if TYPE_CHECKING:
    from modelops_git.edges.git.plumbing import Git


def committer(git: Git) -> tuple[str, str]:
    """Name and address of whoever acts, each empty where git was not told; nothing is guessed.

    The order is git's own: `GIT_COMMITTER_NAME`, `committer.name`, `user.name`; addresses likewise.
    """
    configured = _configured(git)
    return _told(git, configured, "name"), _told(git, configured, "email")


def _told(git: Git, configured: dict[str, str], what: str) -> str:
    named = git.env.get(f"GIT_COMMITTER_{what.upper()}", "").strip()
    return named or configured.get(f"committer.{what}") or configured.get(f"user.{what}") or ""


def _configured(git: Git) -> dict[str, str]:
    """What the configuration says of names and addresses; of several values the last, as git takes it."""
    command = ("config", "--null", "--get-regexp", r"^(committer|user)\.(name|email)$")
    code, out, err = git.outcome(*command)
    if code not in (0, 1):  # 1: it says nothing
        raise failure("config", code, err)
    pairs = (field.partition("\n") for field in fields(out))
    return {key: value.strip() for key, _, value in pairs}
