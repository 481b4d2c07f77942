"""What a finding is known by from run to run, although lines move."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.findings import Finding

_LINES = re.compile(r"\b(lines?|columns?) [0-9][0-9:,. ]*")


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """A SHA-256 in hex for each finding, all different; the same findings later give the same ones.

    They hold the code, the path, the JSON pointer and the sentence without the numbers of lines in it, but
    neither line nor column. Of findings that are alike in all that the second and later ones are numbered.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    made = []
    for finding in findings:
        said = _LINES.sub(r"\1", finding.message)
        known = (finding.code, finding.place.path, finding.place.pointer, said)
        made.append(hashlib.sha256(json.dumps([*known, seen[known]]).encode("ascii")).hexdigest())
        seen[known] += 1
    return made
