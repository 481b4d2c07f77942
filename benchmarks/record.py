"""The page of the documentation that results are recorded on: newest first, one section a day."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
MARK = "<!-- Results below this line are written by `make bench`, the newest first. -->\n"
_SECTION = re.compile(r"^## (?=\d{4}-\d{2}-\d{2}$)", re.MULTILINE)
_BENCHMARK = re.compile(r"^(?=### )", re.MULTILINE)
_EARLIER = "*What follows was measured earlier that day.*"


def add(text: str, day: str, page: Path = PAGE) -> None:
    """Write `text` as the section of `day` (such as 2026-06-02).

    Of one of the same day there stays what was not measured again.

    Raises:
        ValueError: The page has lost the line below which results stand.
    """
    before, mark, results = page.read_text(encoding="utf-8").partition(MARK)
    if not mark:
        raise ValueError(f"{page.name} has no line {MARK.strip()!r}")
    parts = [part.strip() for part in _SECTION.split(results) if part.strip()]
    of_day = [part for part in parts if part.startswith(day)]
    older = [part for part in parts if not part.startswith(day)]
    whole = "\n\n".join([day, text.strip(), *_kept(text, "".join(of_day))])
    sections = "".join(f"## {part}\n\n" for part in [whole, *older])
    page.write_text(f"{before}{MARK}\n{sections.strip()}\n", encoding="utf-8", newline="\n")


def _kept(text: str, before: str) -> list[str]:
    """The benchmarks of an earlier record that are not in `text`, below a line that says so."""
    again = {_title(one) for one in _BENCHMARK.split(text)}
    known = [one.replace(_EARLIER, "").strip() for one in _BENCHMARK.split(before)[1:]]
    kept = [one for one in known if _title(one) not in again]
    return [_EARLIER, *kept] if kept else []


def _title(benchmark: str) -> str:
    return benchmark.partition("\n")[0]
