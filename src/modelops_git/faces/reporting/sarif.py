"""Findings as SARIF 2.1.0, for GitHub code scanning, editors and other viewers.

The form is that of https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. Columns count
characters, which SARIF calls `unicodeCodePoints`. A log holds no time: the same findings give the same bytes.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from modelops_git import __version__
from modelops_git.core.findings import DOCS, Severity
from modelops_git.core.secrets import secrets_in
from modelops_git.faces.reporting.fingerprints import fingerprints
from modelops_git.faces.reporting.lines import printable
from modelops_git.faces.reporting.regions import region_of_edit, region_of_place
from modelops_git.faces.reporting.text import reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from modelops_git.core.findings import Edit, Finding
    from modelops_git.faces.reporting.reports import Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
NOT_CHECKED = "not-checked"
_COMMENT = re.compile(r"(?a)#\s*modelops: ignore\[(?P<codes>[A-Z0-9, ]+)\](?P<reason>.*)")
# GitHub matches alerts by `primaryLocationLineHash`, which its upload action computes and complains about
# where a tool has set another one. So ours goes by a name of its own.
FINGERPRINT = "modelopsFinding/v1"


def render(report: Report) -> str:
    """The log: one run with the rules that it speaks of, the results, and what could not be checked."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}
    return json.dumps(log, indent=2).replace("\x7f", "\\u007f") + "\n"


def _run(report: Report) -> dict[str, Any]:
    result = report.result
    found = [*result.findings, *result.suppressed]
    rules = _rules(found)
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    results = [_result(report, finding, places) for finding in found]
    for made, mark in zip(results, fingerprints(found), strict=True):
        made["partialFingerprints"] = {FINGERPRINT: mark}
    for made, finding in zip(results[len(result.findings) :], result.suppressed, strict=True):
        made["suppressions"] = [_suppression(report, finding)]
    return {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the git repository."}}},
        "invocations": [_invocation(report)],
        "results": results,
    }


def _driver(rules: list[dict[str, Any]]) -> dict[str, Any]:
    unchecked = {"id": NOT_CHECKED, "shortDescription": {"text": "A check could not be made."}}
    return {
        "name": "modelops",
        "version": __version__,
        "informationUri": DOCS,
        "rules": rules,
        "notifications": [unchecked],
    }


def _rules(found: Iterable[Finding]) -> list[dict[str, Any]]:
    """The checks that `found` speaks of, each with its page; only those, so that a log stays small."""
    from modelops_git.core.checks import all_checks

    known = {check.code: check for check in all_checks()}
    rules = []
    for code, finding in sorted({finding.code: finding for finding in found}.items()):
        rule: dict[str, Any] = {"id": code, "name": _pascal(finding.slug), "helpUri": finding.url}
        check = known.get(code)
        if check is not None:
            rule["shortDescription"] = {"text": check.summary}
            rule["help"] = {"text": check.page, "markdown": check.page}
            rule["defaultConfiguration"] = {"level": _level(check.severity)}
        rules.append(rule)
    return rules


def _pascal(slug: str) -> str:
    return "".join(word.capitalize() for word in slug.split("-"))


def _level(severity: Severity) -> str:
    return {Severity.ERROR: "error", Severity.WARNING: "warning"}[severity]


def _result(report: Report, finding: Finding, rules: Mapping[str, int]) -> dict[str, Any]:
    place = finding.place
    text = " ".join(filter(None, [printable(finding.message), printable(finding.hint)]))
    physical = {"artifactLocation": _artifact(report, place.path), **region_of_place(place)}
    location: dict[str, Any] = {"physicalLocation": physical}
    if place.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": printable(place.pointer), "kind": "value"}]
    made = {
        "ruleId": finding.code,
        "ruleIndex": rules[finding.code],
        "level": _level(finding.severity),
        "message": {"text": text},
        "locations": [location],
    }
    fix = _fix(report, finding)
    return {**made, "fixes": [fix]} if fix else made


def _artifact(report: Report, path: str) -> dict[str, str]:
    """Where a file is: a relative URI, percent-encoded, from the top of the repository."""
    return {"uri": quote(report.path(path).encode("utf-8", "surrogateescape")), "uriBaseId": ROOT}


def _fix(report: Report, finding: Finding) -> dict[str, Any] | None:
    """All edits of a finding as one fix.

    None where there are none, where a text is not at hand, or where what a fix writes would show a secret.
    """
    by_path: dict[str, list[Edit]] = {}
    for edit in finding.edits:
        by_path.setdefault(edit.path, []).append(edit)
    changes = []
    for path, edits in by_path.items():
        text = report.sources.text(path)
        if text is None or any(_touches_secret(text, edit) for edit in edits):
            return None
        replacements = [_replacement(text, edit) for edit in sorted(edits, key=lambda one: one.start)]
        changes.append({"artifactLocation": _artifact(report, path), "replacements": replacements})
    description = {"text": printable(finding.hint or finding.message)}
    return {"description": description, "artifactChanges": changes} if changes else None


def _touches_secret(text: str, edit: Edit) -> bool:
    after = text[: edit.start] + edit.text + text[edit.end :]
    end = edit.start + len(edit.text)
    return any(secret.start < end and edit.start < secret.end for secret in secrets_in(after))


def _replacement(text: str, edit: Edit) -> dict[str, Any]:
    return {"deletedRegion": region_of_edit(text, edit), "insertedContent": {"text": edit.text}}


def _suppression(report: Report, finding: Finding) -> dict[str, str]:
    """What switched a finding off: a comment in its line or in the one above, with a reason."""
    place = finding.place
    lines = [report.sources.line(place.path, place.line - back) or "" for back in (0, 1)]
    comments = [
        found for line in lines if (found := _COMMENT.search(line)) and finding.code in found["codes"]
    ]
    said = {"kind": "inSource", "status": "accepted"}
    return {**said, "justification": printable(comments[0]["reason"].strip())} if comments else said


def _invocation(report: Report) -> dict[str, Any]:
    """Whether everything was decided, and what was not: that is never a pass."""
    result = report.result
    undecided = bool(result.skipped) and not result.errors
    return {
        "executionSuccessful": not undecided,
        "toolExecutionNotifications": list(_notifications(report)),
    }


def _notifications(report: Report) -> Iterator[dict[str, Any]]:
    for (path, because), codes in reasons(report.result.skipped).items():
        text = f"{', '.join(codes)} of {path}: not checked, since {because}"
        yield {
            "descriptor": {"id": NOT_CHECKED, "index": 0},
            "level": "error",  # by SARIF's words: what made the results incomplete
            "message": {"text": printable(text)},
            "locations": [{"physicalLocation": {"artifactLocation": _artifact(report, path)}}],
        }
