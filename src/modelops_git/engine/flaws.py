"""What is wrong with one file, said for people: from a failure to code, message and hint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.checks.artifacts import (
    COULD_NOT_VERIFY,
    DIGEST_DIFFERS,
    LFS_POINTER,
    MISSING,
    SIZE_DIFFERS,
    UNSAFE_PATH,
)
from modelops_git.core.digests import short
from modelops_git.core.errors import StoreConflictError, StoreError
from modelops_git.edges.stores.base import StoreMismatchError, StoreMissingError, StoreUnsafeError

if TYPE_CHECKING:
    from modelops_git.core.artifacts import ArtifactSpec

_RESTORE = "Restore the file from a copy, or register the bytes as a new version if the change was meant."


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one file; plain data, so that it can come from another process.

    Attributes:
        code: Of the finding.
        message: One sentence.
        hint: What to do.
    """

    code: str
    message: str
    hint: str = ""


def could_not(what: str, error: StoreError) -> Flaw:
    """The flaw of a store that gives no answer."""
    return Flaw(COULD_NOT_VERIFY.code, f"{what}: {error.message}", error.hint)


class FlawedError(StoreError):
    """A file is known to be wrong before all of it was read.

    Attributes:
        flaw: What is wrong.
    """

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message, hint=flaw.hint)
        self.flaw = flaw


def failure(spec: ArtifactSpec, error: StoreError) -> Flaw:
    """The flaw that `error` tells of."""
    name = printable(spec.path)
    if isinstance(error, FlawedError):
        return error.flaw
    if isinstance(error, StoreMismatchError):
        return _mismatch(spec, error)
    if isinstance(error, StoreMissingError):
        return Flaw(MISSING.code, f"{name} is missing: {error.message}", _RESTORE)
    if isinstance(error, StoreConflictError):
        return Flaw(DIGEST_DIFFERS.code, f"{name}: {error.message}", error.hint)
    if isinstance(error, StoreUnsafeError):
        return Flaw(UNSAFE_PATH.code, f"{name} is not read: {error.message}", error.hint)
    return could_not(f"{name} could not be verified", error)


def size(spec: ArtifactSpec, found: int | None) -> Flaw | None:
    """The flaw of a file with `found` bytes, None where there is no file; None if that is its size."""
    if found is None:
        return Flaw(MISSING.code, f"{printable(spec.path)} is missing from the store", _RESTORE)
    if found != spec.size:
        message = f"{printable(spec.path)} has {found} bytes; the manifest says {spec.size}"
        return Flaw(SIZE_DIFFERS.code, message, _RESTORE)
    return None


def overwritten(spec: ArtifactSpec, version: str) -> Flaw:
    """The flaw of an object whose newest version is not the pinned one: a model server reads the newest."""
    now = f"is now version {printable(version)}" if version else "has no versions"
    pinned = printable(spec.version)
    message = f"{printable(spec.path)} was overwritten: the object {now}; the manifest pins {pinned}"
    return Flaw(
        DIGEST_DIFFERS.code,
        message,
        "Find out who wrote it, and delete that version; the pinned one is below it.",
    )


def stored(spec: ArtifactSpec, sha256: str) -> Flaw:
    """The flaw of an object of which the store itself says another digest."""
    message = (
        f"{printable(spec.path)} has SHA-256 {short(sha256)}… as the store says; "
        f"the manifest says {short(spec.sha256)}…"
    )
    return Flaw(DIGEST_DIFFERS.code, message, _RESTORE)


def pointer(spec: ArtifactSpec) -> Flaw:
    """The flaw of a file that stands for another one."""
    return Flaw(
        LFS_POINTER.code,
        f"{printable(spec.path)} is a Git LFS pointer, not the file that it points to",
        "Run `git lfs pull`, and register the file itself.",
    )


def _mismatch(spec: ArtifactSpec, error: StoreMismatchError) -> Flaw:
    name, found = printable(spec.path), error.found
    if found.size > spec.size:
        message = f"{name} has more than the {spec.size} bytes that the manifest says"
        return Flaw(SIZE_DIFFERS.code, message, _RESTORE)
    if found.size < spec.size:
        message = f"{name} ends after {found.size} bytes; the manifest says {spec.size}"
        return Flaw(SIZE_DIFFERS.code, message, _RESTORE)
    return Flaw(DIGEST_DIFFERS.code, f"{name} has {error.told}", _RESTORE)
