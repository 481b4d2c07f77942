"""`modelops schema`: the language of the manifests, for editors and other tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import takes_session
from modelops_git.faces.reporting.lines import Span, Style

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line


@click.command("schema")
@takes_session
@click.argument("kind", required=False)
@click.option("--vscode", is_flag=True, help="Write all schemas, and name them in .vscode/settings.json.")
def command(session: Session, kind: str | None, *, vscode: bool) -> Answer:
    """Print the JSON Schema of a kind of manifest.

    Without KIND, list the kinds. The schema goes to stdout as it is: `modelops schema Model > model.json`.

    With --vscode, the schemas are written to the folder `schemas` of the registry, and the settings of
    VS Code say which files each is for. Other settings and comments stay.
    """
    from modelops_git.core.manifests.kinds import KINDS

    if vscode:
        if kind is not None:
            raise UsageError("--vscode is about all kinds", hint="Leave out KIND or --vscode.")
        return _set_up(session)
    if kind is None:
        session.detail("`modelops schema KIND` prints the schema of one")
        return Answer({"kinds": list(KINDS)}, KINDS)
    schema = _schema(kind)
    return Answer({"schema": schema}, json.dumps(schema, indent=2).splitlines())


def _set_up(session: Session) -> Answer:
    from modelops_git.engine.editors import set_up_editors

    repository = session.repository()
    done = set_up_editors(repository)
    written, kept = (
        [path.relative_to(repository.top).as_posix() for path in paths] for paths in (done.written, done.kept)
    )
    lines: list[Line] = [(Span("wrote ", Style.GOOD), path) for path in written]
    lines += [(Span("kept  ", Style.FAINT), path) for path in kept]
    return Answer({"written": written, "kept": kept}, lines)


def _schema(kind: str) -> dict[str, object]:
    from modelops_git.core.checks.base import did_you_mean
    from modelops_git.core.manifests.kinds import KINDS
    from modelops_git.core.manifests.schema import json_schema

    by_lower = {name.lower(): name for name in KINDS}
    if kind.lower() not in by_lower:
        raise UsageError(f"there is no kind {kind!r}", hint=did_you_mean(kind, KINDS, "kinds"))
    return json_schema(by_lower[kind.lower()])
