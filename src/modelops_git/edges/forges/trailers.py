"""Whom a commit's message names besides its author: `Co-authored-by:` and `On-behalf-of:` trailers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST = 100
"""Trailers of one message that are read; more are an error for whoever asks."""
_TRAILER = re.compile(
    r"^[ \t]*(co-authored-by|on-behalf-of)[ \t]*:[ \t]*([^\n]{1,1000})$", re.IGNORECASE | re.MULTILINE
)
_ADDRESS = re.compile(r"<[ \t]*([^<>\s]{1,320})[ \t]*>")
_MENTION = re.compile(r"(?:^|\s)@([A-Za-z0-9][A-Za-z0-9_.-]{0,99})")


class Named(NamedTuple):
    """Somebody whom a trailer names.

    Attributes:
        part: Whether they wrote it too, or a machine acted for them.
        email: Their address; empty where there is none.
        login: Their name on the forge where the trailer mentions it with `@`; empty otherwise.
    """

    part: str
    email: str
    login: str


def named_in(message: str) -> Iterator[Named]:
    """Whom a message names, anywhere in it: forges differ in which lines they take for trailers."""
    for found in _TRAILER.finditer(message.replace("\r\n", "\n")):
        part = "co-wrote" if found[1].lower() == "co-authored-by" else "asked"
        address, mention = _ADDRESS.search(found[2]), _MENTION.search(found[2])
        if address or mention:
            yield Named(part, address[1] if address else "", mention[1].lower() if mention else "")
