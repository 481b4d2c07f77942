"""Of two versions with one number: which one keeps it, and which one is this branch's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelops_git.core.errors import RefusedError, UsageError
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.overlay import OverlaySnapshot
from modelops_git.core.places import Home
from modelops_git.edges.git.conflicts import OURS, THEIRS, sides_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.catalog import Catalog
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.references import Reference
    from modelops_git.core.snapshot import Snapshot
    from modelops_git.edges.git.repository import Repository

BY_NUMBER = frozenset({"version", "parent"})
IN_STORE = "version_id"


@dataclass(frozen=True, slots=True)
class Sides:
    """Two versions with one number.

    Attributes:
        mine: This branch's own, which is to have another number.
        theirs: The text of the one that keeps the number.
        settled: The state of the default branch, if the number is taken there.
    """

    mine: Document
    theirs: bytes
    settled: Snapshot | None

    @property
    def model(self) -> str:
        """The model."""
        return self.mine.home.model

    @property
    def number(self) -> str:
        """The number that both have."""
        return self.mine.home.name

    def kept(self, here: Snapshot) -> OverlaySnapshot:
        """`here`, with all versions of the model that are merged, and with theirs in its place."""
        folder = f"models/{self.model}/versions"
        merged = (
            {path: self.settled.read(path) for path in self.settled.paths(folder)} if self.settled else {}
        )
        return OverlaySnapshot(here, {**merged, self.mine.path: self.theirs})


def find_sides(repository: Repository, here: Catalog, merged: Snapshot | None, about: Reference) -> Sides:
    """Tell the two versions apart that `about` names.

    Raises:
        UsageError: There is no such version, or no other one with its number.
        RefusedError: This branch's own cannot be read, or there is none: what is here is merged.
        GitError: git failed.
    """
    path = Home("ModelVersion", about.model, about.at).path
    sides = sides_of(repository, path)
    settled = merged if merged is not None and merged.entry(path) else None
    if not sides and not here.holds(path):
        raise UsageError(f"there is no version {about} here", hint="Name it as MODEL@VERSION.")
    if settled is None and not {OURS, THEIRS} <= sides.keys():
        raise UsageError(
            f"{about} has its number for itself: no other version on the default branch has it",
            hint="Fetch first, if another has merged one: `git fetch`.",
        )
    theirs = settled.read(path) if settled else sides[THEIRS]
    return Sides(_own(path, _candidates(here, path, sides), theirs), theirs, settled)


def _candidates(here: Catalog, path: str, sides: dict[int, bytes]) -> Iterator[bytes]:
    """The texts that may be this branch's own; in a conflict those of its sides, for the file holds both."""
    if sides:
        yield from (sides[stage] for stage in sorted(sides))
    elif here.holds(path):
        yield here.snapshot.read(path)


def _own(path: str, texts: Iterator[bytes], theirs: bytes) -> Document:
    other = parse_document(path, theirs).document
    for text in texts:
        parsed = parse_document(path, text)
        if parsed.document is None:
            raise RefusedError(f"{path} cannot be read", findings=parsed.findings)
        if other is None or parsed.document.digest != other.digest:
            return parsed.document
    raise RefusedError(
        f"{path} is the version that keeps its number; there is nothing of this branch's own to renumber",
        hint="Versions that are merged are never changed.",
    )


def begun(sides: Sides, here: Catalog) -> Document | None:
    """The version that an earlier, interrupted renumbering has written already."""
    own = reversed(list(_others(sides, here)))
    return next((one for one in own if substance(one.written) == substance(sides.mine.written)), None)


def _others(sides: Sides, here: Catalog) -> Iterator[Document]:
    """The other versions of the model that are this branch's own, by number."""
    merged = set(sides.settled.paths(f"models/{sides.model}/versions")) if sides.settled else set()
    for number in here.versions(sides.model):
        document = here.version(sides.model, number)
        if document and number != sides.number and document.path not in merged:
            yield document


def substance(written: dict[str, Any]) -> dict[str, Any]:
    """What a version says, without what renumbering changes."""
    said = {key: value for key, value in written.items() if key not in BY_NUMBER}
    rows = [{key: value for key, value in row.items() if key != IN_STORE} for row in written["artifacts"]]
    return {**said, "artifacts": rows}


def refuse_descendants(sides: Sides, here: Catalog) -> None:
    """Refuse where other versions of this branch follow the one that is to have another number.

    Raises:
        RefusedError: There are some.
    """
    for document in _others(sides, here):
        is_begun = substance(document.written) == substance(sides.mine.written)
        if document.manifest.parent == sides.number and not is_begun:
            number = document.home.name
            raise RefusedError(
                f"{sides.model} {number} of this branch follows {sides.number}, and would then follow theirs",
                hint=f"Take {document.path} out, renumber {sides.number}, and register {number} again.",
            )
