"""Findings for people: the place, the line with a caret, what is wrong, what to do."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.findings import Place, Severity, sort_key
from modelops_git.faces.reporting.excerpts import excerpt, wrapped
from modelops_git.faces.reporting.lines import Span, Style, clipped
from modelops_git.faces.reporting.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelops_git.core.checks.run import Skipped
    from modelops_git.core.findings import Finding
    from modelops_git.faces.reporting.lines import Line

LONGEST = 2000
FEW = 3
MANY = 10
_STYLES = {Severity.ERROR: Style.BAD, Severity.WARNING: Style.WARN}


class Sources(Protocol):
    """Where the line that a finding points to can be read."""

    def line(self, path: str, number: int) -> str | None:
        """Line `number` (from 1) of `path`, without its line feed; None where there is none."""

    def text(self, path: str) -> str | None:
        """All of `path`, line feeds as they are; None where there is no such file."""


class NoSources:
    """For findings about files that are not at hand: no line is shown."""

    def text(self, path: str) -> str | None:  # noqa: ARG002 - the protocol's signature
        """Nothing."""
        return None

    def line(self, path: str, number: int) -> str | None:  # noqa: ARG002 - the protocol's signature
        """Nothing."""
        return None


class Tally(NamedTuple):
    """What a summary counts beside the findings themselves: files looked at, checks skipped."""

    files: int
    skipped: int = 0


def finding_lines(findings: Iterable[Finding], sources: Sources, *, room: int = 0) -> list[Line]:
    """All findings by file and line, an empty line behind each; `room` as for an `excerpt`.

    On a terminal several findings of one file have a heading, which counts them.
    """
    lines: list[Line] = []
    for path, group in groupby(sorted(findings, key=sort_key), key=lambda finding: finding.place.path):
        found = [*group]
        if room and len(found) > 1:
            lines += [(Span(place_text(Place(path)), Style.STRONG), ": ", _counts(found)), ""]
        for finding in found:
            lines += [*_one(finding, sources, room), ""]
    return lines


def _one(finding: Finding, sources: Sources, room: int) -> list[Line]:
    severity = Span(finding.severity.value, _STYLES[finding.severity])
    head: Line = (
        Span(place_text(finding.place), Style.STRONG),
        ": ",
        severity,
        f" {finding.code} {finding.slug}",
    )
    lines: list[Line] = [
        head,
        *_excerpt(finding.place, sources, room),
        *wrapped("  ", clipped(finding.message, LONGEST), room),
    ]
    return [*lines, *wrapped("  -> ", clipped(finding.hint, LONGEST), room)] if finding.hint else lines


def place_text(place: Place) -> str:
    """`path:line:column`, as editors and terminals take it for a link."""
    path = place.path or "(registry)"
    numbers = [str(number) for number in (place.line, place.column) if number]
    return ":".join([path, *numbers])


def _excerpt(place: Place, sources: Sources, room: int) -> list[Line]:
    text = sources.line(place.path, place.line) if place.line else None
    return [] if text is None else excerpt(text, (place.line, place.column), room)


def overview_lines(findings: Sequence[Finding]) -> list[Line]:
    """Which files have the most findings, and an empty line behind; none where a screen shows them all."""
    by_file: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=sort_key):
        by_file.setdefault(finding.place.path, []).append(finding)
    if len(findings) <= MANY or len(by_file) == 1:
        return []
    most = sorted(by_file.items(), key=lambda item: -len(item[1]))
    rows = [(place_text(Place(path)), _counts(found)) for path, found in most[:MANY]]
    rest = len(most) - len(rows)
    return [*table(("FILE", "FINDINGS"), rows), *([f"and {counted(rest, 'more file')}"] if rest else []), ""]


def skipped_lines(skipped: Iterable[Skipped]) -> list[Line]:
    """What could not be checked and why: one line for each reason of a file, and an empty one behind.

    Of many, most are of one cause, so the first ones are enough for a person.
    """
    known = [*reasons(skipped).items()]
    lines: list[Line] = [
        (Span("not checked", Style.WARN), f": {named(codes)} of {path}, since {clipped(because, LONGEST)}")
        for (path, because), codes in known[:MANY]
    ]
    if len(known) > MANY:
        rest = f": checks of {counted(len(known) - MANY, 'more file')}; --format json names them"
        lines.append((Span("not checked", Style.WARN), rest))
    return [*lines, ""] if lines else []


def reasons(skipped: Iterable[Skipped]) -> dict[tuple[str, str], list[str]]:
    """The codes of the checks that were not made, by file and reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in skipped:
        found.setdefault((one.path, one.because), []).append(one.code)
    return found


def named(codes: list[str]) -> str:
    """The codes of a few checks, or how many there are."""
    return ", ".join(codes) if len(codes) <= FEW else counted(len(codes), "check")


def summary_line(findings: Sequence[Finding], tally: Tally) -> Line:
    """`2 errors, 1 warning in 12 files, 3 checks skipped`."""
    skipped = f", {counted(tally.skipped, 'check')} skipped" if tally.skipped else ""
    return (_counts(findings), f" in {counted(tally.files, 'file')}{skipped}")


def _counts(findings: Sequence[Finding]) -> Span:
    """`2 errors, 1 warning`."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    counts = [counted(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    style = Style.BAD if errors else Style.WARN if warnings else Style.GOOD
    return Span(", ".join(counts) or "no findings", style)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
