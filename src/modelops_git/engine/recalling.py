"""What a process that goes on need not read again: manifests of a commit, states of a journal's tip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelops_git.edges.git.commits import commit_of
from modelops_git.edges.git.journal_memory import RememberingJournal
from modelops_git.engine.ground import stand
from modelops_git.engine.intent import intent_at, merged_revision

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.review import Remarks


class Recalled:
    """The default branch and the environments, as they were when they last changed.

    Attributes:
        remarks: What the checks said about manifests of the commit.
    """

    def __init__(self, repository: Repository, now: Callable[[], datetime]) -> None:
        self._repository, self._now = repository, now
        self._here: tuple[str, Registry] | None = None
        self._intent: Intent | None = None
        self._grounds: dict[str, Ground] = {}
        self._journals: dict[object, RememberingJournal] = {}
        self.remarks: Remarks = {}

    def intent(self) -> Intent:
        """What the default branch wants now; read again only where it has moved.

        Raises:
            GitError: The remote cannot be reached, or there is no such branch.
            RefusedError: Its `modelops.yaml` is not valid.
        """
        revision = merged_revision(self._repository, self._registry_here())
        commit = commit_of(self._repository, revision).id
        if self._intent is None or self._intent.commit != commit:
            self._intent = intent_at(self._repository, commit)
            self._grounds.clear()
            self.remarks.clear()
        return self._intent

    def ground(self, intent: Intent, environment: str) -> Ground:
        """The ground of an environment at the commit of `intent`.

        Raises:
            UsageError: There is no such environment.
        """
        if environment not in self._grounds:
            fresh = stand(self._repository, intent.registry, environment)
            place = fresh.journal.place
            journal = self._journals.setdefault(place, RememberingJournal(place))
            self._grounds[environment] = replace(fresh, journal=journal, now=self._now)
        return self._grounds[environment]

    def _registry_here(self) -> Registry:
        """The `modelops.yaml` that is checked out, which says where the default branch is."""
        head = commit_of(self._repository, "HEAD").id
        if self._here is None or self._here[0] != head:
            self._here = (head, intent_at(self._repository, head).registry)
        return self._here[1]
