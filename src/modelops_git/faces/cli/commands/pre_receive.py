"""`modelops pre-receive`: the hook of a plain git server."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session


@click.command("pre-receive")
@takes_session
@click.option(
    "--pusher-env",
    default="REMOTE_USER",
    show_default=True,
    metavar="NAME",
    help="The environment variable in which the server says who pushes.",
)
@click.option("--registry", default="", metavar="FOLDER", help="The registry's folder; the top by default.")
def command(session: Session, pusher_env: str, registry: str) -> Answer:
    """Hold a push against the rules; the hook of a git server.

    It reads lines of `OLD NEW REF`, as git writes them for its hook of that name. The default branch only
    moves forward, to what has no errors and what the rules of what is there allow; branches of journals only
    grow. Who pushes is `ssh:NAME` in the rules, and never counts as an approver. Where something could not be
    checked, nothing is taken.
    """
    from modelops_git.edges.git.repository import Repository
    from modelops_git.engine.receiving.receive import Pusher, receive
    from modelops_git.engine.receiving.updates import MOST_BYTES, read_updates
    from modelops_git.faces.reporting.received import received_json, received_lines

    updates = read_updates(sys.stdin.buffer.read(MOST_BYTES + 1))
    folder = registry.strip("/")
    repository = Repository.of_server(session.folder, f"{folder}/" if folder else "")
    pusher = Pusher(os.environ.get(pusher_env, ""), pusher_env)
    received = receive(repository, updates, pusher)
    code = ExitCode.FINDINGS if any(one.judged.is_refused for one in received) else ExitCode.OK
    return Answer(received_json(received), received_lines(received), code)
