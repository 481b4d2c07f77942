"""A folder that is walked without following links: nothing leads out of it.

Each step opens one folder relative to the one above with O_NOFOLLOW, so no link below the root is followed,
not even one that is put there in the middle of a walk. The root itself may be reached through links.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import StoreError
from modelops_git.edges.stores.base import StoreMissingError, StoreUnsafeError
from modelops_git.edges.stores.beneath import open_beneath

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
# O_NONBLOCK: opening a named pipe that nobody writes would wait for ever.
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@contextmanager
def opened_folder(root: Path, parts: Sequence[str]) -> Iterator[int]:
    """A descriptor of the folder `parts` below `root`.

    Raises:
        StoreError: There is no root.
        StoreUnsafeError: A part is a link.
        FileNotFoundError, NotADirectoryError: There is no such folder.
    """
    folder = _open_root(root)
    try:
        for part in parts:
            folder = _step(folder, part)
        yield folder
    finally:
        os.close(folder)


@contextmanager
def made_folder(root: Path, parts: Sequence[str]) -> Iterator[int]:
    """The same, where the root and the folders are made as needed, safe against a crash."""
    make_root(root)
    folder = _open_root(root)
    try:
        for part in parts:
            _make(folder, part)
            folder = _step(folder, part)
        yield folder
    finally:
        os.close(folder)


def open_file(root: Path, parts: Sequence[str]) -> int:
    """A descriptor of the regular file `parts` below `root`, to read; raises as `open_known` does."""
    return open_known(root, parts)[0]


def open_known(root: Path, parts: Sequence[str]) -> tuple[int, os.stat_result]:
    """The same, and what the file system says of the file that is open.

    Raises:
        StoreMissingError: There is none.
        StoreUnsafeError: It is a link or no regular file, or a folder above is a link.
    """
    name = "/".join(parts)
    descriptor = _at_once(root, name)
    if descriptor is not None:
        return _checked(descriptor, name)
    try:
        with opened_folder(root, parts[:-1]) as folder:
            _refuse_special(os.stat(parts[-1], dir_fd=folder, follow_symlinks=False).st_mode, name)
            descriptor = os.open(parts[-1], FILE, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreMissingError(f"nothing is stored under {printable(name)}") from error
    return _checked(descriptor, name)


def _at_once(root: Path, name: str) -> int | None:
    """The same in one step; None where that does not work: then the steps one by one tell why."""
    try:
        folder = os.open(root, FOLDER)
    except OSError:
        return None
    try:
        return open_beneath(folder, name, FILE)
    finally:
        os.close(folder)


def status_of(root: Path, parts: Sequence[str]) -> os.stat_result | None:
    """What the file system says of a regular file; None where nothing or a folder is.

    Raises:
        StoreUnsafeError: It is a link or no regular file, or a folder above is a link.
    """
    try:
        with opened_folder(root, parts[:-1]) as folder:
            status = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISDIR(status.st_mode):
        return None
    _refuse_special(status.st_mode, "/".join(parts))
    return status


def walk(root: Path, parts: Sequence[str]) -> Iterator[str]:
    """Every path below the folder `parts` that is no folder, relative to `root`, in order of code points."""
    stack = [("/".join(parts), True)]
    while stack:
        path, is_folder = stack.pop()
        if is_folder:
            stack.extend(reversed(_listing(root, path)))
        else:
            yield path


def _listing(root: Path, path: str) -> list[tuple[str, bool]]:
    """What a folder holds, sorted as keys sort; nothing where it has gone."""
    try:
        with opened_folder(root, path.split("/") if path else []) as folder, os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except (FileNotFoundError, NotADirectoryError):
        return []
    start = f"{path}/" if path else ""
    return [(start + name, is_dir) for name, is_dir in sorted(found, key=_as_key)]


def _as_key(entry: tuple[str, bool]) -> str:
    name, is_folder = entry
    return name + "/" if is_folder else name


def _open_root(root: Path) -> int:
    try:
        return os.open(root, FOLDER)
    except FileNotFoundError as error:
        raise StoreError(
            f"{root} does not exist",
            hint="Check that it is mounted; a new store is made by the first file that is put there.",
        ) from error


def _step(folder: int, part: str) -> int:
    """Go down one folder and close the one above."""
    try:
        below = os.open(part, FOLDER | os.O_NOFOLLOW, dir_fd=folder)
    except OSError as error:
        if _is_link(folder, part):
            raise StoreUnsafeError(
                f"{printable(part)} is a symbolic link inside the store; links are not followed",
                hint="Replace the link by the folder itself.",
            ) from error
        raise
    os.close(folder)
    return below


def make_root(root: Path) -> None:
    """Make a folder and those above it, safe against a crash."""
    for folder in (*reversed(root.parents), root):
        if not folder.is_dir():
            with suppress(FileExistsError):  # another was faster; if it is a file, opening it will say so
                folder.mkdir()
            _sync_folder(folder.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, FOLDER)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _make(folder: int, part: str) -> None:
    try:
        os.mkdir(part, dir_fd=folder)
    except FileExistsError:
        return
    os.fsync(folder)


def _is_link(folder: int, part: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(part, dir_fd=folder, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _checked(descriptor: int, name: str) -> tuple[int, os.stat_result]:
    """The descriptor and its status, if what it has opened is a regular file still."""
    status = os.fstat(descriptor)
    try:
        _refuse_special(status.st_mode, name)
    except StoreError:
        os.close(descriptor)
        raise
    return descriptor, status


def _refuse_special(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise StoreMissingError(f"{printable(name)} is a folder, so nothing is stored under this key")
    if not stat.S_ISREG(mode):
        what = "a symbolic link" if stat.S_ISLNK(mode) else "no regular file"
        raise StoreUnsafeError(
            f"{printable(name)} is {what}; it is not read",
            hint="Put the file itself in its place.",
        )
