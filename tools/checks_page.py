"""docs/reference/checks.md, from the checks' own pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blocks import joined, notice, table
from modelops_git.core.checks import all_checks

if TYPE_CHECKING:
    from typing import Any

    from modelops_git.core.checks.base import Check

FAMILIES = {
    "1": "Documents: one file alone",
    "2": "References: across files at one commit",
    "3": "Versions: between two commits, and within a model",
    "4": "Artifacts: the stored bytes",
    "5": "Rollouts",
    "6": "People and policy",
}
SCOPES = {
    "document": "`validate`, on one file alone",
    "catalog": "`validate`, on a file and those it refers to",
    "change": "`validate`, on a file before and after",
    "plan": "`plan` and `apply`",
    "artifact": "`verify` and `apply`",
    "policy": "`authorize`",
}
INTRODUCTION = """\
Every finding carries a code. Codes are for ever: one that is retired is never used for anything else.
`modelops explain CODE` prints what stands here.

A check that can be suppressed is switched off in the manifest by a comment with a reason:
`# modelops: ignore[MOG209] the parent is in the archive`. Checks of a document's own form, of what was
merged, of stored bytes, of targets and of people cannot be suppressed. A comment that suppresses nothing is
told (MOG119)."""


def page() -> str:
    """The whole page."""
    checks = all_checks()
    overview = table(
        ["code", "slug", "severity", "what is wrong"],
        [
            [f"[{check.code}](#{check.code.lower()})", check.slug, check.severity, check.summary]
            for check in checks
        ],
    )
    blocks = [notice("src/modelops_git/core/checks/"), "# Checks", INTRODUCTION, overview]
    for digit, title in FAMILIES.items():
        members = [check for check in checks if check.code.startswith(f"MOG{digit}")]
        blocks += [f"## {title}", *map(_section, members)] if members else []
    return joined(*blocks)


def _section(check: Check[*tuple[Any, ...]]) -> str:
    facts = f"{str(check.severity).capitalize()} · made by {SCOPES[check.scope]}"
    facts += " · can be suppressed with a reason" if check.suppressible else ""
    text = re.sub(r"\n*^(Wrong|Right):", r"\n\n**\1:**", check.page, flags=re.MULTILINE)
    return joined(f"({check.code.lower()})=\n### {check.code} {check.slug}", facts, text).rstrip()
