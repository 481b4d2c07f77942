"""Who had a part in a pull request on GitHub: those it vouches for, and those whom commits name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelops_git.core.authorizing.facts import Participant
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.github import asking
from modelops_git.edges.forges.github.addresses import Addresses
from modelops_git.edges.forges.github.pulls import full_record, identity, is_bot
from modelops_git.edges.forges.github.pushes import pushers
from modelops_git.edges.forges.naming import merged
from modelops_git.edges.forges.records import Record
from modelops_git.edges.forges.trailers import named_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.authorizing.facts import Part
    from modelops_git.edges.forges.base import PullRequest
    from modelops_git.edges.forges.web import Client

TEAM = "github-team"
WEB_FLOW = "web-flow"
"""The committer of what is done on GitHub's pages; the author is who did it."""
_TEAM = re.compile(r"github-team:([A-Za-z0-9][A-Za-z0-9-]{0,99})/([A-Za-z0-9_.-]{1,100})", re.ASCII)


def participants(client: Client, pull: PullRequest) -> tuple[Participant, ...]:
    """Everybody who had a part in a pull request, each with what they did."""
    record = full_record(client, pull.number)
    _require_same_head(record, pull)
    commits = _commits(client, pull, record.number("commits"))
    addresses = Addresses(client, commits)
    found = [
        *_openers(record),
        *pushers(client, pull, record, frozenset(one.commit("sha") for one in commits)),
    ]
    for commit in commits:
        found += _writers(commit, addresses)
    return merged(found)


def _require_same_head(record: Record, pull: PullRequest) -> None:
    if record.record("head").commit("sha") != pull.head:
        raise ForgeError(f"pull request {pull.reference} was pushed to while it was read", hint="Try again.")


def _openers(record: Record) -> Iterator[Participant]:
    """Who opened it; where that is a bot, also for whom: those it is assigned to."""
    user = record.record("user")
    if who := identity(user):
        yield Participant(who, "opened")
    if is_bot(user):
        for one in record.records("assignees"):
            if who := identity(one):
                yield Participant(who, "asked")


def _commits(client: Client, pull: PullRequest, wanted: int) -> tuple[Record, ...]:
    """All commits of a pull request.

    Raises:
        ForgeError: GitHub does not show all of them: it never shows more than 250.
    """
    ask = asking.pull(client.site, pull.number, "/commits")
    found = tuple(
        Record.of(one, f"a commit of {ask.about}").require("sha", "commit") for one in client.pages(ask)
    )
    if len(found) != wanted:
        raise ForgeError(
            f"GitHub shows {len(found)} of the {wanted} commits of pull request {pull.reference}, "
            "so that nobody can tell who wrote them",
            hint="Split it, or squash its commits: GitHub shows 250 at most."
            if wanted > len(found)
            else "Try again.",
        )
    return found


def _writers(commit: Record, addresses: Addresses) -> Iterator[Participant]:
    """Who wrote a commit, by what it says of itself; certain only by a signature that GitHub checked."""
    data = commit.record("commit")
    author, committer = commit.record("author"), commit.record("committer")
    is_verified = data.record("verification").flag("verified") is True
    on_page = committer.login("login") == WEB_FLOW
    wrote = addresses.of(author, data.record("author"))
    applied = "" if on_page else addresses.of(committer, data.record("committer"))
    if wrote:
        yield Participant(wrote, "wrote", is_verified and (on_page or wrote == applied))
    if applied and applied != wrote:
        yield Participant(applied, "wrote", is_verified)
    for named in named_in(data.text("message")):
        part: Part = "co-wrote" if named.part == "co-wrote" else "asked"
        if named.login:
            yield Participant(f"github:{named.login}", part, is_certain=False)
        if named.email:
            yield Participant(addresses.look_up(named.email), part, is_certain=False)


def members(client: Client, team: str) -> frozenset[str]:
    """The members of a team, those of the teams in it too.

    Args:
        client: Who is asked.
        team: Such as `github-team:acme/leads`.
    """
    named = _TEAM.fullmatch(team)
    if named is None:
        raise ForgeError(
            f"{team!r} is no team of GitHub", hint=f"Write {TEAM}:organization/name-in-its-address."
        )
    ask = asking.team_members(named[1], named[2])
    found = (identity(Record.of(one, ask.about)) for one in client.pages(ask))
    return frozenset(who for who in found if who)
