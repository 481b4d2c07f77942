"""Objects of a repository by name, through one `git cat-file --batch` that starts when first asked.

Requests are written in groups small enough for a pipe, so neither side can block the other; ids that are
known to be wanted soon (`expect`) come along with the first of them. What is read is bounded: a file longer
than `FILE_LIMIT` is cut there, which is more than any manifest may have.
"""

from __future__ import annotations

import os
import re
import threading
import weakref
from itertools import islice
from typing import IO, TYPE_CHECKING, NamedTuple, Self, cast

from modelops_git.core.errors import GitError
from modelops_git.edges.git.failures import failure, hint_for
from modelops_git.edges.git.plumbing import encode

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Iterator, Sequence

    from modelops_git.edges.git.plumbing import Git

FILE_LIMIT = 5 << 20
_TREE_LIMIT = 64 << 20
_READY_LIMIT = 32 << 20
_GROUP = 64
_HEADER = re.compile(rb"([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)\n")


class GitObject(NamedTuple):
    """One object.

    Attributes:
        id: Its name.
        kind: `blob`, `tree`, `commit` or `tag`.
        data: Its content; of a blob at most `FILE_LIMIT` bytes.
    """

    id: str
    kind: str
    data: bytes


class ObjectReader:
    """Reads objects of one repository; may be used by several threads, and closes itself when forgotten."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._expected: dict[str, None] = {}
        self._ready: dict[str, GitObject] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the next question starts another."""
        with self._lock:
            self._stop()

    def find(self, name: str) -> GitObject | None:
        """The object that `name` (an id, `main^{commit}`, `HEAD:models`) stands for; None if none.

        Raises:
            GitError: The name is ambiguous, or git failed.
        """
        if "\n" in name or "\0" in name:
            return None
        with self._lock:
            return self._group([name])[0]

    def find_all(self, names: Sequence[str]) -> Iterator[GitObject | None]:
        """What `find` gives for each of `names`, in their order, a group at a time."""
        for start in range(0, len(names), _GROUP):
            group = names[start : start + _GROUP]
            with self._lock:
                found = self._group(group)
            yield from found

    def read(self, object_id: str) -> GitObject:
        """The object of this id, with those expected next.

        Raises:
            GitError: It is missing, or git failed.
        """
        with self._lock:
            if object_id not in self._ready:
                self._fetch(object_id)
            return self._ready.pop(object_id)

    def read_all(self, object_ids: Sequence[str]) -> Iterator[GitObject]:
        """These objects, in this order, a group at a time.

        Raises:
            GitError: One is missing, or git failed.
        """
        for start in range(0, len(object_ids), _GROUP):
            group = object_ids[start : start + _GROUP]
            with self._lock:
                found = self._group(group)
            yield from _all_there(group, found)

    def expect(self, object_ids: Iterable[str]) -> None:
        """Say which objects will be read soon."""
        wanted = dict.fromkeys(object_ids)  # before the lock: to find the ids, folders may have to be read
        with self._lock:
            self._expected.update(wanted)

    def _fetch(self, object_id: str) -> None:
        wanted = [object_id]
        if object_id in self._expected:
            wanted += [name for name in islice(self._expected, _GROUP) if name != object_id]
        for name in wanted:
            self._expected.pop(name, None)
        if sum(len(one.data) for one in self._ready.values()) > _READY_LIMIT:
            self._ready.clear()
        self._ready |= {one.id: one for one in _all_there(wanted, self._group(wanted))}

    def _group(self, names: Sequence[str]) -> list[GitObject | None]:
        """The answers to at most one group of names; the lock is held."""
        try:
            return self._answers(names)
        except BaseException:
            self._stop()  # what is left in the pipe answers questions that nobody remembers
            raise

    def _answers(self, names: Sequence[str]) -> list[GitObject | None]:
        found: list[GitObject | None] = []
        while len(found) < len(names):
            running = self._ensure()
            running.ask(names[len(found) :])
            for name in names[len(found) :]:
                one, whole = running.answer(name)
                found.append(one)
                if not whole:
                    self._stop()
                    break
        return found

    def _ensure(self) -> _Running:
        if self._running is None or self._running.owner != os.getpid():
            self._running = _Running(self._git)
        return self._running

    def _stop(self) -> None:
        if self._running is not None:
            self._running.close()
        self._running = None


class _Running:
    """A `git cat-file --batch` at work, for the process (not its forks) that started it."""

    def __init__(self, git: Git) -> None:
        self.owner = os.getpid()
        complaints = _scratch_file()
        limit = f"core.bigFileThreshold={FILE_LIMIT}"  # longer ones are streamed, not held in git's memory
        process = git.start("-c", limit, "cat-file", "--batch", stderr=complaints.fileno())
        self.close = weakref.finalize(self, _close, process, complaints)
        self._process, self._complaints = process, complaints
        self._questions, self._answers = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)

    def ask(self, names: Sequence[str]) -> None:
        left = b"".join(encode(name) + b"\n" for name in names)
        try:
            while left:  # past Python's buffer, which would try again to write when it is closed
                left = left[os.write(self._questions.fileno(), left) :]
        except BrokenPipeError as error:
            raise self._failure() from error

    def answer(self, name: str) -> tuple[GitObject | None, bool]:
        """The answer about `name`, and whether the stream can be read on."""
        line = self._answers.readline()
        header = _HEADER.fullmatch(line)
        if header is None:
            self._expect_missing(name, line)
            return None, True
        object_id, kind, size = header[1].decode(), header[2].decode(), int(header[3])
        limit = FILE_LIMIT if kind == "blob" else _TREE_LIMIT
        if size > limit and kind != "blob":
            raise GitError(f"the {kind} {object_id} has {size} bytes, more than is ever needed here")
        data = self._answers.read(min(size, limit))
        if size <= limit and self._answers.read(1) != b"\n":
            raise self._failure()
        return GitObject(object_id, kind, data), size <= limit

    def _expect_missing(self, name: str, line: bytes) -> None:
        if line == encode(name) + b" missing\n":
            return
        if line == encode(name) + b" ambiguous\n":
            raise GitError(f"{name!r} is the beginning of several ids", hint="write more of it")
        raise self._failure()

    def _failure(self) -> GitError:
        self._process.kill()
        code = self._process.wait()
        self._complaints.seek(0)
        return failure("cat-file", code, self._complaints.read(10_000))


def _scratch_file() -> IO[bytes]:
    """A file without a name, in memory where the system can; `tempfile` is slow to import."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("modelops"), "w+b")
    import tempfile

    return tempfile.TemporaryFile()


def _close(process: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
    """Let go of the process. In a fork, to whom it is no child, `kill` finds nothing to end."""
    for pipe in (process.stdin, process.stdout, complaints):
        if pipe is not None:
            pipe.close()
    process.kill()
    process.wait()


def _all_there(names: Sequence[str], found: Sequence[GitObject | None]) -> Iterator[GitObject]:
    for name, one in zip(names, found, strict=True):
        if one is None:
            message = f"the object {name} is missing in this repository"
            raise GitError(message, hint=hint_for("shallow") + "; or git fsck shows what is broken")
        yield one
