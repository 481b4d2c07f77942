"""The questions that are put to GitLab: each with its path, and the scope and role a token needs for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from modelops_git.edges.forges.web import Ask

if TYPE_CHECKING:
    from modelops_git.edges.forges.base import Site

READ = "read_api, role Reporter"
WRITE = "api, role Developer"
MAINTAIN = "read_api, role Maintainer"

ABSENT = frozenset({404})
HIDDEN = frozenset({403, 404})


def word(text: str) -> str:
    """A part of a path."""
    return quote(text, safe="")


def project(site: Site, below: str, about: str, *query: tuple[str, str]) -> Ask:
    """About the project, or what lies below it."""
    return Ask(f"/projects/{word(site.repository)}{below}", about, READ, query)


def request(site: Site, number: int, below: str = "") -> Ask:
    """About a merge request, or what lies below it."""
    return project(site, f"/merge_requests/{number}{below}", f"merge request !{number} of {site.repository}")


def notes(site: Site, number: int) -> Ask:
    """About the comments of a merge request, those of GitLab itself among them, the oldest first."""
    ask = request(site, number, "/notes")
    query = (("sort", "asc"), ("order_by", "created_at"))
    return ask._replace(about=f"the comments of merge request !{number}", query=query)


def settings(site: Site, below: str, about: str) -> Ask:
    """About a setting of the project, which not every token may see and not every GitLab has."""
    query = (("per_page", "100"),) if below else ()
    return project(site, below, about, *query)._replace(needs=MAINTAIN, accepts=HIDDEN)
