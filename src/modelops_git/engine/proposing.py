"""Pull requests that the tool opens, and the forge that it comments on.

The forge is the one that `modelops.yaml` names as it is merged: a change does not choose its own.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_git.core.errors import ForgeError, UsageError
from modelops_git.core.markdown import paragraphs, plain
from modelops_git.edges.forges.base import Proposal
from modelops_git.edges.git.publishing import push_branch
from modelops_git.engine.forges import forge_of
from modelops_git.engine.intent import intent_at, known_intent, remote_of

if TYPE_CHECKING:
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.forges.base import Forge, PullRequest
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.pointing import Message

TITLE = 200
LONGEST = 30_000
"""Characters of a text, which is of the tool's own making but for reasons and summaries."""
_ADD = "Add `forge: {type: github}`, or gitlab, to modelops.yaml, and merge it"
_ELSE = "or leave out --pull-request, and push the branch yourself."


@dataclass(frozen=True, slots=True)
class Desk:
    """Where pull requests are opened.

    Attributes:
        repository: The clone.
        forge: The forge.
        remote: The remote that branches are pushed to.
        base: The branch to merge them into.
    """

    repository: Repository
    forge: Forge
    remote: str
    base: str

    def offer(self, branch: str, message: Message) -> PullRequest:
        """Push a branch of this clone, and open a pull request of it; the one that is open, where one is.

        Raises:
            GitError: It cannot be pushed.
            ForgeError: The forge cannot be asked, or refuses.
        """
        push_branch(self.repository, self.remote, branch)
        return self.propose(branch, message)

    def propose(self, branch: str, message: Message) -> PullRequest:
        """Open a pull request of a branch that is pushed.

        Raises:
            ForgeError: The forge cannot be asked, or refuses.
        """
        proposal = Proposal(branch, self.base, plain(message.subject, TITLE), body_of(message))
        try:
            return self.forge.propose(proposal)
        except ForgeError as error:
            pushed = shlex.quote(branch)
            raise ForgeError(
                f"the branch {pushed} is pushed, and no pull request could be opened: {error.message}",
                hint=error.hint or "Open it on the forge's page.",
            ) from error


def desk_of(repository: Repository) -> Desk:
    """Where pull requests of this clone are opened; nothing is asked yet.

    Raises:
        UsageError: What is merged names no forge, or the clone has no remote.
        ForgeError: There is no token for the forge.
        GitError: What is merged is not here.
    """
    return desk_at(repository, known_intent(repository).registry)


def desk_at(repository: Repository, registry: Registry) -> Desk:
    """The same by a `modelops.yaml` that is merged.

    Raises:
        UsageError: It names no forge, or the clone has no remote.
        ForgeError: There is no token for the forge.
    """
    remote = remote_of(repository, registry)
    if remote is None:
        raise UsageError(
            "this clone has no remote, so no pull request can be opened",
            hint="Add one with `git remote add origin ADDRESS`, " + _ELSE,
        )
    forge = forge_of(repository, registry)
    if forge is None:
        raise UsageError("modelops.yaml, as it is merged, names no forge", hint=f"{_ADD}; {_ELSE}")
    return Desk(repository, forge, remote, registry.default_branch)


def forge_at(repository: Repository, commit: str | None) -> Forge:
    """The forge that `modelops.yaml` names at a commit, which is merged.

    Raises:
        UsageError: It names none, or there is none.
        ForgeError: There is no token for it.
    """
    forge = forge_of(repository, intent_at(repository, commit).registry) if commit else None
    if forge is None:
        raise UsageError("modelops.yaml, as it is merged, names no forge", hint=f"{_ADD}.")
    return forge


def body_of(message: Message) -> str:
    """The text of a pull request: what the commit says, as Markdown that does nothing but say it."""
    return paragraphs(message.body[:LONGEST])
