"""Findings as JUnit XML, which almost every CI server shows as test results.

There is no one form. This is what the schema of Jenkins allows, which knows no attribute for a case's line:
a suite for each file and a case for each finding. One below `--fail-on` passes and says so in its output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from modelops_git.faces.reporting.lines import printable
from modelops_git.faces.reporting.text import place_text, reasons

if TYPE_CHECKING:
    from modelops_git.core.findings import Finding
    from modelops_git.faces.reporting.reports import Report

Reason = tuple[str, list[str]]
"""Why checks could not be made, and their codes."""

PASSED = "no findings"
NOT_CHECKED = "not checked"


def render(report: Report) -> str:
    """The document, in ASCII; a file without findings is one case that passes."""
    root = Element("testsuites", name="modelops validate")
    found: dict[str, list[Finding]] = {}
    for finding in report.result.findings:
        found.setdefault(report.path(finding.place.path), []).append(finding)
    unchecked: dict[str, list[Reason]] = {}
    for (path, because), codes in reasons(report.result.skipped).items():
        unchecked.setdefault(report.path(path), []).append((because, codes))
    for path in sorted({*found, *unchecked, *map(report.path, report.result.files)}):
        suite = SubElement(root, "testsuite", name=printable(path))
        _fill(suite, report, found.get(path, []), unchecked.get(path, []))
    # The schema of Jenkins knows no number of skipped cases of the whole.
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    indent(root)
    document: bytes = tostring(root, encoding="us-ascii")
    return document.decode("ascii") + "\n"


def _fill(suite: Element, report: Report, findings: list[Finding], unchecked: list[Reason]) -> None:
    for finding in findings:
        _add_finding(suite, report, finding)
    for because, codes in unchecked:
        case = _case(suite, f"{NOT_CHECKED}: {', '.join(codes)}")
        SubElement(case, "skipped", message=printable(because))
    if not findings and not unchecked:
        _case(suite, PASSED)
    failed = sum(report.fails(finding.severity) for finding in findings)
    counts = {"tests": len(suite), "failures": failed, "errors": 0, "skipped": len(unchecked)}
    for name, count in counts.items():
        suite.set(name, str(count))


def _case(suite: Element, name: str) -> Element:
    return SubElement(suite, "testcase", name=name, classname=suite.get("name", ""), time="0")


def _add_finding(suite: Element, report: Report, finding: Finding) -> None:
    place = finding.place._replace(path=report.path(finding.place.path))
    where = ":".join(str(number) for number in (place.line, place.column) if number)
    case = _case(suite, f"{finding.code} {finding.slug} {where}".rstrip())
    text = _lines(f"{place_text(place)}: {finding.message}", finding.hint, finding.url)
    if report.fails(finding.severity):
        failure = SubElement(case, "failure", type=finding.code, message=printable(finding.message))
        failure.text = text
    else:
        SubElement(case, "system-out").text = f"{finding.severity.value}: {text}"


def _lines(*lines: str) -> str:
    """Lines of what XML can hold: of control characters and lone surrogates the escapes."""
    return "\n".join(map(printable, filter(None, lines)))
