"""What a change does, as approvals are bound to it: from git alone, the same wherever it is computed.

- *change*: every changed path of the registry, with git's id of its content before and after; and what was
  changed outside of it that has a say in it, such as workflows.
- *intent*: every (environment, model) whose wanted generation the change alters, with both generations.
- *tree*: everything in the registry as it is at the head.

The first two are between the merge base with where the change goes and its head, so that an update of the
base which touches nothing of it alters neither. Signed approvals are no part of what they approve.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from modelops_git.core.authorizing.acts import APPROVALS, RULING, RULING_FOLDERS
from modelops_git.core.authorizing.facts import Binding
from modelops_git.core.digests import of_json
from modelops_git.core.errors import ModelopsError, RefusedError
from modelops_git.core.places import REGISTRY_FILE, Home, home_of
from modelops_git.core.snapshot import is_under
from modelops_git.edges.git.differing import differences, names_in
from modelops_git.engine.intent import desired_of, intent_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.edges.git.differing import Difference
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.intent import Intent

_WANTING = ("Rollout", "Experiment")
_TOP = (*RULING, *RULING_FOLDERS)


@dataclass(frozen=True)
class Span:
    """A change, from one commit to another.

    Attributes:
        repository: The clone.
        base: The commit that it began from; None for an empty repository.
        head: The commit that has all of it.
        inside: What differs in the registry, by paths relative to its root; approvals are left out.
        beside: What differs outside of it and has a say in it, by paths relative to the repository's top.
        before: What the base wants; None where its `modelops.yaml` is absent or not valid.
        after: What the head wants, likewise.
    """

    repository: Repository
    base: str | None
    head: str
    inside: tuple[Difference, ...]
    beside: tuple[Difference, ...]
    before: Intent | None
    after: Intent | None

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """(environment, model, generation before, generation after) of all that is wanted otherwise, sorted.

        The row of an experiment names it as `MODEL experiment`. A generation is empty where nothing is
        wanted, or where a manifest is not valid: checks refuse that.
        """
        homes = {home for home in _looked_at(self) if home.kind in _WANTING}
        rows = [
            (home.name, subject_of(home), generation(self.before, home), generation(self.after, home))
            for home in homes
        ]
        return tuple(sorted(row for row in rows if row[-2] != row[-1]))

    @cached_property
    def binding(self) -> Binding:
        """What it does, as approvals are bound to it."""
        files = [_row(one) for one in (*self.inside, *self.beside)]
        return Binding(_tree(self), of_json(files), of_json([list(row) for row in self.rows]))


def span_of(repository: Repository, base: str | None, head: str) -> Span:
    """The change between two commits.

    Raises:
        GitError: One of them is not here.
    """
    folder = repository.prefix.removesuffix("/")
    found = differences(repository, base, head, folder)
    inside = tuple(one for one in found if not is_under(one.path, APPROVALS))
    beside = differences(repository, base, head, only=_TOP) if folder else ()
    before = _intent(repository, base) if base else None
    return Span(repository, base, head, inside, beside, before, _intent(repository, head))


def subject_of(home: Home) -> str:
    """What a row calls a rollout or an experiment."""
    return home.model if home.kind == "Rollout" else f"{home.model} experiment"


def generation(intent: Intent | None, home: Home) -> str:
    """What is wanted at a rollout or an experiment; empty for nothing, or what is not valid."""
    if intent is None or not intent.catalog.holds(home.path):
        return ""
    try:
        desired = desired_of(intent, home.name, home.model)
    except ModelopsError:
        return ""
    return desired.generation if home.kind == "Rollout" else desired.trial


def _intent(repository: Repository, commit: str) -> Intent | None:
    try:
        return intent_at(repository, commit)
    except RefusedError:
        return None


def _looked_at(span: Span) -> Iterator[Home]:
    """What could be wanted otherwise: what was changed; all there is where modelops.yaml was."""
    paths = {one.path for one in span.inside}
    if REGISTRY_FILE in paths:
        sides = (side.catalog.snapshot.paths("models") for side in (span.before, span.after) if side)
        paths.update(path for side in sides for path in side)
    return (home for home in map(home_of, paths) if home)


def _tree(span: Span) -> str:
    """A digest of all of the registry at the head, approvals aside, and of what has a say in it."""
    folder = span.repository.prefix.removesuffix("/")
    here = names_in(span.repository, span.head, folder)
    here.pop(APPROVALS, None)
    top = names_in(span.repository, span.head) if folder else {}
    return of_json([here, {name: top[name] for name in _TOP if name in top}])


def _row(one: Difference) -> list[str]:
    sides = (f"{side.mode} {side.blob_id}" if side else "" for side in (one.before, one.after))
    return [one.path, *sides]
