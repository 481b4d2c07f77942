"""Who wrote the commits of a merge request, as GitLab knows people by all their confirmed addresses.

Only GraphQL says that. Where a server does not, addresses are looked up one by one, which finds public ones
alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from modelops_git.edges.forges import web
from modelops_git.edges.forges.gitlab import asking
from modelops_git.edges.forges.gitlab.requests import identity
from modelops_git.edges.forges.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.edges.forges.base import PullRequest
    from modelops_git.edges.forges.web import Client

_QUERY = (
    "query($path: ID!, $iid: String!, $after: String) {project(fullPath: $path) {mergeRequest(iid: $iid) "
    "{commitsWithoutMergeCommits(first: 100, after: $after) "
    "{nodes {sha author {username}} pageInfo {hasNextPage endCursor}}}}}"
)


def authors_of(client: Client, pull: PullRequest, commits: list[Record]) -> dict[str, str]:
    """The addresses of authors whom GitLab knows: address in lower case -> identity.

    Args:
        client: Who is asked.
        pull: The merge request.
        commits: Its commits, as REST has them.
    """
    emails = {one.commit("id"): one.text("author_email").strip().lower() for one in commits}
    found = {}
    for page in _pages(client, pull):
        for node in page.records("nodes"):
            email, who = emails.get(node.commit("sha"), ""), identity(node.record("author"))
            if email and who:
                found[email] = who
    return found


def _pages(client: Client, pull: PullRequest) -> Iterator[Record]:
    beside = replace(client, base=client.base.removesuffix("/v4"))
    ask = web.Ask("/graphql", "the authors of commits", asking.READ, accepts=asking.HIDDEN)
    words: dict[str, Any] = {"path": client.site.repository, "iid": str(pull.number)}
    for _ in range(web.PAGES):
        reply = beside.send("POST", ask, {"query": _QUERY, "variables": words})
        data = Record.of(reply.document, ask.about).record("data").record("project").record("mergeRequest")
        page = data.record("commitsWithoutMergeCommits")
        yield page
        info = page.record("pageInfo")
        if not info.flag("hasNextPage"):
            return
        words["after"] = info.text("endCursor")
