"""Identities from what forges and commits say of people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.authorizing.facts import Participant

_LONGEST = 250
_PLAIN = "".join(chr(code) for code in range(ord("!"), ord("~") + 1) if chr(code) != "%")


def by_address(email: str) -> str:
    """The identity of an address, in lower case; what is not printable ASCII is percent-encoded."""
    return f"email:{quote(email.strip().lower(), safe=_PLAIN)[:_LONGEST]}"


def merged(found: Iterable[Participant]) -> tuple[Participant, ...]:
    """Each person and part once, in the order in which they were found; certain where one source is."""
    known: dict[tuple[str, str], Participant] = {}
    for one in found:
        key = (one.identity, one.part)
        if key not in known or (one.is_certain and not known[key].is_certain):
            known[key] = one
    return tuple(known.values())
