"""How often the comparison of interfaces is exact, undecided or wrong, on pairs whose truth people decided.

    python tools/interface_corpus.py           # prints the table and every pair that is not exact

The pairs are in tests/interfaces/corpus, by family. The table in docs/concepts/interfaces.md is written by
`make generate`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from modelops_git.core.interfaces import Comparison, compare

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "interfaces" / "corpus"
PAGE = ROOT / "docs" / "concepts" / "interfaces.md"
HEAD = (
    "| pairs about | pairs | compatible | incompatible | exact | undecided | wrong |\n" + "|---" * 7 + "|\n"
)


class Pair(NamedTuple):
    """Two schemas and what people know about them.

    Attributes:
        family: The file that it is in.
        name: What it is about; once in the corpus.
        side: `input` or `output`.
        old: The old schema.
        new: The new one.
        truth: `compatible` or `incompatible`.
        verdict: What the comparison says today; the truth, or `undecided`.
    """

    family: str
    name: str
    side: str
    old: Any
    new: Any
    truth: str
    verdict: str

    @property
    def held(self) -> tuple[Any, Any]:
        """The schema of the values that may come, and the one that must take them."""
        return (self.old, self.new) if self.side == "input" else (self.new, self.old)

    def compared(self) -> Comparison:
        """What the comparison says."""
        other = "output" if self.side == "input" else "input"
        before, after = ({"protocol": "json", self.side: part, other: True} for part in (self.old, self.new))
        return compare(before, after)


def pairs() -> list[Pair]:
    """The corpus, in the order of its files."""
    return [
        Pair(
            path.stem,
            row["name"],
            row.get("side", "input"),
            row["old"],
            row["new"],
            row["truth"],
            row.get("verdict", row["truth"]),
        )
        for path in sorted(CORPUS.glob("*.yaml"))
        for row in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def outcome(pair: Pair) -> str:
    """`exact`, `undecided` or `wrong`."""
    verdict = pair.compared().verdict
    return "exact" if verdict == pair.truth else "undecided" if verdict == "undecided" else "wrong"


def table() -> str:
    """The numbers by family, as a Markdown table."""
    corpus = pairs()
    found = [(pair, outcome(pair)) for pair in corpus]
    families = dict.fromkeys(pair.family for pair in corpus)
    rows = [_row(family, [row for row in found if row[0].family == family]) for family in families]
    return HEAD + "".join(rows) + _row("**all**", found)


def _row(name: str, found: list[tuple[Pair, str]]) -> str:
    truths = [pair.truth for pair, _ in found]
    outcomes = [how for _, how in found]
    counts = [
        len(found),
        *(truths.count(truth) for truth in ("compatible", "incompatible")),
        *(outcomes.count(how) for how in ("exact", "undecided", "wrong")),
    ]
    return f"| {name} | " + " | ".join(map(str, counts)) + " |\n"


def page() -> str:
    """The page of the documentation with the numbers of today."""
    text = PAGE.read_text(encoding="utf-8")
    marked = r"(<!-- corpus: written by `make generate` -->\n).*?(<!-- end of corpus -->)"
    return re.sub(marked, lambda match: f"{match[1]}\n{table()}\n{match[2]}", text, count=1, flags=re.DOTALL)


def main() -> int:
    """Print; returns 1 where a verdict is wrong."""
    print(table())
    found = {pair.name: outcome(pair) for pair in pairs()}
    for name, how in found.items():
        if how != "exact":
            print(f"{how}: {name}")
    return 1 if "wrong" in found.values() else 0


if __name__ == "__main__":
    sys.exit(main())
