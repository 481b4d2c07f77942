"""What is written on GitHub: pull requests, and one comment that is edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.github import asking
from modelops_git.edges.forges.github.pulls import find_open, identity, is_bot, of_record
from modelops_git.edges.forges.records import Record, short
from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from modelops_git.edges.forges.base import Proposal, PullRequest
    from modelops_git.edges.forges.web import Client

_CREATED, _REFUSED = 201, 422
WORKFLOW_USER = "github-actions[bot]"
"""Who the token is that GitHub gives each workflow."""


def propose(client: Client, proposal: Proposal) -> PullRequest:
    """Open a pull request; the one that is open for the branch already, where there is one."""
    if existing := find_open(client, proposal.branch):
        return existing
    ask = asking.pulls(client.site, f"a pull request from {proposal.branch} to {proposal.base}")
    ask = ask._replace(needs=asking.PULLS_WRITE, accepts=frozenset({_REFUSED}))
    body = {"title": proposal.title, "head": proposal.branch, "base": proposal.base, "body": proposal.body}
    reply = client.send("POST", ask, body)
    if reply.status == _CREATED:
        return of_record(Record.of(reply.document, ask.about), client)
    # Somebody else was first, or there is nothing to be merged.
    if existing := find_open(client, proposal.branch):
        return existing
    raise ForgeError(
        f"GitHub does not open {ask.about}: {_reason(Record.of(reply.document, ask.about))}",
        hint=f"Is {proposal.branch} pushed, and does it differ from {proposal.base}?",
    )


def _reason(record: Record) -> str:
    errors = record.value.get("errors")
    said = [one.get("message") for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return short("; ".join(str(word) for word in said if word) or record.text("message"))


def comment(client: Client, number: int, marker: str, body: str) -> str:
    """Write a comment, or write anew the oldest of ours that begins with `marker`; later ones go.

    Returns:
        Where people read it.
    """
    me = own_login(client)
    ask = asking.comments(client.site, number)
    found = (Record.of(one, ask.about) for one in client.pages(ask))
    ours = [one for one in found if _is_by(one.record("user"), me) and one.text("body").startswith(marker)]
    ours.sort(key=lambda one: one.number("id"))
    for double in ours[1:]:
        client.send(
            "DELETE", asking.one_comment(client.site, double.number("id"))._replace(accepts=asking.ABSENT), {}
        )
    if not ours:
        return Record.of(client.send("POST", ask, {"body": body}).document, ask.about).text("html_url")
    if ours[0].text("body") != body:
        client.send("PATCH", asking.one_comment(client.site, ours[0].number("id")), {"body": body})
    return ours[0].text("html_url")


def own_login(client: Client) -> str:
    """The name of the token's own user, in lower case.

    A user's token may ask by REST; that of an app, and of a workflow, only by GraphQL.

    Raises:
        ForgeError: GitHub does not say.
    """
    reply = client.get(Ask("/user", "the token's own user", accepts=frozenset({403})))
    if reply.status == 200:  # noqa: PLR2004
        return Record.of(reply.document, "the token's own user").require("login").login("login")
    ask = Ask("/graphql", "the token's own user")
    document = _graphql(client).send("POST", ask, {"query": "{viewer{login}}"}).document
    data = Record.of(document, ask.about).record("data").record("viewer")
    login = data.login("login")
    if not login:
        raise ForgeError(f"{client.name} does not say whose the token in {client.site.setting} is")
    return login


def _graphql(client: Client) -> Client:
    """Where GraphQL is: beside the address of the REST API, which ends in /v3 on servers of one's own."""
    from dataclasses import replace

    return replace(client, base=client.base.removesuffix("/v3"))


def _is_by(user: Record, login: str) -> bool:
    """Whether somebody is the token's user; GraphQL may leave out what marks a bot."""
    return identity(user) in {
        f"github:{login}",
        f"github:{login.removesuffix('[bot]')}[bot]" if is_bot(user) else "",
    }
