"""Pull requests on GitHub, and what people say of them."""

from __future__ import annotations

from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.base import PullRequest, Review
from modelops_git.edges.forges.github import asking
from modelops_git.edges.forges.records import Record

if TYPE_CHECKING:
    from modelops_git.edges.forges.web import Client

_BOT = "[bot]"
_NEVER = datetime.min.replace(tzinfo=UTC)
_SAID: dict[str, Literal["approved", "changes_requested", "dismissed", "commented"]] = {
    "APPROVED": "approved",
    "CHANGES_REQUESTED": "changes_requested",
    "DISMISSED": "dismissed",
    "COMMENTED": "commented",
}


def pull_request(client: Client, number: int) -> PullRequest:
    """The pull request with this number."""
    return of_record(full_record(client, number), client)


def full_record(client: Client, number: int) -> Record:
    """All that GitHub says of a pull request."""
    ask = asking.pull(client.site, number)
    record = Record.of(client.get(ask).document, ask.about)
    if record.number("number") != number:
        raise ForgeError(f"the answer about {ask.about} is about another one")
    return record


def of_record(record: Record, client: Client) -> PullRequest:
    """A pull request as any of GitHub's answers has it."""
    record.require("number", "state", "head", "base")
    number, user = record.number("number"), record.record("user")
    head, base = record.record("head").require("sha", "ref"), record.record("base").require("ref")
    origin = head.record("repo").text("full_name").lower()
    state = _state(record)
    return PullRequest(
        number=number,
        reference=f"#{number}",
        url=record.text("html_url"),
        title=record.text("title"),
        opened_by=identity(user),
        by_bot=is_bot(user),
        state=state,
        head=head.commit("sha"),
        head_branch=head.text("ref"),
        base_branch=base.text("ref"),
        from_fork=origin != client.site.repository.lower(),
        merged_as=record.commit("merge_commit_sha") if state == "merged" else "",
        fetch=f"refs/pull/{number}/head",
    )


def _state(record: Record) -> Literal["open", "merged", "closed"]:
    if record.time("merged_at"):
        return "merged"
    said = record.text("state")
    if said not in {"open", "closed"}:
        raise ForgeError(f"the answer about {record.subject} has a state that is not known")
    return "open" if said == "open" else "closed"


def identity(user: Record) -> str:
    """Who that is; empty where the account is gone."""
    login = user.login("login")
    return f"github:{login}" if login else ""


def is_bot(user: Record) -> bool:
    """Whether a user is no person."""
    return user.text("type") == "Bot" or user.text("login").endswith(_BOT)


def reviews(client: Client, pull: PullRequest) -> tuple[Review, ...]:
    """The latest word of each person, in the order of time."""
    ask = asking.pull(client.site, pull.number, "/reviews")
    found = (Record.of(one, f"the reviews of {ask.about}") for one in client.pages(ask))
    said = [(_order(one), one) for one in found if one.text("state") != "PENDING" and _is_known(one)]
    latest: dict[str, Review] = {}
    for order, record in sorted(said, key=itemgetter(0)):
        review = _review(record, order[0])
        if review.state == "commented" and review.by in latest:
            continue
        latest.pop(review.by, None)  # what somebody says last is also in the place of what is said last
        latest[review.by] = review
    return tuple(latest.values())


def _order(record: Record) -> tuple[datetime, int]:
    return record.time("submitted_at") or _NEVER, record.number("id")


def _is_known(record: Record) -> bool:
    """Whether somebody said it, at some time; the accounts of those who are gone have no name."""
    return bool(identity(record.record("user"))) and record.time("submitted_at") is not None


def _review(record: Record, at: datetime) -> Review:
    state = _SAID.get(record.text("state"))
    if state is None:
        raise ForgeError(f"the answer about {record.subject} has a state that is not known")
    user = record.record("user")
    return Review(identity(user), state, at, record.commit("commit_id"), is_bot(user))


def brought_by(client: Client, commit: str) -> tuple[PullRequest, ...]:
    """The merged pull requests that a commit of a branch came with."""
    ask = asking.brought(client.site, commit)
    found = (of_record(Record.of(one, ask.about), client) for one in client.pages(ask))
    return tuple(sorted((pull for pull in found if pull.state == "merged"), key=lambda pull: pull.number))


def find_open(client: Client, branch: str) -> PullRequest | None:
    """The open pull request of a branch of this repository; the oldest where there are several."""
    owner = client.site.repository.partition("/")[0]
    query = (("state", "open"), ("head", f"{owner}:{branch}"))
    ask = asking.pulls(client.site, f"the open pull requests of {branch}", *query)
    found = (of_record(Record.of(one, ask.about), client) for one in client.pages(ask))
    # GitHub leaves out a filter that it does not understand, so that it is not believed alone.
    ours = [
        pull for pull in found if pull.head_branch == branch and not pull.from_fork and pull.state == "open"
    ]
    return min(ours, key=lambda pull: pull.number, default=None)
