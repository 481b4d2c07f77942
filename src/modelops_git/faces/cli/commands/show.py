"""`modelops show`: a model, or one of its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import REFERENCE, takes_session

if TYPE_CHECKING:
    from modelops_git.core.references import Reference
    from modelops_git.faces.cli.session import Session


@click.command("show")
@takes_session
@click.argument("reference", type=REFERENCE, metavar="MODEL[@VERSION]")
def command(session: Session, reference: Reference) -> Answer:
    """Show a model or one of its versions.

    A model with its versions, newest first; a version with its files, interface, training and metrics.
    """
    from modelops_git.engine import overview
    from modelops_git.faces.reporting import views

    catalog = session.catalog()
    if not reference.at:
        model = overview.view_model(catalog, reference.model)
        return Answer(views.model_to_json(model), views.model_lines(model))
    version = overview.view_version(catalog, reference.model, reference.at)
    return Answer(views.version_to_json(version), views.version_lines(version))
