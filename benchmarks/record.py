"""The page of the documentation that results are recorded on: newest first, one section a day."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
MARK = "<!-- Results below this line are written by `make bench`, the newest first. -->\n"
_SECTION = re.compile(r"^## (?=\d{4}-\d{2}-\d{2}$)", re.MULTILINE)


def add(text: str, day: str, page: Path = PAGE) -> None:
    """Write `text` as the section of `day` (such as 2026-06-02); one of the same day is replaced.

    Raises:
        ValueError: The page has lost the line below which results stand.
    """
    before, mark, results = page.read_text(encoding="utf-8").partition(MARK)
    if not mark:
        raise ValueError(f"{page.name} has no line {MARK.strip()!r}")
    older = [part for part in _SECTION.split(results) if part.strip() and not part.startswith(day)]
    sections = "".join(f"## {part.strip()}\n\n" for part in [f"{day}\n\n{text}", *older])
    page.write_text(f"{before}{MARK}\n{sections.strip()}\n", encoding="utf-8", newline="\n")
