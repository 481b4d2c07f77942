"""Who had a part in a merge request on GitLab: those it vouches for, and those whom commits name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelops_git.core.authorizing.facts import Participant
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.gitlab import asking
from modelops_git.edges.forges.gitlab.addresses import Addresses
from modelops_git.edges.forges.gitlab.authors import authors_of
from modelops_git.edges.forges.gitlab.pushes import pushers
from modelops_git.edges.forges.gitlab.requests import full_record, identity, is_bot
from modelops_git.edges.forges.naming import merged
from modelops_git.edges.forges.records import Record
from modelops_git.edges.forges.trailers import named_in
from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.authorizing.facts import Part
    from modelops_git.edges.forges.base import PullRequest
    from modelops_git.edges.forges.web import Client

GROUP = "gitlab-group"
_GROUP = re.compile(r"gitlab-group:([A-Za-z0-9_][A-Za-z0-9_./-]{0,254})", re.ASCII)


def participants(client: Client, pull: PullRequest) -> tuple[Participant, ...]:
    """Everybody who had a part in a merge request, each with what they did."""
    record = full_record(client, pull.number)
    if record.commit("sha") != pull.head:
        raise ForgeError(f"merge request {pull.reference} was pushed to while it was read", hint="Try again.")
    ask = asking.request(client.site, pull.number, "/commits")
    commits = [Record.of(one, f"a commit of {ask.about}").require("id") for one in client.pages(ask)]
    addresses = Addresses(client, authors_of(client, pull, commits))
    found = [
        *_openers(record),
        *pushers(client, pull, record, frozenset(one.commit("id") for one in commits)),
    ]
    for commit in commits:
        found += _writers(commit, addresses)
    return merged(found)


def _openers(record: Record) -> Iterator[Participant]:
    """Who opened it; where that is a bot, also for whom: those it is assigned to."""
    user = record.record("author")
    if who := identity(user):
        yield Participant(who, "opened")
    if is_bot(user):
        for one in record.records("assignees"):
            if who := identity(one):
                yield Participant(who, "asked")


def _writers(commit: Record, addresses: Addresses) -> Iterator[Participant]:
    """Who wrote a commit, by what it says of itself."""
    for name in ("author_email", "committer_email"):
        for who in addresses.of(commit.text(name)):
            yield Participant(who, "wrote", is_certain=False)
    for named in named_in(commit.text("message")):
        part: Part = "co-wrote" if named.part == "co-wrote" else "asked"
        if named.login:
            yield Participant(f"gitlab:{named.login}", part, is_certain=False)
        for who in addresses.of(named.email):
            yield Participant(who, part, is_certain=False)


def members(client: Client, team: str) -> frozenset[str]:
    """The direct members of a group: those of the groups above it have not been asked to approve.

    Args:
        client: Who is asked.
        team: Such as `gitlab-group:acme/leads`.
    """
    named = _GROUP.fullmatch(team)
    if named is None:
        raise ForgeError(f"{team!r} is no group of GitLab", hint=f"Write {GROUP}:its/whole/path.")
    ask = Ask(f"/groups/{asking.word(named[1])}/members", f"the group {named[1]}", "read_api")
    found = (Record.of(one, ask.about) for one in client.pages(ask))
    return frozenset(who for one in found if one.text("state") == "active" and (who := identity(one)))
