"""A journal that is read again and again by one process: states that have not changed are parsed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.edges.git.journal import JournalBranch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.core.journal.state import ModelState
    from modelops_git.edges.git.journal import Tip
    from modelops_git.edges.git.journal_place import JournalPlace


class RememberingJournal(JournalBranch):
    """A journal that knows the states of the tip that it was asked about last."""

    def __init__(self, place: JournalPlace) -> None:
        super().__init__(place)
        self._commit = ""
        self._states: dict[str, tuple[str, ModelState]] = {}

    def states(self, tip: Tip, models: Sequence[str] = ()) -> dict[str, ModelState]:
        """As of any journal; of states that are the same as before nothing is read (see `JournalBranch`)."""
        if models:
            return super().states(tip, models)
        if tip.commit != self._commit:
            self._read(tip)
        return {state.model: state for _, state in self._states.values()}

    def _read(self, tip: Tip) -> None:
        listed = self.listed(tip)
        same = {path: one for path, one in self._states.items() if listed.get(path) == one[0]}
        fresh = [path for path in listed if path not in same]
        blobs = self._blobs([f"{tip.commit}:{path}" for path in fresh])
        for path, data in zip(fresh, blobs, strict=True):
            same[path] = (listed[path], self._model(tip.commit, path, data or b""))
        self._states, self._commit = same, tip.commit
