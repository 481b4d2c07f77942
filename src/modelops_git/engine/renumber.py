"""Renumber: of two versions with one number, this branch's own gets another; the merged one stays as it is.

Every step can be repeated, and the one that ends it comes last: the bytes are stored under their new keys,
then the manifest is written under its new number, then what names it in this branch is changed, and only then
does the old file become that of the other. Killed anywhere, the next call takes up what it finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import artifact_prefix, artifacts_digest
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.errors import LostRaceError, RefusedError
from modelops_git.core.manifests.edit import apply_edits, insert_after, replace_value
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.overlay import OverlaySnapshot
from modelops_git.core.places import Home
from modelops_git.edges.files import write_atomic
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.edges.stores import streams
from modelops_git.edges.stores.failures import translated
from modelops_git.engine.files import create_file, inside
from modelops_git.engine.registering import approval
from modelops_git.engine.registering.metadata import Metadata
from modelops_git.engine.registering.numbering import Numbered
from modelops_git.engine.registering.request import Numbering
from modelops_git.engine.renumbering.moving import Move, Mover, move_all, moves
from modelops_git.engine.renumbering.numbers import renumbered
from modelops_git.engine.renumbering.pins import Pins, repinned
from modelops_git.engine.renumbering.sides import Sides, begun, find_sides, refuse_descendants
from modelops_git.engine.selection import registry_of
from modelops_git.engine.stores import store_named

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from modelops_git.core.findings import Edit
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.references import Reference
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.stores.base import Store
    from modelops_git.edges.stores.streams import Progress


@dataclass(frozen=True, slots=True)
class Renumbering:
    """A version that is to have another number; nothing is written yet.

    Attributes:
        repository: The registry's repository.
        here: The registry as it is in the work tree.
        sides: The two versions that have the number.
        numbered: The new number, and why.
        parent: The version that it follows now.
        facts: The time, and what is merged.
        store: Where its bytes are.
        moves: Which of them have to be moved.
    """

    repository: Repository
    here: Catalog
    sides: Sides
    numbered: Numbered
    parent: str
    facts: Facts
    store: Store
    moves: tuple[Move, ...]

    @property
    def size(self) -> int:
        """How many bytes are going to be moved."""
        return sum(move.expected.size for move in self.moves)


@dataclass(frozen=True, slots=True)
class Renumbered:
    """What was done.

    Attributes:
        renumbering: What was to be done.
        document: The manifest under its new number.
        pins: What names it.
        brought: Manifests of merged versions that it follows and that this branch had not.
    """

    renumbering: Renumbering
    document: Document
    pins: Pins
    brought: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """The start of the keys of the files in the store."""
        home = self.document.home
        return artifact_prefix(home.model, home.name, artifacts_digest(self.document.written))


def prepare(repository: Repository, about: Reference, asked: Numbering | None = None) -> Renumbering:
    """Find out whose version is whose, and which number this branch's own is to have.

    Raises:
        UsageError: There is no such version, or its number is not taken by another.
        RefusedError: This branch has none of its own, others follow it, or no number is legal.
        StoreError: The store cannot be opened.
        GitError: git failed.
    """
    here = Catalog(worktree_snapshot(repository))
    registry = registry_of(here)
    merged = approval.merged_state(repository, registry)
    sides = find_sides(repository, here, merged, about)
    refuse_descendants(sides, here)
    if (document := begun(sides, here)) is not None:
        numbered = Numbered(document.home.name, None, "as was begun before")
        parent = document.manifest.parent or ""
    else:
        line, numbered = renumbered(sides, here, asked or Numbering())
        parent = line.parent.home.name if line.parent else ""
    wanted = tuple(moves(sides.mine, numbered.version))
    store = store_named(registry, sides.mine.manifest.store or registry.default_store, repository.root)
    facts = Facts(datetime.now(UTC).replace(microsecond=0), merged)
    return Renumbering(repository, here, sides, numbered, parent, facts, store, wanted)


def renumber(
    wanted: Renumbering, executor: Executor | None = None, progress: Progress = streams.ignore
) -> Renumbered:
    """Store the bytes under their new keys, and write the manifests; nothing that is merged is touched.

    Raises:
        RefusedError: It would be no valid version, or a link leads out of the registry.
        StoreError: The store failed, or a manifest could not be written.
        LostRaceError: Another version has the new number by now.
    """
    _refuse_flaws(wanted, _document(wanted, {}))
    document = _document(wanted, move_all(Mover(wanted.store, progress), wanted.moves, executor))
    pins = repinned(wanted.here, wanted.sides.mine, document)
    brought = _lacking(wanted)
    _write(wanted, document, pins, brought)
    return Renumbered(wanted, document, pins, tuple(brought))


def _document(wanted: Renumbering, versions: dict[str, str]) -> Document:
    """The manifest under its new number; `versions` are those of its objects, by path."""
    mine = wanted.sides.mine
    edits = [*replace_value(mine, "/version", wanted.numbered.version)]
    if mine.manifest.parent:
        edits += replace_value(mine, "/parent", wanted.parent)
    elif wanted.parent:
        edits += insert_after(mine, "/version", "parent", wanted.parent)
    edits += _pinned(mine, versions)
    path = Home("ModelVersion", wanted.sides.model, wanted.numbered.version).path
    parsed = parse_document(path, apply_edits(mine.text, edits).encode())
    if parsed.document is None:
        raise RefusedError("this would be no valid version", findings=parsed.findings)
    return parsed.document


def _pinned(mine: Document, versions: dict[str, str]) -> list[Edit]:
    """The edits that name the objects under the new keys, where the store keeps versions of them."""
    edits: list[Edit] = []
    for at, row in enumerate(mine.manifest.artifacts):
        version, field = versions.get(row.path, ""), f"/artifacts/{at}/version_id"
        if version and row.version_id:
            edits += replace_value(mine, field, version)
        elif version:
            edits += insert_after(mine, f"/artifacts/{at}/size", "version_id", version)
    return edits


def _refuse_flaws(wanted: Renumbering, document: Document) -> None:
    pins = repinned(wanted.here, wanted.sides.mine, document)
    snapshot = OverlaySnapshot(wanted.sides.kept(wanted.here.snapshot), pins.texts)
    result = approval.judge(snapshot, {document.path: document.text}, wanted.facts)
    approval.approve(result, Metadata(), document.written)


def _lacking(wanted: Renumbering) -> dict[str, bytes]:
    """The merged versions that the new one comes after and that are not here, the oldest first."""
    known, taken = Catalog(wanted.sides.kept(wanted.here.snapshot)), wanted.sides.mine.path
    found: dict[str, bytes] = {}
    for first in (wanted.parent, wanted.sides.number):
        document = known.version(wanted.sides.model, first)
        while document and document.path not in found:
            if document.path == taken or not wanted.here.holds(document.path):
                found[document.path] = known.snapshot.read(document.path)
                document = known.version(wanted.sides.model, document.manifest.parent or "")
            else:
                break
    found.pop(taken, None)  # which is written last
    return dict(reversed(found.items()))


def _write(wanted: Renumbering, document: Document, pins: Pins, brought: dict[str, bytes]) -> None:
    """Write all, such that what is written last is what shows that nothing is left to do."""
    root = wanted.repository.root
    wholly = {path: inside(root, path) for path in (*brought, document.path, *pins.texts, *pins.gone)}
    last = inside(root, wanted.sides.mine.path)
    for path, text in {**brought, document.path: document.text.encode()}.items():
        _create(wholly[path], path, text)
    for path, changed in pins.texts.items():
        _replace(wholly[path], path, changed.encode())
    for path in pins.gone:
        with translated(path):
            wholly[path].unlink()
    _replace(last, wanted.sides.mine.path, wanted.sides.theirs)


def _create(target: Path, name: str, data: bytes) -> None:
    with translated(name):
        is_new = create_file(target, data.decode())
        if not is_new and target.read_bytes() != data:
            raise LostRaceError(
                f"{name} has just been written by another", hint="Do it again; the number is found anew."
            )


def _replace(target: Path, name: str, data: bytes) -> None:
    with translated(name):
        write_atomic(target, data)
