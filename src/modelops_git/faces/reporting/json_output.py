"""Results as JSON, for programs.

Every document begins with `format_version`; within one version fields are added, never changed or taken
away. All that is no ASCII is escaped, so that a document is also safe to look at.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelops_git.core.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelops_git.core.errors import ModelopsError
    from modelops_git.core.findings import Finding

FORMAT_VERSION = 1


def dumps(document: Mapping[str, Any]) -> str:
    """`document` with `format_version` in front, indented, with a line feed at the end."""
    text = json.dumps({"format_version": FORMAT_VERSION, **document}, indent=2, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """One finding; `line` and `column` count from 1, and 0 means that they say nothing here."""
    place = finding.place
    return {
        "code": finding.code,
        "slug": finding.slug,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
        "hint": finding.hint,
        "fixable": finding.fixable,
        "url": finding.url,
    }


def findings_to_json(findings: Sequence[Finding], *, files: int, skipped: int) -> dict[str, Any]:
    """Findings with their summary: how many files were looked at, how many checks were skipped."""
    return {
        "summary": {
            "files": files,
            "errors": sum(finding.severity is Severity.ERROR for finding in findings),
            "warnings": sum(finding.severity is Severity.WARNING for finding in findings),
            "skipped": skipped,
        },
        "findings": [finding_to_json(finding) for finding in findings],
    }


def error_to_json(error: ModelopsError, code: int) -> dict[str, Any]:
    """An error: its kind (`StoreError` is `store`), the sentence, what to do, the exit code, findings."""
    kind = type(error).__name__.removesuffix("Error")
    findings: Sequence[Finding] = getattr(error, "findings", ())
    return {
        "error": {
            "kind": "".join(f"-{char.lower()}" if char.isupper() else char for char in kind).lstrip("-"),
            "message": error.message,
            "hint": error.hint,
            "exit_code": code,
            "findings": [finding_to_json(finding) for finding in findings],
        }
    }
