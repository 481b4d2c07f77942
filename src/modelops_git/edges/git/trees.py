"""Folders of a repository as git stores them, walked and compared object by object.

A folder is read when a path in it is asked for, and two folders of the same id are never read to be compared:
the work is proportional to what is asked, not to the registry. Trees are hostile data: git does not check
them when it fetches, and ten small trees can spell a thousand million paths. So both form and number are
bounded. The id `""` stands for a folder that is not there.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from modelops_git.core.errors import GitError
from modelops_git.core.snapshot import FileEntry
from modelops_git.edges.git.plumbing import decode, encode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from modelops_git.edges.git.objects import ObjectReader

    Item = tuple[bytes, bytes]  # mode, binary id
    Folder = Mapping[bytes, Item]

MAX_PATHS = 1_000_000
MAX_PATH = 4096
_FOLDER = (b"40000", b"040000")
_ITEM = {size: re.compile(rb"([0-7]{5,6}) ([^\0/]+)\0(.{%d})" % size, re.DOTALL) for size in (20, 32)}
_FIXED_LENGTH = 2  # the space and the NUL


class Trees:
    """The folders of one repository; each is read once."""

    def __init__(self, objects: ObjectReader) -> None:
        self._objects = objects
        self._known: dict[str, Folder] = {"": {}}

    def folder(self, tree_id: str) -> Folder:
        """What lies directly in a folder.

        Raises:
            GitError: It is missing or malformed.
        """
        if tree_id not in self._known:
            self._load([tree_id])
        return self._known[tree_id]

    def subfolder(self, tree_id: str, path: str) -> str:
        """The id of the folder at `path` below another; empty where there is none."""
        for name in encode(path).split(b"/") if path else ():
            tree_id = folder_id(self.folder(tree_id).get(name))
        return tree_id

    def walk(self, tree_id: str, under: str = "") -> list[str]:
        """The paths of all files below a folder, whose own path is `under`, in no order.

        Raises:
            GitError: There are more than `MAX_PATHS`, or one is longer than `MAX_PATH` bytes.
        """
        found: list[str] = []
        level = [(encode(under) + b"/" if under else b"", tree_id)]
        while level:
            self._load([one for _, one in level])
            below: list[tuple[bytes, str]] = []
            for prefix, one in level:
                _bound(prefix, len(found) + len(below))
                for name, item in self._known[one].items():
                    if inner := folder_id(item):
                        below.append((prefix + name + b"/", inner))
                    else:
                        found.append(decode(prefix + name))
            level = below
        return found

    def differing(
        self, base: str, head: str, only: Collection[str] | None, most: int | None = None
    ) -> list[str]:
        """The paths of all files that differ between two folders, in no order.

        Args:
            base: The one folder.
            head: The other.
            only: Which of the things that lie directly in them to look at; None for all.
            most: How many there may be; `MAX_PATHS` by default.

        Raises:
            GitError: As for `walk`.
        """
        found: list[str] = []
        level = [(b"", base, head)] if base != head else []
        while level:
            self._load([folder_id for _, *both in level for folder_id in both])
            below: list[tuple[bytes, str, str]] = []
            for prefix, old, new in level:
                _bound(prefix, len(found) + len(below), most)
                for name, before, after in _unequal(self._known[old], self._known[new]):
                    if only is not None and not prefix and decode(name) not in only:
                        continue
                    folders = folder_id(before), folder_id(after)
                    if any(folders):
                        below.append((prefix + name + b"/", *folders))
                    if (before and not folders[0]) or (after and not folders[1]):
                        found.append(decode(prefix + name))
            level = below
        return found

    def _load(self, tree_ids: Iterable[str]) -> None:
        unknown = list(dict.fromkeys(one for one in tree_ids if one not in self._known))
        for tree in self._objects.read_all(unknown):
            self._known[tree.id] = parse(tree.data, tree.id)


def parse(data: bytes, tree_id: str) -> Folder:
    """The items of a tree object by name.

    Raises:
        GitError: It is malformed: a rest that is no item, a name twice, or one that no file can have.
    """
    items = _ITEM[len(tree_id) // 2].findall(data)
    folder = {name: (mode, item_id) for mode, name, item_id in items}
    length = len(b"".join(chain.from_iterable(items))) + _FIXED_LENGTH * len(items)
    if length != len(data) or len(folder) != len(items) or b"." in folder or b".." in folder:
        raise GitError(f"the folder {tree_id} is malformed", hint="git fsck shows what is broken")
    return folder


def entry_in(folder: Folder, path: str, name: str) -> FileEntry | None:
    """The entry of the file `name` in the folder that it lies in; None where there is none, or a folder."""
    try:
        item = folder.get(name.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return None  # a surrogate that stands for no byte
    return None if item is None or item[0] in _FOLDER else file_entry(path, item)


def file_entry(path: str, item: Item) -> FileEntry:
    """The entry for an item that is no folder, with the mode as git shows it."""
    return FileEntry(path, _shown(item[0]), item[1].hex())


@cache
def _shown(mode: bytes) -> str:
    bits = int(mode, 8)
    kinds = {0o10: "100755" if bits & 0o100 else "100644", 0o12: "120000"}
    return kinds.get(bits >> 12, "160000")


def folder_id(item: Item | None) -> str:
    """The id of the folder that an item is; empty where it is none."""
    return item[1].hex() if item is not None and item[0] in _FOLDER else ""


def _unequal(old: Folder, new: Folder) -> list[tuple[bytes, Item | None, Item | None]]:
    names = {name for name, _ in old.items() ^ new.items()}
    return [(name, old.get(name), new.get(name)) for name in names]


def _bound(prefix: bytes, count: int, most: int | None = None) -> None:
    most = MAX_PATHS if most is None else most
    if count > most:
        raise GitError(f"there are more than {most:,} files here, which no registry has")
    if len(prefix) > MAX_PATH:
        raise GitError(f"a path here is longer than {MAX_PATH} bytes")
