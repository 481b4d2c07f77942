"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

The form is that of https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the
escaping is that of `@actions/core`. A command's place is not shown in the log, so the text repeats it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.findings import Severity
from modelops_git.faces.reporting.lines import clipped, printable
from modelops_git.faces.reporting.lines import render as plain
from modelops_git.faces.reporting.text import (
    LONGEST,
    Tally,
    counted,
    named,
    place_text,
    reasons,
    summary_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelops_git.core.findings import Finding
    from modelops_git.faces.reporting.reports import Report

SHOWN = 10
"""As many errors, and as many warnings, of one step does GitHub show; the rest is only in the log."""
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = {**_DATA, **str.maketrans({":": "%3A", ",": "%2C"})}
_TITLE = {"title": "modelops validate"}


def render(report: Report) -> str:
    """The errors, then the warnings, then what could not be checked; at the end how many there are."""
    found = sorted(report.result.findings, key=lambda finding: finding.severity is not Severity.ERROR)
    lines = [_finding(report, finding) for finding in found]
    lines += _not_checked(report)
    hidden = _hidden(report)
    lines += [command("notice", _TITLE, hidden)] if hidden else []
    tally = Tally(len(report.result.files), len(report.result.skipped))
    return "".join(f"{line}\n" for line in [*lines, plain(summary_line(found, tally), colour=False)])


def command(name: str, properties: Mapping[str, str | int], *lines: str) -> str:
    """One workflow command; empty properties are left out, what does not print is escaped."""
    said = ",".join(f"{key}={str(value).translate(_PROPERTY)}" for key, value in properties.items() if value)
    text = "\n".join(printable(clipped(line, LONGEST)) for line in lines if line)
    return f"::{name}{' ' if said else ''}{said}::{text.translate(_DATA)}"


def _finding(report: Report, finding: Finding) -> str:
    place = finding.place._replace(path=report.path(finding.place.path))
    properties: dict[str, str | int] = {
        "file": printable(place.path),
        "line": place.line,
        "col": place.column,
        "title": f"{finding.code} {finding.slug}",
    }
    hint = f"-> {finding.hint}" if finding.hint else ""
    return command(finding.severity.value, properties, f"{place_text(place)}: {finding.message}", hint)


def _not_checked(report: Report) -> Iterator[str]:
    for (path, because), codes in reasons(report.result.skipped).items():
        properties: dict[str, str | int] = {"file": printable(report.path(path)), "title": "not checked"}
        yield command("warning", properties, f"{named(codes)} of {report.path(path)}: {because}")


def _hidden(report: Report) -> str:
    """What GitHub will not show beside the lines; empty where that is nothing."""
    result = report.result
    warnings = result.warnings + len(reasons(result.skipped))
    counts = [*_beyond(result.errors, "error"), *_beyond(warnings, "warning")]
    if not counts:
        return ""
    return f"GitHub shows {SHOWN} of each; only the log of this step has the other {' and '.join(counts)}."


def _beyond(number: int, noun: str) -> list[str]:
    return [counted(number - SHOWN, noun)] if number > SHOWN else []
