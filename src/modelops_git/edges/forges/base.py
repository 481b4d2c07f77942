"""What a forge is to us: who opened, wrote and approved a pull request; a place for proposals and comments.

Everything that a forge says is data from elsewhere: bounded, checked, never an address to go to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from modelops_git.core.authorizing.facts import Participant


class Site(NamedTuple):
    """One repository on one forge.

    Attributes:
        repository: Its path there, such as `acme/models`.
        api: The address that its API begins with, without a slash at its end; empty for the public one.
        token: Sent with each request, where it is not empty; never printed.
        setting: The environment variable that holds the token, for messages.
    """

    repository: str
    api: str = ""
    token: str = ""
    setting: str = ""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request; on GitLab a merge request.

    Attributes:
        number: Its number in the repository.
        reference: As people there write it: `#12`, `!12`.
        url: Where people read it.
        title: Its title.
        opened_by: Who opened it, such as `github:ana`.
        by_bot: Whether that is no person.
        state: What became of it.
        head: The commit that is proposed.
        head_branch: The branch that it is on.
        base_branch: The branch that it is to be merged into.
        from_fork: Whether the branch is in another repository.
        merged_as: The commit that it became on the base branch; empty where it is not merged.
        fetch: The ref of the base repository that has `head`, such as `refs/pull/12/head`.
    """

    number: int
    reference: str
    url: str
    title: str
    opened_by: str
    by_bot: bool
    state: Literal["open", "merged", "closed"]
    head: str
    head_branch: str
    base_branch: str
    from_fork: bool
    merged_as: str
    fetch: str


class Review(NamedTuple):
    """The latest word of one person on a pull request.

    Attributes:
        by: Who, such as `github:ana`.
        state: What they say now: an approval that was dismissed or withdrawn is none.
        at: When.
        commit: The commit that was its head then; empty where the forge does not say.
        by_bot: Whether that is no person.
    """

    by: str
    state: Literal["approved", "changes_requested", "dismissed", "commented"]
    at: datetime | None
    commit: str
    by_bot: bool = False


class Proposal(NamedTuple):
    """A pull request to be opened.

    Attributes:
        branch: The branch that was pushed.
        base: The branch to merge it into.
        title: One line.
        body: Markdown.
    """

    branch: str
    base: str
    title: str
    body: str


class Guard(NamedTuple):
    """One thing that a forge should be set to, and whether it is.

    Attributes:
        name: What, in a few words: `default branch is protected`.
        state: `ok`, `missing`, or `unknown` where the token may not see it.
        message: What was found.
        hint: What to do; empty where nothing needs doing.
    """

    name: str
    state: Literal["ok", "missing", "unknown"]
    message: str
    hint: str = ""


class Wanted(NamedTuple):
    """What a registry needs of its forge.

    Attributes:
        branch: The default branch.
        journals: The pattern of the journal branches: `modelops/acme/journal/*`.
        checks: The names of the jobs that must have succeeded before a merge.
        environments: The environments in which something is deployed.
        reverts: Whether pull requests are opened by the machine, whose checks must then run.
    """

    branch: str
    journals: str
    checks: tuple[str, ...]
    environments: tuple[str, ...]
    reverts: bool


class Forge(Protocol):
    """One repository on a forge; each method raises ForgeError where the forge cannot be asked or refuses."""

    @property
    def kind(self) -> str:
        """`github` or `gitlab`: the prefix of the identities that it knows."""

    def pull_request(self, number: int) -> PullRequest:
        """The pull request with this number."""

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """The latest word of each person, in the order of time."""

    def participants(self, pull: PullRequest) -> tuple[Participant, ...]:
        """Everybody who had a part in it: opened, pushed, wrote, co-wrote, or had a bot act for them.

        Somebody of whom a commit says only an address is `email:…`.
        """

    def members(self, team: str) -> frozenset[str]:
        """The members of a team or group such as `github-team:acme/leads`, nested ones too."""

    def brought_by(self, commit: str) -> tuple[PullRequest, ...]:
        """The merged pull requests that a commit of the base branch came with, whatever way it was merged."""

    def find_open(self, branch: str) -> PullRequest | None:
        """The open pull request of a branch of this repository; None where there is none."""

    def propose(self, proposal: Proposal) -> PullRequest:
        """Open a pull request; the one that is open for the branch already, where there is one."""

    def comment(self, number: int, marker: str, body: str) -> str:
        """Write a comment, or write anew the one of ours that begins with `marker`; where people read it."""

    def guards(self, wanted: Wanted) -> tuple[Guard, ...]:
        """What the forge should be set to for `wanted`, and whether it is."""
