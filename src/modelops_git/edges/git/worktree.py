"""A snapshot of the files on disk: the index, and over it what differs from it.

`git status` says what differs, so that files nobody touched are neither read nor hashed. Files that git
ignores are not there; neither are deleted ones, while those outside a sparse checkout are as the index has
them. Links are not followed. What is read is what is on disk, with its own line ends; the id is that of the
content as git would store it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from functools import cached_property
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.core.snapshot import REGULAR, FileEntry, is_under, spelled
from modelops_git.edges.git.index import IndexSnapshot
from modelops_git.edges.git.objects import FILE_LIMIT
from modelops_git.edges.git.plumbing import Git, fields
from modelops_git.edges.git.stored import SCOPE, readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from modelops_git.edges.git.repository import Repository

_DELETED = ""
_LINK, _SUBMODULE = "120000", "160000"
_GROUP = 200
_STATUS = (
    "status",
    "--porcelain=v2",
    "-z",
    "--no-renames",
    "--untracked-files=all",
    "--ignore-submodules=dirty",
)
_MODE_ON_DISK = {"1": 5, "u": 6}  # the field of a status line that holds it
_FIELDS = {"1": 8, "u": 10}
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # never wait for a FIFO
_GONE = (errno.ENOENT, errno.ENOTDIR)


class WorktreeSnapshot:
    """The registry as its files on disk are."""

    label = "the work tree"

    def __init__(self, repo: Repository) -> None:
        self.index = IndexSnapshot(repo, unmerged="drop")
        self._repo, self._root = repo, str(repo.root)
        self._ids: dict[str, str] = {}

    @cached_property
    def different(self) -> dict[str, str]:
        """The mode of every path that differs from the index; empty for one that was deleted."""
        scope = [self._repo.prefix + path for path in SCOPE]
        output = fields(self._repo.git.run(*_STATUS, "--", *scope))
        start = len(self._repo.prefix)
        return {path[start:]: mode for path, mode in _differences(self._repo, output)}

    def paths(self, under: str = "") -> tuple[str, ...]:
        """All paths below the folder `under`, sorted.

        Raises:
            GitError: git could not list them.
        """
        same = (path for path in self.index.paths(under) if path not in self.different)
        there = (path for path, mode in self.different.items() if mode and is_under(path, under))
        return tuple(sorted([*same, *there]))

    def entry(self, path: str) -> FileEntry | None:
        """What is at `path`.

        Raises:
            GitError: A file that differs from the index cannot be read.
        """
        mode = self.different.get(path)
        if mode is None:
            return self.index.entry(path)
        return None if mode == _DELETED else FileEntry(path, mode, self._id(path, mode))

    def identity(self, path: str) -> str:
        """What the index has at and below `path`, and what differs from that on disk.

        It is never that of the index: git may write a file otherwise than it stores it.

        Raises:
            GitError: A file that differs from the index cannot be read.
        """
        differing = [one for one in self._sorted if one == path or is_under(one, path)]
        gone = [one for one in differing if self.different[one] == _DELETED]
        there = spelled(self.entry(one) for one in differing)
        return f"on disk {self.index.identity(path)}+{there}-{gone}"

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.different)

    def read(self, path: str) -> bytes:
        """The content of `path` on disk, at most the first `objects.FILE_LIMIT` bytes."""
        entry = self.index.entry(path) if path not in self.different else self._unidentified(path)
        if entry is None:
            raise KeyError(path)
        try:
            return _content(f"{self._root}/{path}", readable(entry).mode)
        except OSError as error:
            if error.errno in _GONE and path not in self.different:
                return self.index.read(path)
            raise GitError(f"{path} cannot be read: {error.strerror}") from error

    def preload(self, paths: Iterable[str]) -> None:
        """Nothing: the files are at hand."""

    def _unidentified(self, path: str) -> FileEntry | None:
        mode = self.different[path]
        return FileEntry(path, mode, "") if mode else None

    def _id(self, path: str, mode: str) -> str:
        if path not in self._ids:
            if mode in REGULAR:
                self._identify_with(path)
            elif mode == _LINK:
                self._ids[path] = _blob_id(self.read(path), self._repo.hash_name)
            else:
                self._ids[path] = _head_of(self._repo.path_of(path), self._repo.hash_name)
        return self._ids[path]

    def _identify_with(self, path: str) -> None:
        """Learn the ids of `path` and, at once, of all small files that differ."""
        others = (
            other for other, mode in self.different.items() if mode in REGULAR and other not in self._ids
        )
        wanted = [path, *(other for other in others if other != path and self._is_small(other))]
        for start in range(0, len(wanted), _GROUP):
            group = wanted[start : start + _GROUP]
            names = [self._repo.prefix + one for one in group]
            output = self._repo.git.text("hash-object", "--", *names)
            self._ids.update(zip(group, output.split("\n"), strict=True))

    def _is_small(self, path: str) -> bool:
        try:
            return os.lstat(self._repo.path_of(path)).st_size <= FILE_LIMIT
        except OSError:
            return False  # whoever asks for it will hear why


def _differences(repo: Repository, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        kind = line[0]
        if kind == "?":
            yield _untracked(repo.top, line[2:])
        elif kind in _FIELDS:
            *about, path = line.split(" ", _FIELDS[kind])
            if kind == "u" or about[1][1] != ".":
                mode = about[_MODE_ON_DISK[kind]]
                yield path, mode if int(mode, 8) else _DELETED


def _untracked(top: Path, path: str) -> tuple[str, str]:
    if path.endswith("/"):
        return path.removesuffix("/"), _SUBMODULE  # another repository, which git would add as such
    try:
        mode = os.lstat(top / path).st_mode
    except OSError as error:
        raise GitError(f"{path} cannot be read: {error.strerror}") from error
    if stat.S_ISLNK(mode):
        return path, _LINK
    return path, REGULAR[bool(mode & stat.S_IXUSR)]


def _content(file: str, mode: str) -> bytes:
    """The content of a file, without the layers of pathlib and io: ten thousand are read in a row."""
    if mode == _LINK and os.path.islink(file):  # noqa: PTH114 - see above
        return os.fsencode(os.readlink(file))  # noqa: PTH115 - pathlib would normalise the target
    descriptor = os.open(file, _OPEN)
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return _read(descriptor, min(about.st_size, FILE_LIMIT))
    finally:
        os.close(descriptor)


def _read(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size)
    while len(data) < size and (more := os.read(descriptor, size - len(data))):
        data += more
    return data


def _blob_id(data: bytes, hash_name: str) -> str:
    return hashlib.new(hash_name, b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _head_of(folder: Path, hash_name: str) -> str:
    """The commit that another repository stands at; zeros where it has none."""
    code, out, _ = Git.isolated(folder).outcome("rev-parse", "--verify", "--quiet", "HEAD")
    return "0" * (2 * hashlib.new(hash_name).digest_size) if code else out.decode().strip()
