"""What each file is and is for, and whether the registry takes such files."""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from modelops_git.core.artifacts import LFS_POINTER as POINTER
from modelops_git.core.artifacts import printable
from modelops_git.core.checks.artifacts import EMPTY_MODEL, LFS_POINTER
from modelops_git.core.checks.base import Defect, define, did_you_mean
from modelops_git.core.checks.base import Scope as CheckScope
from modelops_git.core.errors import UsageError
from modelops_git.core.findings import Place
from modelops_git.core.formats.detect import HEAD, UNKNOWN, detect
from modelops_git.edges.stores.failures import translated
from modelops_git.engine.registering.roles import ROLES, role_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from modelops_git.core.findings import Finding
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.engine.registering.sources import Source

UNSAFE_FORMAT = define(
    "MOG408",
    "unsafe-format",
    """A file has a format that the registry does not allow, whatever its name says.

    Loading a pickle runs the code that is in it.

    Wrong: `model.onnx` is a pickle by its content.
    Right: the model is exported to a format that `formats.allowed` of modelops.yaml has, such as ONNX.
    """,
    scope=CheckScope.ARTIFACT,
)
FORMAT_MISMATCH = define(
    "MOG409",
    "format-mismatch",
    """A file is not of the format that its name or its entry says.

    Wrong: `model.onnx` holds text.
    Right: `model.onnx` is what the exporter wrote.
    """,
    scope=CheckScope.ARTIFACT,
)
_REFINED = frozenset({"json", UNKNOWN})
_MARKED = frozenset({"onnx", "safetensors", "gguf", "skops"})


@dataclass(frozen=True, slots=True)
class Described:
    """A file, and what is known of it before it is hashed.

    Attributes:
        source: The file.
        format: What it is by its content; `unknown` where that cannot be told.
        role: What it is for.
        is_pointer: Whether it is a pointer of Git LFS.
        may_be_onnx: Whether it begins as an ONNX file does, whatever its name.
    """

    source: Source
    format: str
    role: str
    is_pointer: bool = False
    may_be_onnx: bool = False


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
        head = stream.read(HEAD)
    kind = _detected(source.path, head)
    role = roles.get(source.path) or role_of(source.path, kind)
    may_be_onnx = detect("any.onnx", head) == "onnx"
    return Described(source, kind, role, head.startswith(POINTER), may_be_onnx)


def _detected(path: str, head: bytes) -> str:
    """The format; of a text that is no model by its name never `pickle`: its oldest form looks like text."""
    kind = detect(path, head)
    is_text = head.isascii() and b"\x00" not in head
    return UNKNOWN if kind == "pickle" and is_text and role_of(path, UNKNOWN) != "model" else kind


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


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides on formats.

    Attributes:
        allowed: The formats that are allowed for a model.
        reason: The version's own reason for another one; empty for none.
    """

    allowed: frozenset[str]
    reason: str = ""


def rules_for(registry: Registry, model: str, day: str, reason: str) -> Rules:
    """The rules for `model` on a day such as `2026-06-02`; `reason` is its `unsafe_format_reason`."""
    exceptional = (
        name
        for one in registry.formats.exceptions
        if day <= one.until and any(fnmatch.fnmatchcase(model, pattern) for pattern in one.models)
        for name in one.formats
    )
    return Rules(frozenset((*registry.formats.allowed, *exceptional)), reason)


def flaws(
    files: Sequence[Described], entries: Mapping[str, Mapping[str, Any]], rules: Rules
) -> list[Finding]:
    """Why files are refused.

    Args:
        files: The files.
        entries: What the manifest will say about each, by path.
        rules: What is allowed.
    """
    return [found for one in files for found in _flaws_of(one, entries.get(one.source.path, {}), rules)]


def _flaws_of(one: Described, entry: Mapping[str, Any], rules: Rules) -> Iterator[Finding]:
    name, place = printable(one.source.path), place_of(one)
    if one.is_pointer:
        message = f"{name} is a Git LFS pointer, not the file itself."
        yield LFS_POINTER.finding(Defect(message, place, "Run `git lfs pull`, then register again."))
        return
    stated = str(entry.get("format") or one.format)
    if not one.source.size and entry.get("role", one.role) == "model":
        yield EMPTY_MODEL.finding(Defect(f"{name} is empty.", place, "Export the model again."))
    elif stated != one.format and one.format not in _REFINED:
        message = f"{name} is of the format {one.format} by its content, not {stated} as the metadata say."
        yield FORMAT_MISMATCH.finding(Defect(message, place, "Correct the metadata, or name another file."))
    elif claimed := _claimed(one, stated):
        what = "an ONNX file" if claimed == "onnx" else f"a {claimed} file"
        message = f"{name} is not {what}: its content is another."
        yield FORMAT_MISMATCH.finding(Defect(message, place, "Export the model again."))
    elif not _is_allowed(one, entry, stated, rules):
        yield _unsafe(one, stated, rules)


def _claimed(one: Described, stated: str) -> str:
    """The format with a mark of its own that the name or the metadata claim, and the content lacks."""
    if one.format != UNKNOWN:
        return ""
    suffix = one.source.path.rpartition(".")[2].lower()
    claims = [suffix, *([] if stated == "onnx" and one.may_be_onnx else [stated])]
    return next((claim for claim in claims if claim in _MARKED), "")


def place_of(one: Described) -> Place:
    """Where the file is on disk, fit for a terminal."""
    return Place(printable(str(one.source.file)))


def no_onnx(one: Described, why: str) -> Finding:
    """The finding that a file is no ONNX model although it begins like one."""
    message = f"{printable(one.source.path)} is damaged: {why}."
    return FORMAT_MISMATCH.finding(Defect(message, place_of(one), "Export the model again."))


def _is_allowed(one: Described, entry: Mapping[str, Any], stated: str, rules: Rules) -> bool:
    """Whether the format is allowed; of files that are no model only those that run code are not."""
    judged = one.format == "pickle" or entry.get("role", one.role) == "model"
    return not judged or stated in rules.allowed or bool(rules.reason)


def _unsafe(one: Described, stated: str, rules: Rules) -> Finding:
    what = "of no format that is known" if stated == UNKNOWN else f"of the format {stated} by its content"
    name = printable(one.source.path)
    also = "" if one.format == "pickle" else f" If it is no model, say so: --role {name}=other."
    return UNSAFE_FORMAT.finding(
        Defect(
            f"{name} is {what}, which modelops.yaml does not allow.",
            place_of(one),
            f"Export the model to one of {', '.join(sorted(rules.allowed))}; or give the reason in "
            f"`unsafe_format_reason` of the metadata, which is reviewed.{also}",
        )
    )
