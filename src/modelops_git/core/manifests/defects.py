"""The findings about a manifest's text: collected up to a limit, each with its line and column."""

from __future__ import annotations

from dataclasses import dataclass, field

from modelops_git.core.findings import Finding, Place, Severity

LIMIT = 20  # of findings in one file; who has more has one mistake, made often
_SLUGS = {
    "MOG101": "not-utf8",
    "MOG102": "yaml-syntax",
    "MOG103": "duplicate-key",
    "MOG104": "alias-or-anchor",
    "MOG105": "merge-key",
    "MOG106": "tag",
    "MOG107": "multiple-documents",
    "MOG108": "too-large-or-deep",
    "MOG110": "control-character",
}
_HARMLESS_TO_TREE = {"MOG103", "MOG110"}
_LONGEST = 40


@dataclass(slots=True)
class Defects:
    """What is wrong with one text, so far.

    Attributes:
        path: The file.
        text: Its text.
        findings: In the order in which they were met; never more than `LIMIT`.
        fatal: Whether no tree can stand for the text.
    """

    path: str
    text: str
    findings: list[Finding] = field(default_factory=list)
    fatal: bool = False

    @property
    def is_full(self) -> bool:
        """Whether no more are kept; of a harmless one nothing need then be said."""
        return len(self.findings) >= LIMIT

    def add(self, code: str, offset: int, message: str, hint: str) -> None:
        """Notes a defect at an offset in characters."""
        self.fatal = self.fatal or code not in _HARMLESS_TO_TREE
        if not self.is_full:
            place = Place(self.path, *self._line_and_column(offset))
            self.findings.append(Finding(code, _SLUGS[code], Severity.ERROR, message, place, hint))

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        begin = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, offset - begin + 1


def shown(text: str) -> str:
    """A piece of the text for a message: on one line, nothing hidden, not too long."""
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
