"""Merge requests on GitLab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from modelops_git.core.errors import ForgeError
from modelops_git.edges.forges.base import PullRequest
from modelops_git.edges.forges.gitlab import asking
from modelops_git.edges.forges.records import Record

if TYPE_CHECKING:
    from modelops_git.edges.forges.web import Client

_BOT = re.compile(r"(?:project|group)_[0-9]+_bot(?:_[0-9a-z]+)?|service_account_[0-9a-z_]+|ghost|.*\[bot\]")
_STATES: dict[str, Literal["open", "merged", "closed"]] = {
    "opened": "open",
    "locked": "open",  # it is being merged
    "merged": "merged",
    "closed": "closed",
}


def pull_request(client: Client, number: int) -> PullRequest:
    """The merge request with this number."""
    return of_record(full_record(client, number))


def full_record(client: Client, number: int) -> Record:
    """All that GitLab says of a merge request."""
    ask = asking.request(client.site, number)
    record = Record.of(client.get(ask).document, ask.about)
    if record.number("iid") != number:
        raise ForgeError(f"the answer about {ask.about} is about another one")
    return record


def of_record(record: Record) -> PullRequest:
    """A merge request as any of GitLab's answers has it."""
    record.require("iid", "state", "source_branch", "target_branch", "target_project_id")
    number, author = record.number("iid"), record.record("author")
    state = _STATES.get(record.text("state"))
    if state is None:
        raise ForgeError(f"the answer about {record.subject} has a state that is not known")
    return PullRequest(
        number=number,
        reference=f"!{number}",
        url=record.text("web_url"),
        title=record.text("title"),
        opened_by=identity(author),
        by_bot=is_bot(author),
        state=state,
        head=record.commit("sha"),
        head_branch=record.text("source_branch"),
        base_branch=record.text("target_branch"),
        from_fork=record.number("source_project_id") != record.number("target_project_id"),
        merged_as=_merged_as(record) if state == "merged" else "",
        fetch=f"refs/merge-requests/{number}/head",
    )


def _merged_as(record: Record) -> str:
    """The merge, the squashed commit, or the head itself where the branch was moved forward."""
    return record.commit("merge_commit_sha") or record.commit("squash_commit_sha") or record.commit("sha")


def identity(user: Record) -> str:
    """Who that is; empty where the account is gone."""
    login = user.login("username")
    return f"gitlab:{login}" if login else ""


def is_bot(user: Record) -> bool:
    """Whether a user is no person: by the flag where it is given, or the names that GitLab gives its own."""
    return user.flag("bot") is True or _BOT.fullmatch(user.text("username").lower()) is not None


def brought_by(client: Client, commit: str) -> tuple[PullRequest, ...]:
    """The merged merge requests that a commit of a branch came with."""
    below = f"/repository/commits/{asking.word(commit)}/merge_requests"
    ask = asking.project(client.site, below, f"the merge requests of commit {commit[:12]}")
    found = (of_record(Record.of(one, ask.about)) for one in client.pages(ask))
    return tuple(sorted((pull for pull in found if pull.state == "merged"), key=lambda pull: pull.number))


def find_open(client: Client, branch: str) -> PullRequest | None:
    """The open merge request of a branch of this project; the oldest where there are several."""
    query = (("state", "opened"), ("source_branch", branch))
    ask = asking.project(client.site, "/merge_requests", f"the open merge requests of {branch}", *query)
    found = (of_record(Record.of(one, ask.about)) for one in client.pages(ask))
    ours = [
        pull for pull in found if pull.head_branch == branch and not pull.from_fork and pull.state == "open"
    ]
    return min(ours, key=lambda pull: pull.number, default=None)
