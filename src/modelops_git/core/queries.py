"""The words of a metric's query that stand for what is measured: `${digest}`, `${since_step}`."""

from __future__ import annotations

import re

WORD = re.compile(r"\$\{([^}]*)\}")
OF_A_VERSION = ("digest", "version", "role")
"""The words that are others for each version."""
WORDS = (*OF_A_VERSION, "model", "environment", "since_step", "began", "at")
"""All that there are."""


def unknown_words(query: str) -> list[str]:
    """The words of a query that stand for nothing, each once."""
    return [word for word in dict.fromkeys(WORD.findall(query)) if word not in WORDS]


def tells_apart(query: str) -> bool:
    """Whether a query is another one for each version."""
    return any(word in OF_A_VERSION for word in WORD.findall(query))
