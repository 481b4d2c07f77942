"""Artifacts as values: which paths are safe, and where in a store the bytes of a version lie."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from modelops_git.core import digests

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelops_git.core.findings import Place

MAX_PATH = 1024
LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"
MAX_LFS_POINTER = 1024
_DRIVE = re.compile(r"[A-Za-z]:", re.ASCII)
_PLAIN = re.compile(r"(?a)\w[\w.-]*(?:/\w[\w.-]*)*")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class ArtifactSpec(NamedTuple):
    """What a manifest says about one file.

    Attributes:
        path: Relative to the version's folder, with `/`.
        sha256: 64 hex digits.
        size: In bytes.
        blake3: 64 hex digits; empty where the manifest does not say them.
        version: The version of the object in its store; empty where none is pinned.
        role: What it is for.
        format: What it is said to be; None where nothing is said.
    """

    path: str
    sha256: str
    size: int
    blake3: str = ""
    version: str = ""
    role: str = "model"
    format: str | None = None


class ArtifactRow(Protocol):
    """One entry of a ModelVersion's `artifacts`."""

    @property
    def path(self) -> str:
        """Relative to the version's folder."""

    @property
    def sha256(self) -> str:
        """64 hex digits."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def role(self) -> str:
        """What it is for."""

    @property
    def format(self) -> str | None:
        """What it is, if that is said."""

    @property
    def blake3(self) -> str | None:
        """64 hex digits, if they are known."""

    @property
    def uri(self) -> str | None:
        """Where it is, if not in the version's store."""

    @property
    def version_id(self) -> str | None:
        """The version of the object, where the store keeps versions."""


class VersionManifest(Protocol):
    """What is needed of a ModelVersion to find its bytes."""

    @property
    def model(self) -> str:
        """The model's name."""

    @property
    def version(self) -> str:
        """A semantic version."""

    @property
    def artifacts(self) -> Sequence[ArtifactRow]:
        """Every file of the version."""


class VersionDocument(Protocol):
    """A ModelVersion as it was read from a file."""

    @property
    def path(self) -> str:
        """The manifest's file."""

    @property
    def manifest(self) -> VersionManifest:
        """What it says."""

    @property
    def written(self) -> Mapping[str, Any]:
        """The same as written, without defaults."""

    def place(self, pointer: str) -> Place:
        """The line and column of a value."""


def is_plain(path: str) -> bool:
    """Whether `path` is safe at first sight, since all its characters and segments are of the usual ones."""
    return len(path) <= MAX_PATH and _PLAIN.fullmatch(path) is not None


@lru_cache(4096)
def unsafe_path(path: str) -> str:
    """Why `path` may not name an artifact, as the end of a sentence; empty where it may."""
    if is_plain(path):
        return ""
    if not path:
        return "is empty"
    if reason := unsafe_characters(path):
        return reason
    if len(path.encode()) > MAX_PATH:
        return f"is longer than {MAX_PATH} bytes"
    return unsafe_segments(path)


def unsafe_characters(path: str) -> str:
    """Why a character of `path` is refused; empty where none is."""
    if not path.isprintable() and not all(_shows(char) for char in path):
        return "holds a control character"
    if "\\" in path:
        return "holds a backslash; folders are separated by /"
    if not path.isascii() and not unicodedata.is_normalized("NFC", path):
        return "is not in Unicode normalization form C"
    return ""


def unsafe_segments(path: str) -> str:
    """Why the folders that `path` walks through are refused; empty where they are not."""
    if path.startswith("/") or _DRIVE.match(path):
        return "is absolute"
    segments = path.split("/")
    if ".." in segments:
        return "leaves its folder through `..`"
    if "" in segments or "." in segments:
        return "has an empty segment or the segment `.`"
    return ""


def clashes(paths: Iterable[str]) -> dict[int, str]:
    """Which of `paths` cannot lie beside the ones before: index -> the end of a sentence that says why."""
    files: set[str] = set()
    folders: set[str] = set()
    found: dict[int, str] = {}
    folder = None  # that of the path before, above which there is no file, nor has one come since
    for index, path in enumerate(paths):
        same = path.rpartition("/")[0] == folder and len(path) <= MAX_PATH
        above = () if same else _folders_above(path)
        if path in files:
            found[index] = "is listed twice"
        elif path in folders or not files.isdisjoint(above):
            found[index] = "is a file here and a folder in another path"
        files.add(path)
        folders.update(above)
        folder = None if index in found or len(path) > MAX_PATH else path.rpartition("/")[0]
    return found


def _folders_above(path: str) -> list[str]:
    """The folders of `path`; cut at the length that a safe path may have, so that the work is bounded."""
    return [path[:at] for at in range(1, min(len(path), MAX_PATH)) if path[at] == "/"]


def key_within(store: str, uri: str) -> str:
    """The key that `uri` has in the store at `store`; empty where the store does not cover it.

    With escapes or empty segments it might climb out, so that then nothing covers it.
    """
    rest = uri.removeprefix(store.rstrip("/") + "/")
    outside = rest == uri or "%" in rest or not {"", ".", ".."}.isdisjoint(rest.split("/"))
    return "" if outside else rest


def artifact_prefix(model: str, version: str, artifacts_digest: str) -> str:
    """The start of all keys of a version: a folder that model servers read as it is."""
    return f"{model}/{version}-{digests.short(artifacts_digest)}/"


def artifacts_digest(written: Mapping[str, Any]) -> str:
    """The artifacts digest (`sha256:<hex>`) of a ModelVersion, given as it is written.

    Raises:
        KeyError: It has no artifacts, or one lacks path, sha256 or size: it is no valid manifest.
    """
    return digests.of_artifacts((row["path"], row["sha256"], row["size"]) for row in written["artifacts"])


def printable(name: str) -> str:
    """A file name, of which nothing is known, such that a terminal or a report can show it."""
    if name.isascii() and name.isprintable():
        return name
    return "".join(char if _shows(char) else ascii(char)[1:-1] for char in name)


def _shows(char: str) -> bool:
    return unicodedata.category(char) not in _UNSEEN_CATEGORIES and char not in _BIDI
