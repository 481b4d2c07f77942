"""Who on GitLab has an address: an author of the merge request, by the address's form, or by a search."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.gitlab import asking
from modelops_git.edges.forges.gitlab.requests import identity
from modelops_git.edges.forges.naming import by_address
from modelops_git.edges.forges.records import Record
from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelops_git.edges.forges.web import Client

MOST = 100
"""Addresses that are looked up for one merge request."""
_NOREPLY = re.compile(
    r"[0-9]{1,20}-([a-z0-9_][a-z0-9_.-]{0,99})@users\.noreply\.([a-z0-9.-]{1,253})", re.ASCII
)


@dataclass
class Addresses:
    """The addresses of the people in one merge request, each looked up once.

    Attributes:
        client: Who is asked.
        authors: The addresses of those authors whom GitLab knows -> who they are.
    """

    client: Client
    authors: Mapping[str, str]
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, email: str) -> tuple[str, ...]:
        """The identities of an address: the user, and the address too where a search alone says who it is."""
        email = email.strip().lower()
        if not email or email in self.authors:
            return (self.authors[email],) if email else ()
        if email not in self._known:
            if len(self._known) == MOST:
                raise ForgeError(
                    f"the commits name more than {MOST} addresses, which are too many to look up"
                )
            self._known[email] = self._found(email)
        return self._known[email]

    def _found(self, email: str) -> tuple[str, ...]:
        named = _NOREPLY.fullmatch(email)
        if named and named[2] in {"gitlab.com", self.client.name}:
            return (f"gitlab:{named[1]}",)
        if len(email) > 254 or "@" not in email:  # noqa: PLR2004 - the longest that an address may be
            return (by_address(email),)
        ask = Ask("/users", "users by an address", asking.READ, (("search", email),), asking.HIDDEN)
        reply = self.client.get(ask)
        users = reply.document if isinstance(reply.document, list) else []
        # A search finds names too, which anybody may choose: more than one, and it says nothing.
        who = identity(Record.of(users[0], ask.about)) if len(users) == 1 else ""
        return (who, by_address(email)) if who else (by_address(email),)
