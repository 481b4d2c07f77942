"""Suppression: `# modelops: ignore[MOG204] reason`, in the line of the finding or in the one above."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelops_git.core.findings import Finding

MARK = "modelops: ignore["
COMMENT = r"(?a)#\s*modelops: ignore\[([A-Z0-9, ]+)\]\s+(\S.*)"


def is_suppressed(finding: Finding, lines: list[str]) -> bool:
    """Whether a comment, with a reason, switches the finding off in the text that `lines` are of.

    A comment in the line above counts only if there is nothing else in that line. Which checks can be
    suppressed at all is the caller's business.
    """
    index = finding.place.line - 1
    own = lines[index] if 0 <= index < len(lines) else ""
    above = lines[index - 1] if 0 < index <= len(lines) else ""
    comments = [own, above if above.lstrip().startswith("#") else ""]
    return any(finding.code in codes_in(comment) for comment in comments)


def codes_in(line: str) -> frozenset[str]:
    """The codes that a line's comment suppresses; none where it gives no reason."""
    found = re.search(COMMENT, line) if MARK in line else None
    return frozenset(code.strip() for code in found[1].split(",")) if found else frozenset()
