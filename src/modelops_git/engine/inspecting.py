"""From what a file is to whether it may be part of a version: MOG408, MOG409, MOG410.

`register` asks before it stores a file, `verify` before it trusts one that is stored. The rules are those of
`formats` in modelops.yaml, on a day: an exception ends.
"""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from modelops_git.core.artifacts import printable
from modelops_git.core.checks.formats import FORMAT_MISMATCH, UNSAFE_FORMAT, UNSCANNABLE
from modelops_git.core.formats.inspect import inspect
from modelops_git.core.formats.inspection import CLAIMS, KNOWN, UNKNOWN, Inspection
from modelops_git.engine.flaws import Flaw

if TYPE_CHECKING:
    from modelops_git.core.artifacts import VersionDocument
    from modelops_git.core.manifests.registry import Registry

_REFINED = frozenset({"json", "zip", "tar", "gzip", UNKNOWN})
"""Formats that hold others: a manifest may say which, as long as it is none that would be told by content."""
_GENERAL = {
    "joblib": "pickle",
    "torch": "pickle",
    "xgboost-json": "json",
    "npz": "zip",
    "keras-lambda": "keras",
}
_EXPORT = "Export the model again."


class Row(Protocol):
    """What a manifest says about a file."""

    @property
    def path(self) -> str:
        """Relative to the version's folder."""

    @property
    def role(self) -> str:
        """What it is for."""

    @property
    def format(self) -> str | None:
        """What it is said to be."""


class Named(NamedTuple):
    """A row that is no manifest's yet."""

    path: str
    role: str
    format: str | None = None


class Rules(NamedTuple):
    """What decides on the formats of one model's files on one day.

    Attributes:
        allowed: The formats that a model may have.
        excepted: Those of them that it may have by an exception only.
        ended: Exceptions that have ended: the format, and its last day.
    """

    allowed: frozenset[str]
    excepted: frozenset[str] = frozenset()
    ended: tuple[tuple[str, str], ...] = ()


def rules_for(registry: Registry, model: str, day: str) -> Rules:
    """The rules of `registry` for `model` on a day such as `2026-06-02`."""
    mine = [
        (name, one.until)
        for one in registry.formats.exceptions
        if any(fnmatch.fnmatchcase(model, pattern) for pattern in one.models)
        for name in one.formats
    ]
    always = frozenset(registry.formats.allowed)
    open_ = frozenset(name for name, until in mine if day <= until)
    ended = tuple((name, until) for name, until in mine if until < day and name not in open_)
    return Rules(always | open_, open_ - always, ended)


class Inspect(NamedTuple):
    """Looks at files of one version. A value: it can be sent to another process.

    Attributes:
        rules: What is allowed.
    """

    rules: Rules

    def __call__(self, row: Row, stream: BinaryIO, size: int) -> Flaw | None:
        """Why a file is refused; None where it may be what it is.

        Args:
            row: What is said of the file.
            stream: Its bytes; seekable. Where it stands afterwards is not said.
            size: How many there are.

        Raises:
            StoreError: As reading `stream` does.
        """
        if not size:
            return None
        found = inspect(row.path, stream, size)
        return flaw_of(row, found, self.rules) or second_opinion(row, found, stream, size)


class Inspector(Protocol):
    """How it is known what looks at the files of a version."""

    def __call__(self, document: VersionDocument, /) -> Inspect | None:
        """What looks at them; None where nothing does."""


def uninspected(_document: VersionDocument, /) -> None:
    """Nothing looks at any file."""


class ByRegistry(NamedTuple):
    """Looks at files by the rules of a registry on a day.

    Attributes:
        registry: `modelops.yaml`.
        day: Such as `2026-06-02`.
    """

    registry: Registry
    day: str

    def __call__(self, document: VersionDocument, /) -> Inspect:
        """What looks at the files of a version."""
        return Inspect(rules_for(self.registry, document.manifest.model, self.day))


def flaw_of(row: Row, found: Inspection, rules: Rules) -> Flaw | None:
    """Why a file of which `found` was found is refused; None where it is not."""
    is_model = row.role == "model"
    if found.runs_code and not is_allowed(row, found, rules):
        return _unsafe(row, found, rules)
    if found.unscannable:
        return _unscannable(row, found)
    if why := _mismatch(row, found):
        return Flaw(FORMAT_MISMATCH.code, f"{printable(row.path)} {why}", _EXPORT)
    return _unsafe(row, found, rules) if is_model and not is_allowed(row, found, rules) else None


def is_allowed(row: Row, found: Inspection, rules: Rules) -> bool:
    """Whether a model may have this format. What content cannot tell may be told by the manifest."""
    stated = row.format or UNKNOWN
    is_told = stated not in KNOWN and found.format in _REFINED
    return found.format in rules.allowed or (is_told and stated in rules.allowed)


def second_opinion(row: Row, found: Inspection, stream: BinaryIO, size: int) -> Flaw | None:
    """What a scanner has against a pickle that is allowed; None for nothing, or where none is installed.

    Only pickles are scanned: scanners fail on all else.
    """
    from modelops_git.core.formats.reading import FileView
    from modelops_git.edges import scanners

    scanner = scanners.installed() if found.format in scanners.NAMES else None
    if scanner is None:
        return None
    heard = scanners.opinion(scanner, found.format, FileView(stream, size))
    name = printable(row.path)
    if heard.outcome is scanners.Outcome.FOUND:
        message = f"{name} is dangerous, says {scanner.name}: {printable(heard.said)}"
        return Flaw(UNSAFE_FORMAT.code, message, "Do not load it. Find out where it comes from.")
    if heard.outcome is scanners.Outcome.NOT_SCANNED:
        message = f"{name} could not be scanned by {scanner.name}: {printable(heard.said)}"
        return Flaw(UNSCANNABLE.code, message, f"Save the model again, or run {scanner.name} on it by hand.")
    return None


def _unsafe(row: Row, found: Inspection, rules: Rules) -> Flaw:
    name = printable(row.path)
    what = (
        "of no format that is known"
        if found.format == UNKNOWN
        else f"of the format {found.format} by its content"
    )
    inside = f" ({printable(found.inside)})" if found.inside else ""
    ended = next(
        (f"; the exception for {kind} ended on {day}" for kind, day in rules.ended if kind == found.format),
        "",
    )
    also = (
        "" if found.runs_code or row.role != "model" else f" If it is no model, say so: --role {name}=other."
    )
    return Flaw(
        UNSAFE_FORMAT.code,
        f"{name} is {what}{inside}, which modelops.yaml does not allow{ended}.",
        f"Export the model to one of {', '.join(sorted(rules.allowed))}; or ask for an exception in "
        f"`formats` of modelops.yaml, with a reason and a last day.{also}",
    )


def _unscannable(row: Row, found: Inspection) -> Flaw:
    inside = f" ({printable(found.inside)})" if found.inside else ""
    return Flaw(
        UNSCANNABLE.code,
        f"{printable(row.path)} could hold anything{inside}: {printable(found.unscannable)}.",
        "Save it again, or register what is in it as plain files.",
    )


def _mismatch(row: Row, found: Inspection) -> str:
    """Why a file is not what it is said to be, as the end of a sentence; empty where it is."""
    if found.mismatch:
        return f"is no sound {_called(found.format)} file: {printable(found.mismatch)}."
    claimed = CLAIMS.get(row.path.rpartition(".")[2].lower(), frozenset({found.format}))
    if found.format not in claimed:
        return f"is not {_a(min(claimed))}: its content is {_content(found)}."
    stated = row.format or found.format
    if stated in {found.format, _GENERAL.get(found.format)} or (
        stated not in KNOWN and found.format in _REFINED
    ):
        return ""
    return f"is not {_a(stated)}, as is said of it: its content is {_content(found)}."


def _called(kind: str) -> str:
    return {"onnx": "ONNX", "h5": "HDF5", "gguf": "GGUF"}.get(kind, kind)


def _a(kind: str) -> str:
    return f"{'an' if kind in {'onnx', 'h5', 'npy', 'npz'} else 'a'} {_called(kind)} file"


def _content(found: Inspection) -> str:
    return "another" if found.format == UNKNOWN else f"{found.format}"
