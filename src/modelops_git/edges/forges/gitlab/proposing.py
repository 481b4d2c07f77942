"""What is written on GitLab: merge requests, and one comment that is edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.gitlab import asking
from modelops_git.edges.forges.gitlab.requests import find_open, identity, of_record, pull_request
from modelops_git.edges.forges.records import Record, short
from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from modelops_git.edges.forges.base import Proposal, PullRequest
    from modelops_git.edges.forges.web import Client

_CREATED = 201
_REFUSED = frozenset({400, 409, 422})


def propose(client: Client, proposal: Proposal) -> PullRequest:
    """Open a merge request; the one that is open for the branch already, where there is one."""
    if existing := find_open(client, proposal.branch):
        return existing
    about = f"a merge request from {proposal.branch} to {proposal.base}"
    ask = asking.project(client.site, "/merge_requests", about)
    body = {
        "source_branch": proposal.branch,
        "target_branch": proposal.base,
        "title": proposal.title,
        "description": proposal.body,
        "remove_source_branch": True,
    }
    reply = client.send("POST", ask._replace(needs=asking.WRITE, accepts=_REFUSED), body)
    if reply.status == _CREATED:
        return of_record(Record.of(reply.document, about))
    # Somebody else was first, or there is nothing to be merged.
    if existing := find_open(client, proposal.branch):
        return existing
    said = reply.document.get("message", "") if isinstance(reply.document, dict) else ""
    words = "; ".join(map(str, said)) if isinstance(said, list) else said
    raise ForgeError(
        f"GitLab does not open {about}: {short(words)}",
        hint=f"Is {proposal.branch} pushed, and does it differ from {proposal.base}?",
    )


def comment(client: Client, number: int, marker: str, body: str) -> str:
    """Write a comment, or write anew the oldest of ours that begins with `marker`; later ones go.

    Returns:
        Where people read it.
    """
    me = own_identity(client)
    ask = asking.notes(client.site, number)
    found = (Record.of(one, ask.about) for one in client.pages(ask))
    ours = [one for one in found if _is_ours(one, me, marker)]
    ours.sort(key=lambda one: one.number("id"))
    writing = asking.request(client.site, number, "/notes")._replace(about=ask.about, needs=asking.WRITE)
    for double in ours[1:]:
        client.send("DELETE", _one(writing, double)._replace(accepts=asking.ABSENT), {})
    if not ours:
        ours.append(Record.of(client.send("POST", writing, {"body": body}).document, ask.about))
    elif ours[0].text("body") != body:
        client.send("PUT", _one(writing, ours[0]), {"body": body})
    return f"{pull_request(client, number).url}#note_{ours[0].number('id')}"


def _is_ours(note: Record, me: str, marker: str) -> bool:
    is_mine = identity(note.record("author")) == me and not note.flag("system")
    return is_mine and note.text("body").startswith(marker)


def _one(writing: Ask, note: Record) -> Ask:
    return writing._replace(path=f"{writing.path}/{note.number('id')}")


def own_identity(client: Client) -> str:
    """The token's own user, such as `gitlab:ana`.

    Raises:
        ForgeError: GitLab does not say: a job's own token has no user.
    """
    ask = Ask("/user", "the token's own user", asking.WRITE)
    who = identity(Record.of(client.get(ask).document, ask.about))
    if not who:
        raise ForgeError(f"{client.name} does not say whose the token in {client.site.setting} is")
    return who
