"""Findings for people: the place, the line with a caret, what is wrong, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.findings import Severity, sort_key
from modelops_git.faces.reporting.lines import Span, Style, clipped, printable, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelops_git.core.checks.run import Skipped
    from modelops_git.core.findings import Finding, Place
    from modelops_git.faces.reporting.lines import Line

WINDOW = 100
LONGEST = 2000
FEW = 3
_BEFORE = 60
_STYLES = {Severity.ERROR: Style.BAD, Severity.WARNING: Style.WARN}


class Sources(Protocol):
    """Where the line that a finding points to can be read."""

    def line(self, path: str, number: int) -> str | None:
        """Line `number` (from 1) of `path`, without its line feed; None where there is none."""


class NoSources:
    """For findings about files that are not at hand: no line is shown."""

    def line(self, path: str, number: int) -> str | None:  # noqa: ARG002 - the protocol's signature
        """Nothing."""
        return None


class Tally(NamedTuple):
    """What a summary counts beside the findings themselves: files looked at, checks skipped."""

    files: int
    skipped: int = 0


def finding_lines(findings: Iterable[Finding], sources: Sources) -> list[Line]:
    """All findings by file and line, an empty line behind each."""
    lines: list[Line] = []
    for finding in sorted(findings, key=sort_key):
        lines += [*_one(finding, sources), ""]
    return lines


def _one(finding: Finding, sources: Sources) -> list[Line]:
    severity = Span(finding.severity.value, _STYLES[finding.severity])
    head: Line = (
        Span(place_text(finding.place), Style.STRONG),
        ": ",
        severity,
        f" {finding.code} {finding.slug}",
    )
    lines: list[Line] = [head, *_excerpt(finding.place, sources), f"  {clipped(finding.message, LONGEST)}"]
    return [*lines, f"  -> {clipped(finding.hint, LONGEST)}"] if finding.hint else lines


def place_text(place: Place) -> str:
    """`path:line:column`, as editors and terminals take it for a link."""
    path = place.path or "(registry)"
    numbers = [str(number) for number in (place.line, place.column) if number]
    return ":".join([path, *numbers])


def _excerpt(place: Place, sources: Sources) -> list[Line]:
    text = sources.line(place.path, place.line) if place.line else None
    if text is None:
        return []
    number = str(place.line)
    start = max(0, place.column - 1 - _BEFORE)
    shown = printable(text[start : start + WINDOW])
    caret = width(text[start : max(place.column - 1, start)])
    margin = " " * len(number)
    quoted: Line = (Span(f"  {number} | ", Style.FAINT), shown)
    pointed: Line = (Span(f"  {margin} | ", Style.FAINT), " " * caret, Span("^", Style.BAD))
    return [quoted, pointed] if place.column else [quoted]


def skipped_lines(skipped: Iterable[Skipped]) -> list[Line]:
    """What could not be checked and why: one line for each reason of a file, and an empty one behind."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in skipped:
        reasons.setdefault((one.path, one.because), []).append(one.code)
    lines: list[Line] = [
        (Span("not checked", Style.WARN), f": {_named(codes)} of {path}, since {clipped(because, LONGEST)}")
        for (path, because), codes in reasons.items()
    ]
    return [*lines, ""] if lines else []


def _named(codes: list[str]) -> str:
    return ", ".join(codes) if len(codes) <= FEW else counted(len(codes), "check")


def summary_line(findings: Sequence[Finding], tally: Tally) -> Line:
    """`2 errors, 1 warning in 12 files, 3 checks skipped`."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    counts = [counted(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    found = ", ".join(counts) or "no findings"
    skipped = f", {counted(tally.skipped, 'check')} skipped" if tally.skipped else ""
    style = Style.BAD if errors else Style.WARN if warnings else Style.GOOD
    return (Span(found, style), f" in {counted(tally.files, 'file')}{skipped}")


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
