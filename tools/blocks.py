"""The few pieces of Markdown that the generated pages are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CODE = re.compile(r"(`+[^`]+`+)")


def notice(source: str) -> str:
    """The comment on top of a generated page, which says where to change it."""
    return f"<!-- Written by tools/generate.py from {source}. Change it there, then run `make generate`. -->"


def prose(text: str) -> str:
    """`text` as one line of Markdown in which nothing but code in backticks has a meaning."""
    parts = CODE.split(" ".join(text.split()))
    return "".join(
        part if part.startswith("`") else re.sub(r"([*<>\[\]|$\\])", r"\\\1", part) for part in parts
    )


def code(text: str) -> str:
    """`text` as code within a line, whatever is in it."""
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; the cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def joined(*blocks: str) -> str:
    """Blocks with an empty line between them; empty ones are left out."""
    return "\n\n".join(block for block in blocks if block) + "\n"
