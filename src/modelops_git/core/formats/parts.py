"""From what is found in the parts of a container to what the container is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modelops_git.core.formats.inspection import Inspection

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SHOWN: Final = 200
PICKLES: Final = frozenset({"pickle", "joblib", "torch"})


def verdict_on(kind: str, parts: Iterable[tuple[str, Inspection]]) -> Inspection:
    """A container of the format `kind`; a pickle where one is in it, else unscannable where a part is."""
    unscannable, inside = "", ""
    for name, found in parts:
        where = (f"{name}/{found.inside}" if found.inside else name)[:MOST_SHOWN]
        if found.runs_code:
            return Inspection("pickle" if found.format in PICKLES else found.format, inside=where)
        if found.unscannable and not unscannable:
            unscannable, inside = found.unscannable, where
    return Inspection(kind, unscannable=unscannable, inside=inside)
