"""Who pushed the commits of a merge request on GitLab, by the events of the project that has the branch.

GitLab writes one event for many branches that are pushed at once, which names none of them: a branch of the
project must then be pushed by itself. The token may not see the project that a fork is: of such a merge
request those who opened, wrote and committed are all that is known.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from modelops_git.core.authorizing.facts import Participant
from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.gitlab import asking
from modelops_git.edges.forges.gitlab.requests import identity
from modelops_git.edges.forges.lives import Life
from modelops_git.edges.forges.records import Record
from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from modelops_git.edges.forges.base import PullRequest
    from modelops_git.edges.forges.web import Client

BEFORE = timedelta(days=30)
"""How long before a merge request is opened pushes to its branch are looked for."""


def pushers(
    client: Client, pull: PullRequest, record: Record, commits: frozenset[str]
) -> tuple[Participant, ...]:
    """Who pushed the branch of a merge request, as far as GitLab says.

    Args:
        client: Who is asked.
        pull: The merge request.
        record: All that GitLab says of it.
        commits: Its commits.
    """
    opened = record.time("created_at")
    life = Life(commits, opened, record.time("merged_at") or record.time("closed_at"))
    query = [("action", "pushed"), ("sort", "desc")]
    if opened:
        query.append(("after", (opened - BEFORE).date().isoformat()))
    path = f"/projects/{record.number('source_project_id')}/events"
    accepts = asking.HIDDEN if pull.from_fork else frozenset[int]()
    ask = Ask(path, f"who pushed to {pull.head_branch}", asking.READ, tuple(query), accepts)
    found = _found(client, ask, pull, life)
    if pull.state == "open" and not pull.from_fork and pull.head not in {after for after, _ in found}:
        raise ForgeError(
            f"GitLab does not say who pushed {pull.head[:12]} to {pull.head_branch}",
            hint="Try again in a minute, or push the branch by itself: of many at once GitLab names none.",
        )
    return tuple(Participant(who, "pushed") for _, who in found if who)


def _found(client: Client, ask: Ask, pull: PullRequest, life: Life) -> list[tuple[str, str]]:
    """The pushes of a merge request: (the commit after it, who), the newest first."""
    found = []
    for one in client.pages(ask):
        event = Record.of(one, ask.about)
        push, at = event.record("push_data"), event.time("created_at")
        is_ours = push.text("ref") == pull.head_branch and push.text("ref_type") == "branch"
        if not is_ours or life.is_over(at) or push.text("action") == "removed":
            continue
        if life.has(after := push.commit("commit_to"), at):
            found.append((after, identity(event.record("author"))))
        if push.text("action") == "created":
            break  # the newest comes first: what is before that was another branch
    return found
