"""Snapshots of what git has stored: a commit, or the index written as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.core.places import REGISTRY_FILE
from modelops_git.edges.git.plumbing import can_be_name, encode
from modelops_git.edges.git.trees import entry_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.snapshot import FileEntry
    from modelops_git.edges.git.repository import Repository
    from modelops_git.edges.git.trees import Folder

SCOPE = (REGISTRY_FILE, "analyses", "models")  # sorted; nothing else in a repository is the registry's


class StoredSnapshot:
    """The registry in one tree of the repository."""

    def __init__(self, repo: Repository, tree_id: str, label: str) -> None:
        """Take the registry's own folder out of the tree `tree_id` of the whole repository."""
        self.tree_id = repo.trees.subfolder(tree_id, repo.prefix.removesuffix("/"))
        self.label = label
        self._trees, self._objects = repo.trees, repo.objects
        self._listed: dict[str, tuple[str, ...]] = {}
        self._folders: dict[str, Folder] = {}

    def paths(self, under: str = "") -> tuple[str, ...]:
        """All paths below the folder `under`, sorted.

        Raises:
            GitError: There are more than a registry can have, or git could not read them.
        """
        if under not in self._listed:
            self._listed[under] = tuple(sorted(self._below(under)))
        return self._listed[under]

    def entry(self, path: str) -> FileEntry | None:
        """What is at `path`."""
        parent, slash, name = path.rpartition("/")
        if (not slash or parent not in self._folders) and not in_scope(path):
            return None
        return entry_in(self._folder(parent), path, name)

    def identity(self, path: str) -> str:
        """The id and the mode of the file or folder at `path`."""
        parent, _, name = path.rpartition("/")
        if not in_scope(path):
            return ""
        mode, item_id = self._folder(parent).get(encode(name), (b"", b""))
        return f"{mode.decode()} {item_id.hex()}".strip()

    def read(self, path: str) -> bytes:
        """The content of `path`, at most the first `objects.FILE_LIMIT` bytes."""
        entry = self.entry(path)
        if entry is None:
            raise KeyError(path)
        return self._objects.read(readable(entry).blob_id).data

    def preload(self, paths: Iterable[str]) -> None:
        """Fetch these together when the first of them is read."""
        entries = (self.entry(path) for path in paths)
        self._objects.expect(entry.blob_id for entry in entries if entry and not entry.is_submodule)

    def _folder(self, path: str) -> Folder:
        if path not in self._folders:
            self._folders[path] = self._trees.folder(self._trees.subfolder(self.tree_id, path))
        return self._folders[path]

    def _below(self, under: str) -> list[str]:
        if not under:
            files = [path for path in SCOPE if self.entry(path)]
            return files + [path for folder in SCOPE for path in self._below(folder)]
        if not in_scope(under):
            return []
        return self._trees.walk(self._trees.subfolder(self.tree_id, under), under)


def in_scope(path: str) -> bool:
    """Whether a path is the registry's: `modelops.yaml`, or in `models` or `analyses`."""
    return path.partition("/")[0] in SCOPE and can_be_name(path)


def readable(entry: FileEntry) -> FileEntry:
    """`entry`, if it has content.

    Raises:
        GitError: It is a submodule.
    """
    if entry.is_submodule:
        raise GitError(f"{entry.path} is a submodule, not a file")
    return entry
