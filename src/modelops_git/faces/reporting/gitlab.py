"""Findings as a Code Quality report of GitLab, which shows them in merge requests.

The form is that of https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelops_git.core.findings import Severity
from modelops_git.faces.reporting.fingerprints import fingerprints
from modelops_git.faces.reporting.text import named, reasons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.findings import Finding
    from modelops_git.faces.reporting.reports import Report

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor"}
NOT_CHECKED = "info"


def render(report: Report) -> str:
    """A JSON list: the findings, and what could not be checked with the severity `info`."""
    found = report.result.findings
    issues = [_issue(report, finding, mark) for finding, mark in zip(found, fingerprints(found), strict=True)]
    return json.dumps([*issues, *_not_checked(report)], indent=2).replace("\x7f", "\\u007f") + "\n"


def _issue(report: Report, finding: Finding, fingerprint: str) -> dict[str, Any]:
    return {
        "description": " ".join(filter(None, [f"{finding.slug}: {finding.message}", finding.hint])),
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": _location(report.path(finding.place.path), finding.place.line),
    }


def _location(path: str, line: int) -> dict[str, Any]:
    """GitLab wants a line of everything: what is about a whole file is about its first one."""
    return {"path": path, "lines": {"begin": max(line, 1)}}


def _not_checked(report: Report) -> Iterator[dict[str, Any]]:
    from hashlib import sha256

    for (path, because), codes in reasons(report.result.skipped).items():
        known = json.dumps(["not-checked", path, because])
        yield {
            "description": f"not checked: {named(codes)}, since {because}",
            "check_name": "not-checked",
            "fingerprint": sha256(known.encode("ascii")).hexdigest(),
            "severity": NOT_CHECKED,
            "location": _location(report.path(path), 0),
        }
