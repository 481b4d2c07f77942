"""A finding: one mistake of a user, with its place and what to do. Data, never an exception."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

DOCS = "https://modelops-git.readthedocs.io/en/latest/reference/checks.html"


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"


class Edit(NamedTuple):
    """One replacement of text that mends a finding.

    Attributes:
        path: The file, relative to the registry's root.
        start: Offset of the first character to replace.
        end: Offset behind the last one; equal to `start` for an insertion.
        text: What to write there.
        safe: Whether it may be made without asking (it cannot change what was meant).
    """

    path: str
    start: int
    end: int
    text: str
    safe: bool = True


class Place(NamedTuple):
    """Where in the registry something is.

    Attributes:
        path: The file, relative to the registry's root; empty for the registry as a whole.
        line: From 1; 0 where a line says nothing.
        column: From 1, in characters; 0 likewise.
        pointer: RFC 6901 JSON Pointer to the value; empty for the whole document.
    """

    path: str
    line: int = 0
    column: int = 0
    pointer: str = ""


class Finding(NamedTuple):
    """One defect.

    Attributes:
        code: `MOG` and three digits; never reused for anything else.
        slug: The defect in two or three words, such as `version-changed`.
        severity: Error or warning.
        message: What is wrong, in one sentence that names the values.
        place: Where.
        hint: What to do, in one sentence.
        edits: What `--fix` would write; empty where only a person can decide.
    """

    code: str
    slug: str
    severity: Severity
    message: str
    place: Place
    hint: str = ""
    edits: tuple[Edit, ...] = ()

    @property
    def url(self) -> str:
        """The check's page in the documentation."""
        return f"{DOCS}#{self.code.lower()}"

    @property
    def fixable(self) -> bool:
        """Whether `--fix` would mend it."""
        return bool(self.edits) and all(edit.safe for edit in self.edits)


def sort_key(finding: Finding) -> tuple[str, int, int, str, str]:
    """The order in which findings are reported: by place, then by code."""
    place = finding.place
    return (place.path, place.line, place.column, finding.code, finding.message)
