"""What in this branch names the version by its old number, and the same with the new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.errors import RefusedError
from modelops_git.core.manifests.edit import apply_edits, replace_value
from modelops_git.core.places import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.catalog import Catalog
    from modelops_git.core.findings import Edit
    from modelops_git.core.manifests.parse import Document

MOST_NOTICES = 10_000


class Pins(NamedTuple):
    """Manifests that name a version by number and digest.

    Attributes:
        texts: What they shall hold, by path.
        gone: Files whose names hold the number, and which others take the place of.
        unread: Files of the model that cannot be read, so that nobody can tell what they name.
    """

    texts: dict[str, str]
    gone: tuple[str, ...]
    unread: tuple[str, ...]


def repinned(here: Catalog, old: Document, new: Document) -> Pins:
    """Rollouts, experiments and notices that name `old`, such that they name `new`."""
    model = old.home.model
    paths = (
        *here.rollout_paths(model),
        *here.experiment_paths(model),
        *here.notice_paths(model, old.home.name),
    )
    texts: dict[str, str] = {}
    gone: list[str] = []
    unread: list[str] = []
    for path in paths:
        parsed = here.document(path)
        if parsed is None or parsed.document is None:
            unread.append(path)
        elif edits := [
            edit for at in _pins(parsed.document, old) for edit in _edits(parsed.document, at, new)
        ]:
            text = apply_edits(parsed.document.text, edits)
            there = _place(path, text, here, new, texts)
            texts[there] = text
            gone += [path] if there != path else []
    return Pins(texts, tuple(gone), tuple(unread))


def _pins(document: Document, old: Document) -> Iterator[str]:
    """Pointers to the mappings that name `old` by its number and its digest."""
    rows = document.written.get("candidates")
    spots = [(f"/candidates/{at}", row) for at, row in enumerate(rows or ())] or [("", document.written)]
    for at, row in spots:
        if (row.get("version"), row.get("manifest_digest")) == (old.home.name, old.digest):
            yield at


def _edits(document: Document, at: str, new: Document) -> tuple[Edit, ...]:
    number = replace_value(document, f"{at}/version", new.home.name)
    return (*number, *replace_value(document, f"{at}/manifest_digest", new.digest))


def _place(path: str, text: str, here: Catalog, new: Document, taken: dict[str, str]) -> str:
    """The path itself; for a notice the first free one under the new number, or where this one is already."""
    if "/notices/" not in path:
        return path
    for count in range(1, MOST_NOTICES):
        found = Home("Notice", new.home.model, f"{new.home.name}-{count}").path
        if found not in taken and (not here.holds(found) or here.snapshot.read(found) == text.encode()):
            return found
    raise RefusedError(f"{new.home.model} {new.home.name} has too many notices")
