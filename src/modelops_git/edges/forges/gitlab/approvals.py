"""Who approves a merge request on GitLab, and which commit they approved.

GitLab says who approves now, and not what they saw. The time of an approval is in the note that GitLab itself
writes about it; which commit was the head then is in the versions of the merge request, each of which has its
time. An approval of which there is no note, or before the first version, is bound to no commit.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.edges.forges.base import Review
from modelops_git.edges.forges.gitlab import asking
from modelops_git.edges.forges.gitlab.requests import identity, is_bot
from modelops_git.edges.forges.records import Record
from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from modelops_git.edges.forges.base import PullRequest
    from modelops_git.edges.forges.web import Client

_APPROVED, _WITHDRAWN = "approved this merge request", "unapproved this merge request"
_WANTS_CHANGES = "requested_changes"


class _Version(NamedTuple):
    """A head that a merge request had since some time."""

    since: datetime
    head: str


def reviews(client: Client, pull: PullRequest) -> tuple[Review, ...]:
    """Who approves and who wants changes, in the order of time; of whom that is not known come last."""
    users = _approvers(client, pull)
    times = _times(client, pull)
    versions = _versions(client, pull)
    found = [_approval(user, times.get(identity(user)), versions) for user in users]
    approving = {one.by for one in found}
    found += [one for one in _objections(client, pull) if one.by not in approving]
    known = [(one.at, one) for one in found if one.at is not None]
    unknown = sorted((one for one in found if one.at is None), key=attrgetter("by"))
    return (*(one for _, one in sorted(known, key=lambda pair: (pair[0], pair[1].by))), *unknown)


def _approvers(client: Client, pull: PullRequest) -> list[Record]:
    ask = asking.request(client.site, pull.number, "/approvals")
    said = Record.of(client.get(ask).document, ask.about).require("approved_by")
    users = [one.record("user") for one in said.records("approved_by")]
    return [_full(client, user) for user in users if identity(user)]


def _full(client: Client, user: Record) -> Record:
    """A user with the flag that tells bots from people, where the token may see it."""
    if is_bot(user) or not user.number("id"):
        return user
    ask = Ask(f"/users/{user.number('id')}", "a user", asking.READ, accepts=asking.HIDDEN)
    reply = client.get(ask)
    found = Record.of(reply.document, ask.about)
    return found if identity(found) == identity(user) else user


def _times(client: Client, pull: PullRequest) -> dict[str, datetime]:
    """When each person approved last, by GitLab's own notes; not of those who took it back since."""
    found: dict[str, datetime] = {}
    notes = (Record.of(one, "the comments") for one in client.pages(asking.notes(client.site, pull.number)))
    own = [(note.time("created_at"), note.number("id"), note) for note in notes if note.flag("system")]
    for at, _, note in sorted((one for one in own if one[0]), key=lambda one: one[:2]):
        who, said = identity(note.record("author")), note.text("body").strip()
        if said == _APPROVED and at:
            found[who] = at
        elif said == _WITHDRAWN:
            found.pop(who, None)
    return found


def _versions(client: Client, pull: PullRequest) -> list[_Version]:
    """The heads of a merge request, the newest first."""
    ask = asking.request(client.site, pull.number, "/versions")
    found = (Record.of(one, ask.about) for one in client.pages(ask))
    said = ((one.time("created_at"), one.commit("head_commit_sha")) for one in found)
    return sorted((_Version(at, head) for at, head in said if at and head), reverse=True)


def _approval(user: Record, at: datetime | None, versions: list[_Version]) -> Review:
    head = next((one.head for one in versions if at and one.since <= at), "")
    return Review(identity(user), "approved", at, head, is_bot(user))


def _objections(client: Client, pull: PullRequest) -> Iterator[Review]:
    """Those who want changes; older servers do not know that."""
    ask = asking.request(client.site, pull.number, "/reviewers")._replace(accepts=asking.ABSENT)
    for one in client.pages(ask):
        record = Record.of(one, ask.about)
        user = record.record("user")
        if record.text("state") == _WANTS_CHANGES and (who := identity(user)):
            yield Review(who, "changes_requested", record.time("created_at"), "", is_bot(user))
