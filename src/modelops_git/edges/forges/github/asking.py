"""The questions that are put to GitHub: each with its path and the permission that a token needs for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from modelops_git.edges.forges.base import Site

PULLS = "Pull requests: read"
PULLS_WRITE = "Pull requests: write"
CONTENTS = "Contents: read"
MEMBERS = "Members (of the organization): read"
METADATA = "Metadata: read"
ADMINISTRATION = "Administration: read"
ACTIONS = "Actions: read"

ABSENT = frozenset({404})
HIDDEN = frozenset({403, 404})


def word(text: str) -> str:
    """A part of a path."""
    return quote(text, safe="")


def pull(site: Site, number: int, below: str = "") -> Ask:
    """About a pull request, or what lies below it."""
    path = f"/repos/{site.repository}/pulls/{number}{below}"
    return Ask(path, f"pull request #{number} of {site.repository}", PULLS)


def pulls(site: Site, about: str, *query: tuple[str, str]) -> Ask:
    """About the pull requests of the repository."""
    return Ask(f"/repos/{site.repository}/pulls", about, PULLS, query)


def brought(site: Site, commit: str) -> Ask:
    """About the pull requests that a commit came with."""
    path = f"/repos/{site.repository}/commits/{word(commit)}/pulls"
    return Ask(path, f"the pull requests of commit {commit[:12]}", PULLS)


def commits_of(site: Site, email: str) -> Ask:
    """About one commit whose author has an address, to learn who that is."""
    query = (("author", email), ("per_page", "1"))
    return Ask(f"/repos/{site.repository}/commits", "commits by an address", CONTENTS, query)


def activity(site: Site, repository: str, branch: str) -> Ask:
    """About who pushed to a branch, in the repository itself or a fork of it."""
    needs = CONTENTS if repository == site.repository else f"{CONTENTS} in {repository}"
    query = (("ref", f"refs/heads/{branch}"),)
    accepts = frozenset({403, 404, 422})
    return Ask(f"/repos/{repository}/activity", f"who pushed to {branch}", needs, query, accepts)


def timeline(site: Site, number: int) -> Ask:
    """About what happened to a pull request."""
    path = f"/repos/{site.repository}/issues/{number}/timeline"
    return Ask(path, f"the history of pull request #{number}", PULLS)


def team_members(organization: str, slug: str) -> Ask:
    """About the members of a team, those of the teams in it too."""
    path = f"/orgs/{word(organization)}/teams/{word(slug)}/members"
    return Ask(path, f"the team {organization}/{slug}", MEMBERS)


def comments(site: Site, number: int) -> Ask:
    """About the comments of a pull request."""
    path = f"/repos/{site.repository}/issues/{number}/comments"
    return Ask(path, f"the comments of pull request #{number}", PULLS_WRITE)


def one_comment(site: Site, identifier: int) -> Ask:
    """About one comment."""
    path = f"/repos/{site.repository}/issues/comments/{identifier}"
    return Ask(path, "a comment of ours", PULLS_WRITE)
