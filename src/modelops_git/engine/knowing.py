"""Who made a change and who approved it: asked of the forge, read from signatures, or from a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import Field

from modelops_git.core.authorizing.directory import teams_in
from modelops_git.core.authorizing.facts import Approval, Known, Participant
from modelops_git.core.errors import ForgeError, GitError, UsageError
from modelops_git.core.records import Instant, Record
from modelops_git.edges.git.commits import find_commit
from modelops_git.edges.git.history import merge_base
from modelops_git.engine.binding import span_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from modelops_git.core.authorizing.facts import Binding
    from modelops_git.core.manifests.registry import Registry
    from modelops_git.edges.forges.base import Forge, PullRequest, Review
    from modelops_git.edges.git.repository import Repository

FETCH_SECONDS = 60
LARGEST_FILE = 1 << 20
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.ASCII)


class Asked(NamedTuple):
    """A pull request, and where it goes.

    Attributes:
        repository: The clone.
        forge: Where it is.
        pull: What the forge says of it.
        remote: The remote that has its commits.
        into: The commit of the base branch that it is, or was, merged into.
    """

    repository: Repository
    forge: Forge
    pull: PullRequest
    remote: str
    into: str


def known_to_forge(asked: Asked, registry: Registry) -> Known:
    """What the forge says of a pull request; `registry` names the teams that matter.

    Raises:
        ForgeError: It could not be asked.
        GitError: Its commits could not be had.
    """
    pull = asked.pull
    participants = asked.forge.participants(pull)
    approved = [one for one in asked.forge.reviews(pull) if one.state == "approved" and not one.by_bot]
    bindings = _bindings(asked, {one.commit for one in approved})
    return Known(
        participants=participants,
        approvals=tuple(_approval(asked.forge.kind, one, bindings) for one in approved),
        author=_author(pull, participants),
        teams={team: asked.forge.members(team) for team in teams_of(registry, asked.forge.kind)},
        pull_request=pull.reference,
    )


def teams_of(registry: Registry, kind: str) -> tuple[str, ...]:
    """The teams in a registry's groups that a forge of a kind knows the members of."""
    return tuple(team for team in teams_in(registry) if team.startswith(f"{kind}-"))


def fetch_head(asked: Asked) -> str:
    """The commit that a pull request proposes, brought here.

    Raises:
        ForgeError: The forge names no commit.
        GitError: It could not be had.
    """
    _require_commit(asked.pull.head)
    _fetch(asked, asked.pull.fetch)
    if find_commit(asked.repository, asked.pull.head) is None:
        raise GitError(
            f"{asked.remote} does not give the head {asked.pull.head[:12]} of {asked.pull.reference}",
            hint=f"See `git ls-remote {asked.remote} {asked.pull.fetch}`.",
        )
    return asked.pull.head


def _approval(source: str, review: Review, bindings: dict[str, Binding]) -> Approval:
    return Approval(review.by, source, review.at, bindings.get(review.commit))


def _author(pull: PullRequest, participants: Iterable[Participant]) -> str:
    """Who asks: whoever opened it, or for whom a bot did, if the forge says so and not just a commit."""
    if not pull.by_bot:
        return pull.opened_by
    asked = (one.identity for one in participants if one.part == "asked" and one.is_certain)
    return next(asked, pull.opened_by)


def _bindings(asked: Asked, commits: set[str]) -> dict[str, Binding]:
    """What each commit did that somebody approved; one that cannot be had any more is left out."""
    found = {}
    for commit in sorted(commits):
        if not _COMMIT.fullmatch(commit):
            continue
        if find_commit(asked.repository, commit) is None and not _is_fetched(asked, commit):
            continue
        base = merge_base(asked.repository, asked.into, commit)
        found[commit] = span_of(asked.repository, base, commit).binding
    return found


def _is_fetched(asked: Asked, commit: str) -> bool:
    """Whether a commit that the branch has left behind could be had: not every server gives those."""
    command = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", asked.remote, commit)
    code, _, _ = asked.repository.git.outcome(*command, timeout=FETCH_SECONDS)
    return code == 0 and find_commit(asked.repository, commit) is not None


def _fetch(asked: Asked, ref: str) -> None:
    if not ref.startswith("refs/"):
        raise ForgeError(f"the forge names {ref!r} as the ref of {asked.pull.reference}, which is none")
    command = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", asked.remote, ref)
    asked.repository.git.run(*command, timeout=FETCH_SECONDS)


def _require_commit(name: str) -> None:
    if not _COMMIT.fullmatch(name):
        raise ForgeError(f"the forge names {name[:80]!r} as a commit, which is none")


class _Said(Record):
    """One approval in a file."""

    by: str = Field(pattern=r"^[a-z][a-z0-9-]*:[!-~]+\z", max_length=256)
    commit: str = Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})\z")
    at: Instant | None = None


class _Part(Record):
    """One participant in a file."""

    identity: str = Field(pattern=r"^[a-z][a-z0-9-]*:[!-~]+\z", max_length=256)
    part: Literal["opened", "pushed", "wrote", "co-wrote", "asked"] = "wrote"


class Statement(Record):
    """What another forge says, as a file that somebody wrote who asked it: `--approvals FILE`.

    Attributes:
        author: Who asks for the change.
        participants: Who else had a part in it.
        approvals: The latest word of each person, where it is an approval.
        teams: The members of teams that groups name.
        pull_request: As people write it.
    """

    format_version: Literal[1] = 1
    author: str = ""
    participants: tuple[_Part, ...] = ()
    approvals: tuple[_Said, ...] = ()
    teams: dict[str, tuple[str, ...]] = Field(default={})
    pull_request: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """What a file says, before the commits in it are looked at."""

    repository: Repository
    into: str | None
    said: Statement

    def known(self) -> Known:
        """The same as a forge would say it."""
        said = self.said
        opened = (Participant(said.author, "opened"),) if said.author else ()
        others = tuple(Participant(one.identity, one.part) for one in said.participants)
        approvals = tuple(Approval(one.by, "file", one.at, self._binding(one)) for one in said.approvals)
        teams = {team: frozenset(members) for team, members in said.teams.items()}
        return Known((*opened, *others), approvals, said.author, teams, said.pull_request)

    def _binding(self, said: _Said) -> Binding | None:
        if find_commit(self.repository, said.commit) is None:
            return None
        base = merge_base(self.repository, self.into, said.commit) if self.into else None
        return span_of(self.repository, base, said.commit).binding


def read_statement(path: Path) -> Statement:
    """The statement in a file.

    Raises:
        UsageError: There is none, or it is no such statement.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST_FILE:
        raise UsageError(f"{path} is larger than 1 MiB, which no statement of approvals is")
    try:
        return Statement.from_bytes(data)
    except ValueError as error:
        raise UsageError(
            f"{path} is no statement of approvals: {error}",
            hint='It is JSON: {"author": "github:ana", "approvals": [{"by": "github:bo", "commit": "…"}]}.',
        ) from error
