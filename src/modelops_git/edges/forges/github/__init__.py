"""GitHub, and GitHub Enterprise Server: everything by REST, but who the token's own user is.

Sources: GitHub, "REST API", version 2022-11-28, and the OpenAPI description of it that GitHub publishes.
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

PUBLIC = "https://api.github.com"
_HEADERS = (("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28"))
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}/[A-Za-z0-9_.-]{1,100}", re.ASCII)


@dataclass(frozen=True)
class GitHub:
    """One repository on GitHub (see `Forge`); its parts are in the modules beside."""

    client: Client
    kind: str = "github"

    def pull_request(self, number: int) -> PullRequest:
        """The pull request with this number."""
        from modelops_git.edges.forges.github import pulls

        return pulls.pull_request(self.client, number)

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """The latest word of each person: a comment does not take an approval back, as on its page."""
        from modelops_git.edges.forges.github import pulls

        return pulls.reviews(self.client, pull)

    def participants(self, pull: PullRequest) -> tuple[Participant, ...]:
        """Everybody who had a part in it."""
        from modelops_git.edges.forges.github import people

        return people.participants(self.client, pull)

    def members(self, team: str) -> frozenset[str]:
        """The members of a team, with those of the teams in it."""
        from modelops_git.edges.forges.github import people

        return people.members(self.client, team)

    def brought_by(self, commit: str) -> tuple[PullRequest, ...]:
        """The merged pull requests that GitHub says brought a commit."""
        from modelops_git.edges.forges.github import pulls

        return pulls.brought_by(self.client, commit)

    def find_open(self, branch: str) -> PullRequest | None:
        """The open pull request of a branch of this repository."""
        from modelops_git.edges.forges.github import pulls

        return pulls.find_open(self.client, branch)

    def propose(self, proposal: Proposal) -> PullRequest:
        """Open a pull request; the one that is open for the branch already, where there is one."""
        from modelops_git.edges.forges.github import proposing

        return proposing.propose(self.client, proposal)

    def comment(self, number: int, marker: str, body: str) -> str:
        """Write a comment, or write anew the one of ours that begins with `marker`."""
        from modelops_git.edges.forges.github import proposing

        return proposing.comment(self.client, number, marker, body)

    def guards(self, wanted: Wanted) -> tuple[Guard, ...]:
        """What GitHub should be set to, and whether it is."""
        from modelops_git.edges.forges.github.guards import guards_of

        return guards_of(self.client, wanted)


def open_forge(site: Site) -> GitHub:
    """The repository at `site`; nothing is asked yet.

    Raises:
        ForgeError: That is no path of a repository on GitHub.
    """
    if not _REPOSITORY.fullmatch(site.repository) or site.repository.endswith(("/.", "/..")):
        raise ForgeError(
            f"{site.repository!r} is no repository on GitHub",
            hint="Write its owner and name as `forge.repository` in modelops.yaml, such as acme/models.",
        )
    return GitHub(Client(site, site.api.rstrip("/") or PUBLIC, _HEADERS))
