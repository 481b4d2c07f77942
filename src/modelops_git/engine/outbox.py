"""Entries that wait for their journal: what was done while it was out of reach.

One file an entry, written whole or not at all, in the clone's git directory. The next tick puts them into the
journal and takes them away; an entry that is there already (the process died in between) is not put twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import JournalError
from modelops_git.core.journal.entry import HoldSet
from modelops_git.edges.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.journal.state import ModelState
    from modelops_git.edges.git.repository import Repository


class Outbox:
    """The holds of one environment that are not in its journal yet."""

    def __init__(self, repository: Repository, environment: str) -> None:
        self._folder = repository.common_dir / "modelops" / "outbox" / environment

    def add(self, payload: HoldSet) -> Path:
        """Keep `payload` until the journal can be reached; the file that holds it."""
        path = self._folder / f"{payload.hold.id}.json"
        write_atomic(path, payload.to_bytes())
        return path

    def waiting(self) -> dict[Path, HoldSet]:
        """What waits, oldest first.

        Raises:
            JournalError: A file cannot be read as what it should be.
        """
        paths = self._folder.glob("*.json") if self._folder.is_dir() else ()
        read = {path: _read(path) for path in paths}
        return dict(sorted(read.items(), key=lambda item: item[1].hold.at))

    def unknown_to(self, states: dict[str, ModelState]) -> list[HoldSet]:
        """What waits and is not in the journal that `states` come from."""
        return [payload for payload in self.waiting().values() if not _is_known(payload, states)]

    def clear(self, states: dict[str, ModelState]) -> None:
        """Take away what the journal that `states` come from has."""
        for path, payload in self.waiting().items():
            if _is_known(payload, states):
                path.unlink(missing_ok=True)


def _is_known(payload: HoldSet, states: dict[str, ModelState]) -> bool:
    state = states.get(payload.model)
    return state is not None and payload.hold.id in state.holds


def _read(path: Path) -> HoldSet:
    try:
        return HoldSet.from_bytes(path.read_bytes())
    except (OSError, ValueError) as error:
        raise JournalError(
            f"an entry that waits for its journal cannot be read: {path}: {error}",
            hint="Keep the file for whoever set the hold, and move it out of this folder.",
        ) from error
