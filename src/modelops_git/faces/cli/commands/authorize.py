"""`modelops authorize`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import code_of_findings
from modelops_git.faces.cli.options import gathers, takes_session

if TYPE_CHECKING:
    from modelops_git.engine.authorizing import Request
    from modelops_git.faces.cli.session import Session


class Words(NamedTuple):
    """The words of the command; each is described by its option."""

    base: str | None
    head: str | None
    pull_request: int | None
    approvals: Path | None
    signed: bool
    author: str | None
    operate: str | None
    model: str | None


@click.command("authorize")
@takes_session
@click.option("--base", metavar="REV", help="The commit to compare with.")
@click.option("--head", metavar="REV", help="The commit to judge, not the one that is checked out.")
@click.option("--pull-request", type=click.IntRange(1), metavar="N", help="Ask the forge about this one.")
@click.option(
    "--approvals",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Read from a file who asks and who approved.",
)
@click.option("--signed", is_flag=True, help="Take the signed approvals in the registry.")
@click.option("--author", metavar="ID", help="Who asks, such as github:ana, where the caller vouches for it.")
@click.option("--operate", metavar="ENV", help="Whether --author may act on --model there, as on call.")
@click.option("--model", metavar="MODEL", help="The model that --operate is about.")
@gathers(Words)
def command(session: Session, words: Words) -> Answer:
    """Check who may do what a change does, and who must approve it.

    The rules, groups and people of modelops.yaml are read as they were before the change. Exit code 1 where
    something is missing, 3 where it could not be found out, which blocks just the same.
    """
    from modelops_git.engine.authorizing import authorize
    from modelops_git.faces.reporting.authorized import authorization_json, authorization_lines

    if words.operate is not None:
        return _operate(session, words)
    result = authorize(session.repository(), _request(words))
    for remark in result.remarks:
        session.note(remark)
    return Answer(
        authorization_json(result), authorization_lines(result), code_of_findings(result.verdict.findings)
    )


def _request(words: Words) -> Request:
    from modelops_git.engine.authorizing import Request, Source

    if words.model is not None:
        raise UsageError("--model belongs to --operate")
    if sum((words.pull_request is not None, words.approvals is not None, words.signed)) > 1:
        raise UsageError(
            "--pull-request, --approvals and --signed each say who approved",
            hint="Give one of them.",
        )
    source = Source(words.pull_request, words.approvals, words.signed, _identity(words.author))
    return Request(source, words.base, words.head)


def _operate(session: Session, words: Words) -> Answer:
    from modelops_git.engine.authorizing import operation
    from modelops_git.engine.intent import environment_named, known_intent
    from modelops_git.faces.reporting.authorized import verdict_json, verdict_lines

    if not words.model or not words.author:
        raise UsageError(
            "--operate needs --model and --author", hint="As in --operate production --model iris."
        )
    repository = session.repository()
    intent = known_intent(repository)
    environment = environment_named(intent.registry, words.operate or "").name
    verdict = operation(repository, intent, (environment, words.model), _identity(words.author))
    return Answer(verdict_json(verdict), verdict_lines(verdict), code_of_findings(verdict.findings))


def _identity(text: str | None) -> str:
    """An identity as it was given.

    Raises:
        UsageError: It is none.
    """
    system, colon, name = (text or "").partition(":")
    if text and not (colon and system and name and text.isprintable() and " " not in text):
        raise UsageError(f"{text!r} is no identity", hint="Write a system, a colon and a name: github:ana.")
    return text or ""
