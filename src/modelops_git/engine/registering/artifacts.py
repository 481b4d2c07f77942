"""What each file is and is for, and whether the registry takes such files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from modelops_git.core.artifacts import LFS_POINTER as POINTER
from modelops_git.core.artifacts import printable
from modelops_git.core.checks import formats
from modelops_git.core.checks.artifacts import EMPTY_MODEL, LFS_POINTER
from modelops_git.core.checks.base import Defect, did_you_mean
from modelops_git.core.errors import UsageError
from modelops_git.core.findings import Place
from modelops_git.core.formats.inspect import inspect
from modelops_git.core.formats.inspection import UNKNOWN, Inspection
from modelops_git.edges.stores.failures import translated
from modelops_git.engine.inspecting import Named, flaw_of, second_opinion
from modelops_git.engine.registering.roles import ROLES, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from modelops_git.core.findings import Finding
    from modelops_git.engine.flaws import Flaw
    from modelops_git.engine.inspecting import Rules
    from modelops_git.engine.registering.sources import Source

HEAD = len(POINTER)
_BY_CODE = {check.code: check for check in formats.CHECKS}


@dataclass(frozen=True, slots=True)
class Described:
    """A file, and what is known of it before it is hashed.

    Attributes:
        source: The file.
        found: What it is by its content.
        role: What it is for.
        is_pointer: Whether it is a pointer of Git LFS.
    """

    source: Source
    found: Inspection
    role: str
    is_pointer: bool = False

    @property
    def format(self) -> str:
        """Its format; `unknown` where that cannot be told."""
        return self.found.format


def describe(sources: Sequence[Source], roles: Mapping[str, str]) -> tuple[Described, ...]:
    """What the files are.

    Raises:
        UsageError: `roles` names a file that there is not, or a role.
        StoreError: A file cannot be read.
    """
    known = [source.path for source in sources]
    for path, role in roles.items():
        if path not in known:
            raise UsageError(f"--role: there is no file {path!r}", hint=did_you_mean(path, known, "files"))
        if role not in ROLES:
            raise UsageError(
                f"--role: {role!r} is no role of a file", hint=f"The roles are {', '.join(ROLES)}."
            )
    return tuple(_described(source, roles) for source in sources)


def _described(source: Source, roles: Mapping[str, str]) -> Described:
    with translated(str(source.file)), opened(source.file) as stream:
        is_pointer = stream.read(HEAD) == POINTER
        found = inspect(source.path, stream, source.size)
    role = roles.get(source.path) or role_of(source.path, found.format)
    return Described(source, found, role, is_pointer)


def opened(file: Path) -> BinaryIO:
    """A file to be read, unless it has become a link; a pipe in its place does not block.

    Raises:
        OSError: It cannot be opened.
    """
    return open(file, "rb", opener=_open)


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def row_of(described: Described, sha256: str, size: int) -> dict[str, Any]:
    """The file's entry in a manifest."""
    kind = {} if described.format == UNKNOWN else {"format": described.format}
    return {
        "path": described.source.path,
        "role": described.role,
        **kind,
        "sha256": sha256,
        "size": size,
    }


def flaws(
    files: Sequence[Described], entries: Mapping[str, Mapping[str, Any]], rules: Rules
) -> list[Finding]:
    """Why files are refused.

    Args:
        files: The files.
        entries: What the manifest will say about each, by path.
        rules: What is allowed.

    Raises:
        StoreError: A file that a scanner is to look at cannot be read.
    """
    return [found for one in files for found in _flaws_of(one, entries.get(one.source.path, {}), rules)]


def _flaws_of(one: Described, entry: Mapping[str, Any], rules: Rules) -> Iterator[Finding]:
    name, place = printable(one.source.path), place_of(one)
    row = Named(one.source.path, entry.get("role", one.role), entry.get("format"))
    if one.is_pointer:
        message = f"{name} is a Git LFS pointer, not the file itself."
        yield LFS_POINTER.finding(Defect(message, place, "Run `git lfs pull`, then register again."))
    elif one.source.size:
        flaw = flaw_of(row, one.found, rules) or _opinion(one, row)
        if flaw:
            yield _BY_CODE[flaw.code].finding(Defect(flaw.message, place, flaw.hint))
    elif row.role == "model":
        yield EMPTY_MODEL.finding(Defect(f"{name} is empty.", place, "Export the model again."))


def _opinion(one: Described, row: Named) -> Flaw | None:
    if not one.found.runs_code:
        return None
    with translated(str(one.source.file)), opened(one.source.file) as stream:
        return second_opinion(row, one.found, stream, one.source.size)


def notes(files: Sequence[Described]) -> list[str]:
    """What people should know about files that are taken all the same."""
    return [f"{printable(one.source.path)}: {said}." for one in files for said in one.found.notes]


def place_of(one: Described) -> Place:
    """Where the file is on disk, fit for a terminal."""
    return Place(printable(str(one.source.file)))


def no_onnx(one: Described, why: str) -> Finding:
    """The finding that a file is no ONNX model although it begins like one."""
    message = f"{printable(one.source.path)} is damaged: {why}."
    return formats.FORMAT_MISMATCH.finding(Defect(message, place_of(one), "Export the model again."))
