"""The journal of an environment: a branch of the registry's remote, where a fast-forward push is the lock.

- An entry is one commit with one parent; its tree holds the entry and the states folded so far.
- An append is pushed with a lease on the tip that was read: of two writers exactly one wins. Whether a push
  won is never told from its message but from the branch as it is afterwards.
- A tip that does not descend from the one this clone saw last is an error: the journal was rewritten.
- Without a remote the journal is local, and the compare-and-swap is `git update-ref` with the old value.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.errors import JournalError
from modelops_git.core.journal.entry import Entry
from modelops_git.core.journal.state import ENVIRONMENT_FILE, EnvironmentState, ModelState, state_file
from modelops_git.edges.git.journal_copy import JournalCopy
from modelops_git.edges.git.journal_record import blobs, stored
from modelops_git.edges.git.journal_wire import import_stream, tell_and_forget
from modelops_git.edges.git.plumbing import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelops_git.core.journal.chain import Link, Stored
    from modelops_git.edges.git.journal_place import JournalPlace

_BATCH = 2000
_STATE_ROW = re.compile(r"100644 blob ([0-9a-f]+)\t(state/[0-9a-f]{2}/[0-9a-f]{62}\.json)\0", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tip:
    """The newest entry's commit, and what is known of the environment there."""

    commit: str
    environment: EnvironmentState


@dataclass(frozen=True, slots=True)
class Past:
    """An entry, and the commit that holds it."""

    commit: str
    entry: Entry


class JournalBranch:
    """The journal of one environment, as this clone reads and extends it."""

    def __init__(self, place: JournalPlace) -> None:
        self.place = place
        self._copy = JournalCopy(place)
        self._git = self._copy.git

    def create(self, links: Sequence[Link]) -> Tip:
        """Begin the journal.

        Raises:
            JournalError: There is one already, or the remote cannot be reached or refuses it.
        """
        with self._copy.locked():
            if self._copy.remote_tip() is not None:
                raise JournalError(f"the journal of {self.place.environment} exists already")
            if self._copy.known() is not None:
                raise self._copy.absent()  # a new one would make the record that is gone look like none
            return self._publish(None, links)

    def refresh(self) -> Tip:
        """The newest tip, fetched from the remote where there is one.

        Raises:
            JournalError: The journal is absent, unreachable, or was rewritten.
        """
        commit = self.newest()
        return Tip(commit, self._environment(commit))

    def tip(self) -> Tip:
        """The tip that this clone knows, without asking anybody.

        Raises:
            JournalError: It knows none.
        """
        commit = self._copy.known()
        if commit is None:
            raise self._copy.absent()
        return Tip(commit, self._environment(commit))

    def states(self, tip: Tip, models: Sequence[str] = ()) -> dict[str, ModelState]:
        """What is known at `tip` of every model, or of `models` alone, by name.

        Raises:
            JournalError: A state cannot be read, or is not where it belongs.
        """
        if models:
            return self.states_at(tip, [state_file(model) for model in models])
        listed = self.listed(tip)
        read = zip(listed, self._blobs(list(listed.values())), strict=True)
        states = [self._model(tip.commit, path, data or b"") for path, data in read]
        return {state.model: state for state in states}

    def states_at(self, tip: Tip, paths: Sequence[str]) -> dict[str, ModelState]:
        """The states at those of `paths` where there are any, by the names of their models.

        Raises:
            JournalError: A state cannot be read, or is not where it belongs.
        """
        read = zip(paths, self._blobs([f"{tip.commit}:{path}" for path in paths]), strict=True)
        states = [self._model(tip.commit, path, data) for path, data in read if data is not None]
        return {state.model: state for state in states}

    def listed(self, tip: Tip) -> dict[str, str]:
        """The path of every model's state at `tip`, and the id of its blob.

        Raises:
            JournalError: There is something that is no state.
        """
        listing = decode(self._git.run("ls-tree", "-r", "-z", tip.commit, "state/"))
        found = {path: blob for blob, path in _STATE_ROW.findall(listing)}
        if len(found) + listing.count(f"\t{ENVIRONMENT_FILE}\0") != listing.count("\0"):
            rows = (row for row in listing.split("\0") if not _STATE_ROW.fullmatch(f"{row}\0"))
            paths = (row.partition("\t")[2] for row in rows)
            strange = next(path for path in paths if path != ENVIRONMENT_FILE)
            raise self._unreadable(tip.commit, ValueError(f"{strange!r} is no state of a model"))
        return found

    def state(self, tip: Tip, model: str) -> ModelState | None:
        """What is known at `tip` of one model; reads one blob, however long the history."""
        return self.states(tip, [model]).get(model)

    def append(self, tip: Tip, links: Sequence[Link]) -> Tip:
        """Put new entries behind `tip`.

        Raises:
            LostRaceError: The journal has moved on; nothing was written.
            JournalError: The remote cannot be reached or refuses the push; nothing was written.
        """
        with self._copy.locked():
            return self._publish(tip.commit, links)

    def history(self, tip: Tip, model: str = "") -> Iterator[Past]:
        """The entries up to `tip`, oldest first; of one model where one is named.

        Raises:
            JournalError: The whole history cannot be had, or an entry cannot be read.
        """
        self._copy.deepen()
        if model:
            self._copy.chart(tip.commit, tip.environment.sequence)
        only = ["--", state_file(model)] if model else []
        commits = self._git.text("rev-list", "--reverse", tip.commit, *only).split()
        for start in range(0, len(commits), _BATCH):
            batch = commits[start : start + _BATCH]
            blobs = self._blobs([f"{commit}:entry.json" for commit in batch])
            for commit, data in zip(batch, blobs, strict=True):
                yield Past(commit, self._entry(commit, data))

    def newest(self) -> str:
        """The newest commit, fetched as `refresh` does; its content is not read, so it may be anything.

        Raises:
            JournalError: The journal is absent, unreachable, or was rewritten.
        """
        if self.place.remote is not None:
            with self._copy.locked():
                return self._copy.fetch()
        commit = self._copy.known()
        if commit is None:
            raise self._copy.absent()
        return commit

    def record(self, tip: str) -> Iterator[Stored]:
        """Every commit up to `tip` as it is, for an audit; nothing of it is trusted."""
        self._copy.deepen()
        commits = [
            line.split() for line in self._git.text("rev-list", "--reverse", "--parents", tip).splitlines()
        ]
        for start in range(0, len(commits), _BATCH):
            yield from stored(self._git, self._copy.objects, commits[start : start + _BATCH])

    def holds(self, commit: str, tip: str) -> bool:
        """Whether `commit` is in the history of `tip`."""
        self._copy.deepen()
        code, _, _ = self._git.outcome("merge-base", "--is-ancestor", commit, tip)
        return code == 0

    # What is read

    def _environment(self, commit: str) -> EnvironmentState:
        (data,) = self._blobs([f"{commit}:{ENVIRONMENT_FILE}"])
        try:
            state = EnvironmentState.from_bytes(data or b"")
        except ValueError as error:
            raise self._unreadable(commit, error) from None
        whose = (state.registry, state.environment)
        if whose != (self.place.registry, self.place.environment):
            problem = f"it is the journal of {state.environment} in the registry {state.registry}"
            raise self._unreadable(commit, ValueError(problem))
        return state

    def _model(self, commit: str, path: str, data: bytes) -> ModelState:
        try:
            state = ModelState.from_bytes(data)
        except ValueError as error:
            raise self._unreadable(commit, error) from None
        if state_file(state.model) != path:
            problem = f"{path} is not where the state of {state.model} belongs"
            raise self._unreadable(commit, ValueError(problem))
        return state

    def _entry(self, commit: str, data: bytes | None) -> Entry:
        try:
            return Entry.from_bytes(data or b"")
        except ValueError as error:
            raise self._unreadable(commit, error) from None

    def _unreadable(self, commit: str, error: ValueError) -> JournalError:
        return JournalError(
            f"the journal of {self.place.environment} cannot be read at {commit[:12]}: {error}",
            hint="`modelops audit verify` says where it is broken; a newer release may have written it.",
        )

    def _blobs(self, names: Sequence[str]) -> list[bytes | None]:
        return blobs(self._copy.objects, names)

    # What is written

    def _publish(self, old: str | None, links: Sequence[Link]) -> Tip:
        new = self._import(old, links)
        self._copy.publish(old, new)
        return Tip(new, links[-1].environment)

    def _import(self, parent: str | None, links: Sequence[Link]) -> str:
        scratch = f"refs/modelops/scratch/{uuid.uuid4().hex}"
        commits = import_stream(scratch, parent, links)
        stream = b"".join([*commits, tell_and_forget(scratch, len(links), self._id_length(parent))])
        return self._git.text("fast-import", "--quiet", "--done", "--date-format=raw", stdin=stream)

    def _id_length(self, commit: str | None) -> int:
        """How many hex digits an id has here."""
        if commit is not None:
            return len(commit)
        return {"sha1": 40, "sha256": 64}[self._git.text("rev-parse", "--show-object-format")]
