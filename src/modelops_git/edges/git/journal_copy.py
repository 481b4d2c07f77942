"""This clone's copy of a journal: a bare repository of its own, and what goes between it and the remote.

The copy is `<common git dir>/modelops/journal.git`, so that the clone that people work in never becomes
shallow and is never written to. It includes the clone's configuration: remotes and credentials are the same.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError, JournalError, LostRaceError
from modelops_git.edges.git.journal_place import (
    JournalAbsentError,
    JournalDeletedError,
    JournalRewrittenError,
)
from modelops_git.edges.git.objects import ObjectReader
from modelops_git.edges.git.plumbing import Git
from modelops_git.edges.remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.edges.git.journal_place import JournalPlace

NETWORK_SECONDS = 60
_QUIETLY = (
    "--quiet",
    "--no-tags",
    "--no-prune",
    "--no-write-fetch-head",
    "--refmap=",
    "--no-auto-maintenance",
    "--show-forced-updates",  # else git takes everything for an addition
)
_CHARTED_AT_ONCE = 1000
"""How many commits are looked through at most, for want of a note."""
_LOOSE = 6700
"""How many objects may lie loose, as for git itself."""
_CONFIG = """\
[include]
\tpath = ../../config
[core]
\trepositoryformatversion = 1
\tbare = true
\thooksPath = /dev/null
\tfsync = all
[gc]
\tauto = 0
[extensions]
\tobjectFormat = {object_format}
"""


class JournalCopy:
    """The copy of one environment's journal."""

    def __init__(self, place: JournalPlace) -> None:
        self.place = place
        copy = place.common_dir / "modelops" / "journal.git"
        self._folder = place.common_dir if place.is_server else copy
        self.git = Git.isolated(place.top).having({"GIT_DIR": str(self._folder)})
        self.objects = ObjectReader(self.git)
        self._remote_ref = f"refs/heads/{place.branch}"
        # Of this registry: a repository may hold several.
        self._known = self._remote_ref if place.is_server else f"refs/{place.branch}"

    def known(self) -> str | None:
        """The newest commit that this clone knows; None where it knows none."""
        if not self._folder.exists():
            return None
        found = self.objects.find(self._known)
        if found is not None:
            return found.id
        return self.git.text("for-each-ref", "--format=%(objectname)", self._known) or None  # or it is broken

    def fetch(self) -> str:
        """Bring the copy up to date; the newest commit.

        What only adds entries git takes by itself. Only what it refuses is looked at.

        Raises:
            JournalError: The journal is absent, unreachable, or was rewritten.
        """
        known = self.known()
        how = [*_QUIETLY, *([] if known else ["--depth=1"])]
        try:
            self._network("fetch", *how, self._remote, f"{self._remote_ref}:{self._known}")
        except GitError:
            self._look_at(known, how)
        new = self.known()
        if new is None:
            raise self.absent()
        if new != known:
            self._tidy()
        return new

    def _look_at(self, known: str | None, how: list[str]) -> None:
        """Tell why the journal could not be taken over as it is, or take it over after all."""
        if self.remote_tip() is None:  # raises if unreachable
            raise self.absent()
        incoming = f"refs/modelops/incoming/{uuid.uuid4().hex}"
        try:
            self._network("fetch", *how, self._remote, f"+{self._remote_ref}:{incoming}")
        except GitError as error:
            raise JournalError(error.message, hint=error.hint) from error
        try:
            self._accept(known, self.git.text("rev-parse", "--verify", incoming))
        finally:
            self.git.run("update-ref", "-d", incoming)

    def _accept(self, known: str | None, new: str) -> None:
        if known and known != new and not self.git.succeeds("merge-base", "--is-ancestor", known, new):
            raise JournalRewrittenError(self.place, known, new)
        self.git.run("update-ref", self._known, new, known or "")

    def absent(self) -> JournalError:
        """The error for a journal that nobody has begun, or that is gone."""
        known = self.known()
        if known is not None:
            return JournalDeletedError(self.place, known)
        where = f"on {self.place.remote}" if self.place.remote else "in this clone"
        return JournalAbsentError(
            f"there is no journal for {self.place.environment} {where} (branch {self.place.branch})",
            hint=f"Begin it once with `modelops journal create {self.place.environment}`.",
        )

    def deepen(self) -> None:
        """Fetch the whole history, where only the newest entries are here."""
        if self.place.remote is not None and (self._folder / "shallow").exists():
            with self.locked():
                try:
                    self._network("fetch", *_QUIETLY, "--unshallow", self._remote, self._remote_ref)
                except GitError as error:
                    raise JournalError(
                        f"the whole journal of {self.place.environment} cannot be fetched: {error.message}",
                        hint=error.hint,
                    ) from error

    def chart(self, tip: str, sequence: int) -> None:
        """Let git note which commits change which files, once many have come since it last did.

        Questions about one model's past then look at its own commits only. What git notes may be deleted at
        any time, and where it cannot be written questions only take longer.

        Args:
            tip: The newest commit.
            sequence: The number of its entry.
        """
        notes = self._folder / "objects" / "info" / "commit-graphs" / "commit-graph-chain"
        charted = Remembered(self._folder / "charted", "entries whose files git has noted, 1")
        last = (charted.get(self.place.branch) or "") if notes.exists() else ""
        if sequence - (int(last) if last.isdecimal() else 0) < _CHARTED_AT_ONCE:
            return
        with self.locked():
            write = ("commit-graph", "write", "--split", "--changed-paths", "--stdin-commits")
            code, _, _ = self.git.outcome(*write, stdin=f"{tip}\n".encode())
        if code == 0:
            charted.learn(self.place.branch, str(sequence))
            charted.save()

    def remote_tip(self) -> str | None:
        """The newest commit, as the remote says; the local one where there is no remote."""
        if self.place.remote is None:
            return self.known()
        try:
            answer = self._network("ls-remote", self._remote, self._remote_ref).decode()
        except GitError as error:
            raise JournalError(
                f"the remote {self.place.remote} with {self.place.environment}'s journal cannot be reached: "
                f"{error.message}",
                hint=error.hint or f"Check `git ls-remote {self.place.remote}`.",
            ) from error
        return answer.split()[0] if answer else None

    @property
    def _remote(self) -> str:
        return self.place.remote or ""

    def _network(self, *arguments: str) -> bytes:
        return self.git.run(*arguments, timeout=NETWORK_SECONDS)

    def publish(self, old: str | None, new: str) -> None:
        """Move the journal from `old` to `new`, if nobody else moved it meanwhile.

        Raises:
            LostRaceError: Somebody did.
            JournalError: The remote cannot be reached, or refuses.
        """
        if self.place.remote is None:
            self._swap(old, new)
        else:
            self._push(old, new)
            self.git.run("update-ref", self._known, new)
        self._tidy()

    def _tidy(self) -> None:
        """Pack what lies loose, once there is much of it: each entry is some eight files otherwise.

        git itself is told not to, for it would do so whenever it likes. Where it fails, questions only take
        longer.
        """
        one_of_256 = self._folder / "objects" / "17"
        count = len(os.listdir(one_of_256)) if one_of_256.is_dir() else 0  # noqa: PTH208 - only counted
        if count > _LOOSE / 256:
            self.git.outcome("repack", "-d", "-l", "--quiet", "--geometric=2")

    def _swap(self, old: str | None, new: str) -> None:
        try:
            self.git.run("update-ref", self._known, new, old or "0" * len(new))
        except GitError as error:
            if self.known() == old:
                raise JournalError(error.message, hint=error.hint) from error
            raise self._lost() from error

    def _push(self, old: str | None, new: str) -> None:
        lease = f"--force-with-lease={self._remote_ref}:{old or ''}"
        try:
            self._network("push", "--quiet", lease, self._remote, f"{new}:{self._remote_ref}")
        except GitError as error:
            found = self.remote_tip()
            if found == new:
                return
            if found != old:
                raise self._lost() from error
            raise JournalError(
                f"{self.place.remote} refuses to take entries into the journal of {self.place.environment}: "
                f"{error.message}",
                hint=error.hint or f"Whoever runs this must be allowed to push to {self.place.branch}.",
            ) from error

    def _lost(self) -> LostRaceError:
        return LostRaceError(f"the journal of {self.place.environment} has moved on meanwhile")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process of a clone at a time; the system frees the lock of a process that died."""
        descriptor = self._open_lock()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self._prepare()
            yield
        finally:
            os.close(descriptor)

    def _open_lock(self) -> int:
        path = self._folder.with_suffix(".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise JournalError(
                f"this clone's copy of the journals cannot be written: {error.strerror}: {path}",
                hint="Make the clone writable; `modelops status --offline` only reads.",
            ) from error

    def _prepare(self) -> None:
        if self._folder.exists():
            return
        fresh = self._folder.with_name(f"journal-{uuid.uuid4().hex}.new")
        kind = Git.isolated(self.place.top).text("rev-parse", "--show-object-format")
        init = ("init", "--quiet", "--bare", "--template=", f"--object-format={kind}")
        Git.isolated(self._folder.parent).run(*init, str(fresh))
        (fresh / "config").write_text(_CONFIG.format(object_format=kind))
        fresh.rename(self._folder)
