"""`modelops schema`: the language of the manifests, for editors and other tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from modelops_git.core.errors import UsageError
from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import takes_session

if TYPE_CHECKING:
    from modelops_git.faces.cli.session import Session


@click.command("schema")
@takes_session
@click.argument("kind", required=False)
def command(session: Session, kind: str | None) -> Answer:
    """Print the JSON Schema of a kind of manifest.

    Without KIND, list the kinds. The schema goes to stdout as it is: `modelops schema Model > model.json`.
    """
    from modelops_git.core.manifests.kinds import KINDS

    if kind is None:
        session.detail("`modelops schema KIND` prints the schema of one")
        return Answer({"kinds": list(KINDS)}, KINDS)
    schema = _schema(kind)
    return Answer({"schema": schema}, json.dumps(schema, indent=2).splitlines())


def _schema(kind: str) -> dict[str, object]:
    from modelops_git.core.checks.base import did_you_mean
    from modelops_git.core.manifests.kinds import KINDS
    from modelops_git.core.manifests.schema import json_schema

    by_lower = {name.lower(): name for name in KINDS}
    if kind.lower() not in by_lower:
        raise UsageError(f"there is no kind {kind!r}", hint=did_you_mean(kind, KINDS, "kinds"))
    return json_schema(by_lower[kind.lower()])
