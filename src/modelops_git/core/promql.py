"""Mistakes in PromQL that are certain without its grammar: brackets, quotes, and labels without quotes.

Source: Prometheus, "Querying basics". Whatever passes here may still be refused by the server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.queries import WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}
_TOKEN = re.compile(
    r"""(?P<blank>\s+|\#[^\n]*)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`[^`]*`)
    |(?P<quote>["'`])
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<is>=~|!~|!=|=)
    |(?P<other>[^\s#"'`()\[\]{}=!]+|.)""",
    re.VERBOSE | re.DOTALL,
)


class Flaw(NamedTuple):
    """What is wrong with a query, as the end of a sentence about it, and what to do."""

    what: str
    hint: str


_UNCLOSED = "Close what is opened; brackets inside quotes do not count."
_UNENDED = "End each text with the quote that it begins with."
_UNQUOTED = 'Write the value of a label in quotes: `digest="${digest}"`.'


def flaw(query: str) -> Flaw | None:
    """The first mistake of a query; None where none is certain."""
    opened: list[str] = []
    asks_text = False
    for kind, token in _tokens(WORD.sub("word", query)):
        if kind == "quote":
            return Flaw("has a text that does not end", _UNENDED)
        if asks_text and kind != "text":
            return Flaw("has the value of a label without quotes", _UNQUOTED)
        if kind == "open":
            opened.append(token)
        elif kind == "close" and (not opened or _CLOSED_BY[opened.pop()] != token):
            return Flaw(f"has a `{token}` that closes nothing", _UNCLOSED)
        asks_text = kind == "is" and opened[-1:] == ["{"]
    return Flaw(f"has a `{opened[-1]}` that is not closed", _UNCLOSED) if opened else None


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    for found in _TOKEN.finditer(query):
        kind = found.lastgroup or ""
        if kind != "blank":
            yield kind, found[0]
