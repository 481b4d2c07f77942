"""`modelops comment`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import gathers, takes_session

if TYPE_CHECKING:
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.reviewed_change import Request, ReviewedChange
    from modelops_git.faces.cli.session import Session


class Asked(NamedTuple):
    """The words of the command; each is described by its option."""

    base: str
    head: str
    pull_request: int | None
    verified: Path | None
    signed: bool
    offline: bool


@click.command("comment")
@takes_session
@click.option("--base", required=True, metavar="REV", help="Where the change is to go.")
@click.option("--head", default="HEAD", metavar="REV", show_default=True, help="The change's last commit.")
@click.option(
    "--pull-request",
    type=click.IntRange(1),
    metavar="N",
    help="Post it there, in place of the one of before; by default it is printed.",
)
@click.option(
    "--verified",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What `modelops verify --format json` printed in the same run.",
)
@click.option("--signed", is_flag=True, help="Count the signed approvals in the registry.")
@click.option(
    "--offline", is_flag=True, help="Ask no target, store or provider; what the journal says counts."
)
@gathers(Asked)
def command(session: Session, asked: Asked) -> Answer:
    """Say what the merge of a change would do, for its reviewers.

    It is Markdown for GitHub and GitLab: what changes for each model and environment, what that means for
    callers, how the metrics move, how long a rollout takes and how long the way back, what checks and
    policies say, and the approvals that are still needed. The exit code is 0 whatever it says of the change.

    Whom to ask is said by the commit where the change is to go, never by the change itself.
    """
    from modelops_git.engine.reviewed_change import review_change
    from modelops_git.faces.reporting.markdown.comment import comment
    from modelops_git.faces.reporting.reviewed import reviewed_json

    repository = session.repository()
    change = review_change(repository, _request(asked))
    text = comment(change)
    data: dict[str, Any] = {**reviewed_json(change), "markdown": text}
    if asked.pull_request is None:
        return Answer(data, text=text)
    url = _post(repository, change, asked.pull_request, text)
    return Answer({**data, "posted": url}, [f"Commented: {url}"])


def _request(asked: Asked) -> Request:
    """What to gather.

    Raises:
        UsageError: Two sources say who approved, or the file of --verified is none.
    """
    from modelops_git.engine.authorizing import Source
    from modelops_git.engine.reviewed_change import Request
    from modelops_git.engine.reviewing.claims import Claims, read_claims

    if asked.signed and asked.pull_request is not None:
        raise UsageError("--pull-request and --signed each say who approved", hint="Give one of them.")
    claims = read_claims(asked.verified) if asked.verified else Claims()
    is_known = asked.signed or asked.pull_request is not None
    source = Source(asked.pull_request, signed=asked.signed) if is_known else None
    return Request(asked.base, asked.head, is_offline=asked.offline, claims=claims, source=source)


def _post(repository: Repository, change: ReviewedChange, number: int, text: str) -> str:
    """Post the comment; where people read it."""
    from modelops_git.engine.proposing import forge_at
    from modelops_git.faces.reporting.markdown.comment import marker

    return forge_at(repository, change.base).comment(number, marker(change.registry), text)
