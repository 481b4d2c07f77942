"""The last step of `promote` and `rollback` with `--pull-request`: the branch goes to the forge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from modelops_git.edges.forges.base import PullRequest
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.pointing import Delivered, Message, Pointed
    from modelops_git.engine.proposing import Desk
    from modelops_git.faces.reporting.lines import Line


class Written(NamedTuple):
    """A change of a rollout manifest as it was written down."""

    pointed: Pointed
    message: Message
    delivered: Delivered


def desk_for(repository: Repository, delivery: str | None) -> Desk | None:
    """Where the pull request is to be opened; None where none is asked for.

    It is looked for before anything is written: where there is no forge, no token or no remote, nothing is.

    Raises:
        UsageError: There is no forge, or no remote.
        ForgeError: There is no token for it.
    """
    if delivery != "pull-request":
        return None
    from modelops_git.engine.proposing import desk_of

    return desk_of(repository)


def answer(written: Written, desk: Desk | None) -> Answer:
    """What was written, and the pull request that was opened of it.

    Where that fails the branch and its commit stay, and are told with what to do: the same command again goes
    on from there.
    """
    from modelops_git.faces.reporting.pointed import pointed_data, pointed_lines

    data = pointed_data(*written)
    if desk is None:
        return Answer(data, pointed_lines(*written))
    return _offered(written, desk, data)


def _offered(written: Written, desk: Desk, data: dict[str, Any]) -> Answer:
    from modelops_git.core.errors import ModelopsError
    from modelops_git.faces.cli.exit_codes import code_of_error
    from modelops_git.faces.reporting.lines import Span, Style, hint_lines
    from modelops_git.faces.reporting.pointed import committed_lines, pull_json

    lines: list[Line] = committed_lines(*written)
    try:
        pull = desk.offer(written.delivered.branch, written.message)
    except ModelopsError as error:
        again = "What is done stays; the same command again goes on from there."
        lines += ["", (Span("error", Style.BAD), f": {error.message}"), *hint_lines(error.hint), again]
        problem = {"pull_request": None, "problem": error.message, "hint": error.hint}
        return Answer({**data, **problem}, lines, code_of_error(error))
    return Answer({**data, "pull_request": pull_json(pull)}, [*lines, _opened(pull)], ExitCode.OK)


def _opened(pull: PullRequest) -> str:
    return f"Pull request {pull.reference}: {pull.url}"
