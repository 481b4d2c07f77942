"""Which journal, and where; and what may be wrong with it there."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.errors import JournalError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class JournalPlace:
    """Which journal, and where.

    Attributes:
        top: The top of the clone's work tree, which relative addresses of remotes start from.
        common_dir: Its common git directory.
        registry: The registry's name, which begins the branch's name.
        environment: The environment.
        remote: The name of the remote that holds the branch; None for a journal of this clone alone.
        is_server: Whether the branch is in this very repository, which others push to.
    """

    top: Path
    common_dir: Path
    registry: str
    environment: str
    remote: str | None
    is_server: bool = False

    @property
    def branch(self) -> str:
        """The branch, without `refs/heads/`."""
        return f"modelops/{self.registry}/journal/{self.environment}"


class JournalRewrittenError(JournalError):
    """The branch no longer holds what this clone saw there.

    Attributes:
        known: The commit that this clone saw last.
        tip: The branch's commit now.
    """

    def __init__(self, place: JournalPlace, known: str, tip: str) -> None:
        super().__init__(
            f"the journal of {place.environment} was rewritten: {tip[:12]}, its tip, does not follow "
            f"{known[:12]}, which this clone saw last",
            hint=f"Find out who rewrote {place.branch} before anything is applied.",
        )
        self.known = known
        self.tip = tip


class JournalAbsentError(JournalError):
    """Nobody has begun the journal."""


class JournalDeletedError(JournalError):
    """The branch is gone from the remote, and this clone saw it there.

    Attributes:
        known: The commit that this clone saw last.
    """

    def __init__(self, place: JournalPlace, known: str) -> None:
        copy = os.path.relpath(place.common_dir / "modelops" / "journal.git", place.top)
        super().__init__(
            f"the journal of {place.environment} is gone from {place.remote}: this clone saw the branch "
            f"{place.branch} there, last at {known[:12]}",
            hint="Find out who deleted it. To put back what this clone saw: "
            f"git --git-dir={shlex.quote(copy)} push {place.remote} {known}:refs/heads/{place.branch}",
        )
        self.known = known
