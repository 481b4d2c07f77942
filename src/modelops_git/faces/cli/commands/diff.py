"""`modelops diff`: two versions of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import REFERENCE, takes_session

if TYPE_CHECKING:
    from modelops_git.core.references import Reference
    from modelops_git.faces.cli.session import Session


@click.command("diff")
@takes_session
@click.argument("model", type=REFERENCE)
@click.argument("a")
@click.argument("b")
def command(session: Session, model: Reference, a: str, b: str) -> Answer:
    """Compare two versions of a model.

    What a change of the interface from version A to version B means for callers, with a payload that shows
    it; metrics, files, data and parameters; and the least version number that B may have.
    """
    from modelops_git.core.references import find_model, find_version
    from modelops_git.engine.diff import diff_versions
    from modelops_git.faces.reporting.difference import difference_lines, difference_to_json

    catalog = session.catalog()
    document = find_model(catalog, str(model))
    old, new = (find_version(catalog, str(model), version) for version in (a, b))
    difference = diff_versions(old, new, document)
    return Answer(difference_to_json(difference), difference_lines(difference))
