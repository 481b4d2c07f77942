"""Write what is generated and committed: the JSON Schemas, reference pages, pipelines, numbers in the docs.

    python tools/generate.py           # writes what has changed
    python tools/generate.py --check   # writes nothing; exits 1 and names what is stale

Every page has one source in the code: the documentation cannot say anything else than the program does.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import checks_page
import commands_page
import exit_codes_page
import interface_corpus
import manifests_page
import own_pipelines
import policies_page
from modelops_git.engine.schemas import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGES = {
    "cli.md": commands_page.page,
    "checks.md": checks_page.page,
    "exit-codes.md": exit_codes_page.page,
    "manifests.md": manifests_page.page,
    "policies.md": policies_page.page,
}


def generated() -> dict[Path, str]:
    """Every generated file and what must be in it."""
    schemas = {ROOT / "schemas" / name: text for name, text in rendered().items()}
    pages = {ROOT / "docs" / "reference" / name: page() for name, page in PAGES.items()}
    pipelines = {ROOT / path: text for path, text in own_pipelines.rendered().items()}
    return {**schemas, **pages, **pipelines, interface_corpus.PAGE: interface_corpus.page()}


def stale(wanted: dict[Path, str]) -> Iterator[Path]:
    """The files that differ from what is wanted, and those that nothing writes any more."""
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield path
    yield from set((ROOT / "schemas").glob("*.json")) - set(wanted)


def main() -> int:
    """Write or check; returns the exit code."""
    wanted = generated()
    checking = "--check" in sys.argv[1:]
    different = sorted(stale(wanted))
    for path in different:
        print(f"{'stale' if checking else 'written'}: {path.relative_to(ROOT)}")
        if checking:
            continue
        if path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return 1 if checking and different else 0


if __name__ == "__main__":
    sys.exit(main())
