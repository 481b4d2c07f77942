"""The next page of a list: of what the forge says only the number or mark is taken, never the address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.records import short

if TYPE_CHECKING:
    from collections.abc import Mapping

PER_PAGE = 100
"""The most that both forges give at once."""
_LINK = re.compile(r'<([^<>]{1,4096})>\s*;\s*rel="next"')
_NEXT = 'rel="next"'
_MARKS = frozenset({"page", "after", "before", "cursor", "id_after"})
_LONGEST = 512


def next_page(query: Mapping[str, str], headers: Mapping[str, str]) -> dict[str, str] | None:
    """The query for the next page; None where this was the last one.

    Args:
        query: That of this page.
        headers: Those of its answer: `X-Next-Page` of GitLab, or `Link`.

    Raises:
        ForgeError: There is one, and it cannot be told which.
    """
    number = headers.get("X-Next-Page", "")
    if number.isascii() and number.isdigit():
        return {**query, "page": number}
    links = headers.get("Link", "")
    found = _LINK.search(links)
    if found is None and _NEXT not in links:
        return None
    marks = _marks(found[1] if found else "")
    if not marks:
        raise ForgeError(
            f"the forge does not say in a way that is understood where a list goes on: {short(links)}"
        )
    return {**query, **marks}


def _marks(address: str) -> dict[str, str]:
    try:
        said = parse_qsl(urlsplit(address).query, max_num_fields=50)
    except ValueError:
        return {}
    return {name: value for name, value in said if name in _MARKS and len(value) <= _LONGEST}
