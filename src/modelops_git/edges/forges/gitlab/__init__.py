"""GitLab, on gitlab.com and on servers of one's own, by version 4 of its REST API.

Source: GitLab, "REST API resources".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.web import Client

if TYPE_CHECKING:
    from modelops_git.core.authorizing.facts import Participant
    from modelops_git.edges.forges.base import Guard, Proposal, PullRequest, Review, Site, Wanted

PUBLIC = "https://gitlab.com/api/v4"
_HEADERS = (("Accept", "application/json"),)
_REPOSITORY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+", re.ASCII)
_LONGEST = 1000


@dataclass(frozen=True)
class GitLab:
    """One project on GitLab (see `Forge`), its merge requests called pull requests here."""

    client: Client
    kind: str = "gitlab"

    def pull_request(self, number: int) -> PullRequest:
        """The merge request with this number."""
        from modelops_git.edges.forges.gitlab import requests

        return requests.pull_request(self.client, number)

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """Who approves it now, and who wants changes."""
        from modelops_git.edges.forges.gitlab import approvals

        return approvals.reviews(self.client, pull)

    def participants(self, pull: PullRequest) -> tuple[Participant, ...]:
        """Everybody who had a part in it."""
        from modelops_git.edges.forges.gitlab import people

        return people.participants(self.client, pull)

    def members(self, team: str) -> frozenset[str]:
        """The direct members of a group, as GitLab itself counts approvals of groups."""
        from modelops_git.edges.forges.gitlab import people

        return people.members(self.client, team)

    def brought_by(self, commit: str) -> tuple[PullRequest, ...]:
        """The merged merge requests that GitLab says brought a commit."""
        from modelops_git.edges.forges.gitlab import requests

        return requests.brought_by(self.client, commit)

    def find_open(self, branch: str) -> PullRequest | None:
        """The open merge request of a branch of this project."""
        from modelops_git.edges.forges.gitlab import requests

        return requests.find_open(self.client, branch)

    def propose(self, proposal: Proposal) -> PullRequest:
        """Open a merge request; the one that is open for the branch already, where there is one."""
        from modelops_git.edges.forges.gitlab import proposing

        return proposing.propose(self.client, proposal)

    def comment(self, number: int, marker: str, body: str) -> str:
        """Write a comment, or write anew the one of ours that begins with `marker`."""
        from modelops_git.edges.forges.gitlab import proposing

        return proposing.comment(self.client, number, marker, body)

    def guards(self, wanted: Wanted) -> tuple[Guard, ...]:
        """What GitLab should be set to, and whether it is."""
        from modelops_git.edges.forges.gitlab.guards import guards_of

        return guards_of(self.client, wanted)


def open_forge(site: Site) -> GitLab:
    """The project at `site`; nothing is asked yet.

    Raises:
        ForgeError: That is no path of a project on GitLab.
    """
    if len(site.repository) > _LONGEST or not _REPOSITORY.fullmatch(site.repository):
        raise ForgeError(
            f"{site.repository!r} is no project on GitLab",
            hint="Write its whole path as `forge.repository` in modelops.yaml, such as acme/ml/models.",
        )
    return GitLab(Client(site, site.api.rstrip("/") or PUBLIC, _HEADERS))
