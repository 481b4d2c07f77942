"""`modelops codeowners`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session

WHERE_IT_LOOKS = ""


@click.command("codeowners")
@takes_session
@click.option(
    "--forge",
    type=click.Choice(["github", "gitlab"]),
    default=None,
    help="For which forge; by default the one that modelops.yaml names.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where the file is not so.")
@click.option(
    "--out",
    is_flag=False,
    flag_value=WHERE_IT_LOOKS,
    default=None,
    metavar="[FILE]",
    help="Write it to FILE; without a value to where the forge looks.",
)
def command(session: Session, forge: str | None, out: str | None, *, check: bool) -> Answer:
    """Write CODEOWNERS from the rules in modelops.yaml.

    The forge then asks the right people by itself. It knows less than the rules say: comments in the file
    name what is left to `modelops authorize`. What others wrote into the file is kept.
    """
    from modelops_git.engine.codeowners import codeowners, write

    repository = session.repository()
    owners = codeowners(repository, forge or "", Path(out) if out else None)
    name = os.path.relpath(owners.path)
    data = {"path": name, "fresh": owners.is_fresh, "text": owners.text}
    if check:
        word = "as the rules say" if owners.is_fresh else "stale; `modelops codeowners --out` writes it anew"
        return Answer(data, [f"{name} is {word}"], ExitCode.OK if owners.is_fresh else ExitCode.FINDINGS)
    if out is None:
        return Answer(data, owners.block.splitlines())
    if not owners.is_fresh:
        write(owners)
    return Answer(data, [f"{name} is fresh already" if owners.is_fresh else f"wrote {name}"])
