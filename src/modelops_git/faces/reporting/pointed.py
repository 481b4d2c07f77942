"""What `promote` and `rollback` wrote, and what to do next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from modelops_git.core.places import home_of

if TYPE_CHECKING:
    from modelops_git.edges.forges.base import PullRequest
    from modelops_git.engine.pointing import Delivered, Message, Pointed
    from modelops_git.faces.reporting.lines import Line


def pointed_data(pointed: Pointed, message: Message, delivered: Delivered) -> dict[str, Any]:
    """For programs: the file, the branch, the commit, and the text for a pull request."""
    return {
        "path": pointed.path,
        "before": pointed.before or None,
        "version": pointed.version.home.name,
        "manifest_digest": pointed.version.digest,
        "branch": delivered.branch or None,
        "commit": delivered.commit or None,
        "title": message.subject,
        "body": message.body,
    }


def pointed_lines(pointed: Pointed, message: Message, delivered: Delivered) -> list[Line]:
    """For people."""
    lines = committed_lines(pointed, message, delivered)
    if not delivered.commit:
        return lines
    return [
        *lines,
        "",
        "next:",
        *(f"  {step}" for step in _steps(pointed, delivered)),
        _handover(message, delivered),
        "",
        *(f"  {row}".rstrip() for row in [message.subject, "", *message.body.splitlines()]),
    ]


def committed_lines(pointed: Pointed, message: Message, delivered: Delivered) -> list[Line]:
    """The change of the manifest, and the commit that it is in."""
    before = pointed.before or "nothing"
    lines: list[Line] = [f"{pointed.path}: {before} -> {pointed.version.home.name}"]
    if not delivered.commit:
        return [*lines, "Written, not committed."]
    return [*lines, f"Committed {delivered.commit[:12]} on {delivered.branch}: {message.subject}"]


def pull_json(pull: PullRequest) -> dict[str, Any]:
    """A pull request for programs."""
    return {"number": pull.number, "reference": pull.reference, "url": pull.url}


def _handover(message: Message, delivered: Delivered) -> str:
    """A branch that was made for the change is to be reviewed; another one may be the default branch."""
    if delivered.branch == message.branch:
        return "Then have the branch merged; this text tells the reviewer what it does:"
    return "If it goes by a pull request, this is a text for it:"


def _steps(pointed: Pointed, delivered: Delivered) -> list[str]:
    """The commands that come next; where there is no remote, nothing is pushed."""
    home = home_of(pointed.path)
    steps = [f"modelops plan --env {home.name}"] if home else []
    if delivered.remote and delivered.branch:
        steps.append(shlex.join(["git", "push", "-u", delivered.remote, delivered.branch]))
    return steps
