"""Whose word the metrics of a version are: its author's, or also somebody else's.

A version states its own metrics, so they are *self-reported*. They are *attested* where a notice of type
`validation` vouches for the very manifest that states them, under these conditions:

- it is merged: it is in the base of the change, and so came through the rules for `describe`;
- it names the version's manifest digest, so that it is about these numbers and these bytes;
- nobody who wrote it wrote, or is named as an author of, the version, by what commits and the manifest say,
  with `people` of `modelops.yaml` saying which identities are one person's.

A notice in the change itself never counts, and neither does one of which this clone is too shallow to know
who wrote it. What commits say of authors is their word: the rules for `describe` are what makes it good.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.edges.git.history import authors_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.manifests.parse import Document
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.intent import Intent


class Attesting:
    """What is attested, by what the base of a change has.

    Args:
        repository: The clone.
        base: What is merged; None where nothing is, and then nothing is attested.
    """

    def __init__(self, repository: Repository, base: Intent | None) -> None:
        self._repository, self._base = repository, base

    def is_attested(self, version: Document | None) -> bool:
        """Whether somebody else than its author vouches for the metrics of a version."""
        if version is None or self._base is None:
            return False
        home = version.home
        notices = self._base.catalog.notices(home.model, home.name)
        good = [one for one in notices if one.manifest.type == "validation"]
        return any(
            one.manifest.manifest_digest == version.digest and self._is_anothers(one, version) for one in good
        )

    def _is_anothers(self, notice: Document, version: Document) -> bool:
        try:
            vouching, writing = (self._authors(one.path) for one in (notice, version))
        except GitError:
            return False
        named = self._persons(version.manifest.authors)
        return bool(vouching and writing) and vouching.isdisjoint(writing | named)

    def _authors(self, path: str) -> frozenset[str]:
        assert self._base is not None  # noqa: S101 - asked for what is in the base only
        return self._persons(authors_of(self._repository, path, self._base.commit))

    def _persons(self, identities: Iterable[str]) -> frozenset[str]:
        return frozenset(self._names.get(one.lower(), one.lower()) for one in identities)

    @cached_property
    def _names(self) -> dict[str, str]:
        """The person behind each identity that `people` knows."""
        people = self._base.registry.people if self._base else {}
        return {identity.lower(): f"person {name}" for name, them in people.items() for identity in them}
