"""A snapshot of the index: what the next commit will hold.

It is HEAD's tree, and over it what `git diff-index --cached` says is different. So git writes neither a tree
nor an index, nothing is locked, and the work is proportional to what is staged. In a hook, git's own
environment names the index of the commit being made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from modelops_git.core.errors import GitError
from modelops_git.core.snapshot import FileEntry, is_under, spelled
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.plumbing import fields
from modelops_git.edges.git.stored import SCOPE, StoredSnapshot, readable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.edges.git.repository import Repository

    Unmerged = Literal["refuse", "drop"]

_DIFFERENCES = (
    "diff-index",
    "--cached",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--ita-invisible-in-index",  # what is only announced (`git add --intent-to-add`) is no part of a commit
    "--ignore-submodules=none",
)
_EMPTY_TREE = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
"""The tree without files, which git knows without having it."""
_UNMERGED = "U"
_SHOWN = 5


class IndexSnapshot:
    """The registry as it is about to be committed.

    Attributes:
        below: HEAD's, which it is laid over.
        different: What the index has instead, by path; None for what it no longer has.
    """

    label = "the index"

    def __init__(self, repo: Repository, unmerged: Unmerged = "refuse") -> None:
        """Ask git what is different; paths in conflict are an error, or count as absent."""
        head = find_commit(repo, "HEAD")
        self.below = StoredSnapshot(repo, head.tree if head else "", "HEAD")
        self.different = _different(repo, head.tree if head else _EMPTY_TREE[repo.hash_name], unmerged)
        self._objects = repo.objects

    def paths(self, under: str = "") -> tuple[str, ...]:
        """All paths below the folder `under`, sorted.

        Raises:
            GitError: git could not list them.
        """
        if not self.different:
            return self.below.paths(under)
        same = [path for path in self.below.paths(under) if path not in self.different]
        there = [path for path, entry in self.different.items() if entry and is_under(path, under)]
        return tuple(sorted([*same, *there]))

    def entry(self, path: str) -> FileEntry | None:
        """What is at `path`."""
        return self.different[path] if path in self.different else self.below.entry(path)

    def identity(self, path: str) -> str:
        """What HEAD has at and below `path`, and what differs from that."""
        differing = sorted(one for one in self.different if one == path or is_under(one, path))
        if not differing:
            return self.below.identity(path)
        gone = [one for one in differing if self.different[one] is None]
        return f"{self.below.identity(path)}+{spelled(map(self.different.get, differing))}-{gone}"

    def read(self, path: str) -> bytes:
        """The content of `path`, at most the first `objects.FILE_LIMIT` bytes."""
        if path not in self.different:
            return self.below.read(path)
        entry = self.different[path]
        if entry is None:
            raise KeyError(path)
        return self._objects.read(readable(entry).blob_id).data

    def preload(self, paths: Iterable[str]) -> None:
        """Fetch these together when the first of them is read."""
        wanted = tuple(paths)
        self.below.preload(path for path in wanted if path not in self.different)
        entries = (self.different.get(path) for path in wanted)
        self._objects.expect(entry.blob_id for entry in entries if entry and not entry.is_submodule)


def _different(repo: Repository, tree: str, unmerged: Unmerged) -> dict[str, FileEntry | None]:
    """What the index has otherwise than a tree, by path within the registry.

    Raises:
        GitError: Paths are unmerged (and not to be dropped), or git failed.
    """
    scope = [repo.prefix + path for path in SCOPE]
    rows = iter(fields(repo.git.run(*_DIFFERENCES, tree, "--", *scope)))
    found: dict[str, FileEntry | None] = {}
    conflicts: list[str] = []
    for about, path in zip(rows, rows, strict=True):
        _, mode, _, object_id, status = about.split(" ")
        if status == _UNMERGED:
            conflicts.append(path)
        within = path[len(repo.prefix) :]
        is_there = int(mode, 8) and status != _UNMERGED
        found[within] = FileEntry(within, mode, object_id) if is_there else None
    if conflicts and unmerged == "refuse":
        raise _refusal(conflicts)
    return found


def _refusal(conflicts: list[str]) -> GitError:
    more = ", …" if len(conflicts) > _SHOWN else ""
    paths = ", ".join(sorted(conflicts)[:_SHOWN]) + more
    return GitError(
        f"the index has unmerged paths: {paths}",
        hint="resolve the conflicts, then git add the files (git merge --abort goes back)",
    )
