"""Who pushed the commits of a pull request on GitHub.

The activity of a repository names who pushed what to which branch; commits do not, nor does the pull request.
Of a fork that the token may not see, and of a branch that is gone, the rest is taken: the fork's owner, and
those who forced a push while the pull request was open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.authorizing.facts import Participant
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.github import asking
from modelops_git.edges.forges.github.pulls import identity
from modelops_git.edges.forges.lives import Life
from modelops_git.edges.forges.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.edges.forges.base import PullRequest
    from modelops_git.edges.forges.web import Client

_DELETED = "branch_deletion"
"""All other activities bring commits: pushes, and merges into the branch, by hand or by a queue."""
_FORCED = "head_ref_force_pushed"


def pushers(
    client: Client, pull: PullRequest, record: Record, commits: frozenset[str]
) -> tuple[Participant, ...]:
    """Who pushed the branch of a pull request.

    Args:
        client: Who is asked.
        pull: The pull request.
        record: All that GitHub says of it.
        commits: Its commits.

    Raises:
        ForgeError: It is open, its branch is in this repository, and GitHub does not say who pushed its head.
    """
    origin = record.record("head").record("repo").text("full_name")
    life = Life(commits, record.time("created_at"), record.time("merged_at") or record.time("closed_at"))
    found = _from_activity(client, pull, origin, life) if origin else None
    if found is not None:
        return tuple(found)
    if pull.state == "open" and not pull.from_fork:
        raise ForgeError(
            f"GitHub does not say who pushed {pull.head[:12]} to {pull.head_branch}",
            hint=f"Try again in a minute; the token in {client.site.setting} needs {asking.CONTENTS}.",
        )
    owner = record.record("head").record("user")
    return tuple(_without_activity(client, pull, owner))


def _from_activity(client: Client, pull: PullRequest, origin: str, life: Life) -> list[Participant] | None:
    """Those whom the activity names; None where it does not say who pushed the head."""
    ask = asking.activity(client.site, _path(origin), pull.head_branch)
    found: list[Participant] = []
    is_whole = False
    for one in client.pages(ask):
        push = Record.of(one, ask.about)
        kind, after, at = push.text("activity_type"), push.commit("after"), push.time("timestamp")
        if push.text("ref") != f"refs/heads/{pull.head_branch}" or kind == _DELETED or life.is_over(at):
            continue
        if life.has(after, at):
            is_whole = is_whole or after == pull.head
            found += [Participant(who, "pushed")] if (who := identity(push.record("actor"))) else []
        if kind == "branch_creation":
            break  # the newest comes first: what is before that was another branch
    return found if is_whole else None


def _path(full_name: str) -> str:
    """The path of a repository that GitHub named, fit for an address."""
    owner, _, name = full_name.partition("/")
    return f"{asking.word(owner)}/{asking.word(name)}"


def _without_activity(client: Client, pull: PullRequest, owner: Record) -> Iterator[Participant]:
    if who := identity(owner):
        yield from [Participant(who, "pushed")] if pull.from_fork else []
    ask = asking.timeline(client.site, pull.number)
    for one in client.pages(ask):
        event = Record.of(one, ask.about)
        if event.text("event") == _FORCED and (who := identity(event.record("actor"))):
            yield Participant(who, "pushed")
