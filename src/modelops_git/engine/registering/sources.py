"""The files that a version is made of: what PATH… names on disk.

A file goes by its name, the files of a folder by their paths inside it, those that a pattern
(`'out/**/*.json'`) matches by their paths from where its first wildcard stands. A name that holds a wildcard
itself is taken as it is, if there is such a file. Inside folders, names that begin with a dot (`.DS_Store`,
`.cache`, `.env`) are left out, since they are seldom part of a model and often private; one that is meant is
named itself. Links are refused wherever they are: what they point to may change or lie
anywhere.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import clashes, printable, unsafe_path
from modelops_git.core.checks.artifacts import EMPTY_MODEL, UNSAFE_PATH
from modelops_git.core.checks.base import Defect
from modelops_git.core.errors import RefusedError, UsageError
from modelops_git.core.findings import Place
from modelops_git.core.manifests.room import MAX_ROWS
from modelops_git.edges.stores.failures import translated
from modelops_git.engine.registering.patterns import is_pattern, matches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.core.checks.base import Check
    from modelops_git.core.findings import Finding

NAMED_TWICE = "is named twice"
SAME_NAME = "is also the name of"
MAX_FILES = MAX_ROWS


@dataclass(frozen=True, slots=True)
class Source:
    """One file.

    Attributes:
        path: Within the version, with `/`.
        file: On disk.
        size: In bytes, when it was found.
    """

    path: str
    file: Path
    size: int


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a version.

    Attributes:
        files: In the order of the paths that were named; inside a folder, by name.
        left_out: Hidden files and folders that are no part of it.
    """

    files: tuple[Source, ...]
    left_out: tuple[Path, ...] = ()


def collect(paths: Sequence[Path], root: Path, private: Sequence[Path] = ()) -> Sources:
    """The files that `paths` name.

    Args:
        paths: Files and folders.
        root: The registry's folder, which must not be in one of them.
        private: Folders that git keeps its own files in, real paths; nothing in them is taken.

    Raises:
        UsageError: There is nothing at some of them, or one belongs to the registry itself.
        RefusedError: One is a link, no regular file, or has a name that is not safe; or there is no byte.
        StoreError: A folder cannot be read.
    """
    walk = _Walk()
    _refuse_absent(paths)
    for path in paths:
        if is_pattern(path):
            _take_matches(walk, path, root, private)
        else:
            _refuse_registry(path, root, private)
            walk.begin(path)
    findings = [*walk.findings, *_unsafe(walk.files)]
    if not findings and not any(source.size for source in walk.files):
        findings.append(_nothing(paths))
    if findings:
        raise RefusedError(
            "these files cannot be registered; nothing was stored or written", findings=findings
        )
    return Sources(tuple(walk.files), tuple(walk.left_out))


def _take_matches(walk: _Walk, pattern: Path, root: Path, private: Sequence[Path]) -> None:
    """Take what a pattern matches; what lies in a folder that it matches too belongs to that folder."""
    found = matches(pattern)
    if not found:
        hint = (
            "`*` stands for characters of a name, `**` for any number of folders; hidden ones are left out."
        )
        raise UsageError(f"nothing matches {printable(str(pattern))}", hint=hint)
    taken: set[Path] = set()
    for path, path_within in found:
        if taken.isdisjoint(path.parents):
            _refuse_registry(path, root, private)
            walk.begin(path, path_within)
            taken.add(path)


def _refuse_absent(paths: Sequence[Path]) -> None:
    absent = [printable(str(path)) for path in paths if not os.path.lexists(path) and not is_pattern(path)]
    if absent:
        hint = "Name the files of the model, or their folder."
        raise UsageError(f"there is nothing at {' and '.join(absent)}", hint=hint)


def _refuse_registry(path: Path, root: Path, private: Sequence[Path]) -> None:
    real, name = Path(os.path.realpath(path)), printable(str(path))
    if any(real.is_relative_to(folder) for folder in private):
        raise UsageError(f"{name} is in the folder that git keeps its own files in", hint="Name other files.")
    if Path(os.path.realpath(root)).is_relative_to(real):
        raise UsageError(
            f"{name} holds the registry itself", hint="Name the files of the model, or a folder of their own."
        )


@dataclass(slots=True)
class _Walk:
    """What is found on the way."""

    files: list[Source] = field(default_factory=list)
    left_out: list[Path] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def begin(self, path: Path, name: str = "") -> None:
        """Take a path that was named, as `name` where a pattern named it."""
        with translated(str(path)):
            mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            before = len(self.files)
            self._folder(path, f"{name}/" if name else "")
            if len(self.files) == before and not self.findings:
                self.findings.append(_nothing([path]))
        else:
            self._file(path, name or path.name)

    def _folder(self, top: Path, prefix: str) -> None:
        waiting = [(str(top), top)]
        while waiting:  # the folder whose name comes first is walked first
            for entry in _listed(heappop(waiting)[1]):
                path = Path(entry.path)
                if entry.name.startswith("."):
                    self.left_out.append(path)
                elif entry.is_dir(follow_symlinks=False):
                    heappush(waiting, (str(path), path))
                else:
                    self._file(path, prefix + path.relative_to(top).as_posix())

    def _file(self, file: Path, path: str) -> None:
        with translated(str(file)):
            status = file.lstat()
        if stat.S_ISREG(status.st_mode):
            self.files.append(Source(path, file, status.st_size))
        else:
            self.findings.append(_no_file(file, status.st_mode))
        if len(self.files) + len(self.findings) > MAX_FILES:
            raise RefusedError(
                f"there are more than {MAX_FILES:,} files, and a manifest has no room for so many",
                hint="Register an archive of them, or a folder further down.",
            )


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    with translated(str(folder)), os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _no_file(file: Path, mode: int) -> Finding:
    what = "a symbolic link" if stat.S_ISLNK(mode) else "no regular file"
    hint = "Name what it points to." if stat.S_ISLNK(mode) else "Register files and folders only."
    return _finding(UNSAFE_PATH, file, f"{printable(file.name)} is {what}.", hint)


def _unsafe(sources: list[Source]) -> list[Finding]:
    clashing = {**clashes(source.path for source in sources), **_same_names(sources)}
    reasons = [unsafe_path(source.path) or clashing.get(at, "") for at, source in enumerate(sources)]
    return [
        _finding(
            UNSAFE_PATH,
            source.file,
            f"{printable(source.path) or 'the empty path'} {reason}.",
            _advice(reason),
        )
        for source, reason in zip(sources, reasons, strict=True)
        if reason
    ]


def _advice(reason: str) -> str:
    if reason == NAMED_TWICE:
        return "Name it once."
    if reason.startswith(SAME_NAME):
        return "Rename one of the two, or name a folder that holds both in folders of their own."
    return "Rename the file."


def _same_names(sources: list[Source]) -> dict[int, str]:
    """Which files would go by a name that another has: index -> the end of a sentence that says so."""
    first: dict[str, Path] = {}
    found: dict[int, str] = {}
    for at, source in enumerate(sources):
        other = first.setdefault(source.path, source.file)
        if other is not source.file:
            is_same = other.samefile(source.file)
            found[at] = NAMED_TWICE if is_same else f"{SAME_NAME} {printable(str(other))}"
    return found


def _nothing(paths: Sequence[Path]) -> Finding:
    hint = "Name the files of the model; hidden ones are left out of folders."
    return _finding(EMPTY_MODEL, paths[0], "There is not a single byte to register.", hint)


def _finding(check: Check[()], file: Path, message: str, hint: str) -> Finding:
    return check.finding(Defect(message, Place(printable(str(file))), hint))
