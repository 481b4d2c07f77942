"""Who on GitHub has an address: by the form of the address, by the commits at hand, or by asking."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.github import asking
from modelops_git.edges.forges.github.pulls import identity
from modelops_git.edges.forges.naming import by_address
from modelops_git.edges.forges.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelops_git.edges.forges.web import Client

MOST = 100
"""Addresses that are looked up for one pull request."""
_NOREPLY = re.compile(
    r"(?:[0-9]{1,20}\+)?([a-z0-9][a-z0-9-]{0,99}(?:\[bot\])?)@users\.noreply\.([a-z0-9.-]{1,253})", re.ASCII
)
_PUBLIC_MAIL = "github.com"


@dataclass
class Addresses:
    """The addresses of the people in one pull request.

    Attributes:
        client: Who is asked.
        commits: Those of the pull request, most of which name the user beside the address.
    """

    client: Client
    commits: Sequence[Record]
    _known: dict[str, str] = field(default_factory=dict)
    _asked: int = 0

    def __post_init__(self) -> None:
        for commit in self.commits:
            for name in ("author", "committer"):
                email = commit.record("commit").record(name).text("email").strip().lower()
                if email and (who := identity(commit.record(name))):
                    self._known.setdefault(email, who)

    def of(self, user: Record, signature: Record) -> str:
        """Who an author or committer is: the user whom GitHub knows by the address, or the address.

        Args:
            user: Who GitHub says it is; empty where it does not know.
            signature: What the commit says.
        """
        return identity(user) or self._told(signature.text("email").strip().lower())

    def look_up(self, email: str) -> str:
        """Who has the address of a trailer, which GitHub is asked about where it is new."""
        email = email.strip().lower()
        found = self._told(email)
        if not found.startswith("email:") or email in self._known:
            return found
        self._known[email] = self._author(email) or found
        return self._known[email]

    def _told(self, email: str) -> str:
        """Who has an address, by what is known already."""
        if not email:
            return ""
        named = _NOREPLY.fullmatch(email)
        if named and named[2] in {_PUBLIC_MAIL, self.client.name}:
            return f"github:{named[1]}"
        return self._known.get(email) or by_address(email)

    def _author(self, email: str) -> str:
        """The user whose commits in this repository have the address; empty where there is none."""
        self._asked += 1
        if self._asked > MOST:
            raise ForgeError(f"the commits name more than {MOST} addresses, which are too many to look up")
        document = self.client.get(asking.commits_of(self.client.site, email)).document
        if not isinstance(document, list) or not document:
            return ""
        return identity(Record.of(document[0], "commits by an address").record("author"))
