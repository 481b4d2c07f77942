"""`modelops doctor`: what would keep the tool from working here."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.exit_codes import ExitCode
from modelops_git.faces.cli.options import takes_session
from modelops_git.faces.reporting.lines import Span, Style

if TYPE_CHECKING:
    from modelops_git.engine.doctor import Symptom
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line

_STYLES = {"ok": Style.GOOD, "warn": Style.WARN, "fail": Style.BAD}


@click.command("doctor")
@takes_session
@click.option("--forge", is_flag=True, help="Look at how GitHub or GitLab is set instead.")
def command(session: Session, *, forge: bool) -> Answer:
    """Look for what would keep the tool from working here.

    Tools, repository, hooks, stores and journals; each ok, warn or fail. Exit code 1 when something fails.

    With `--forge`: whether the forge holds the rules, so that nobody gets round them: branch protection,
    required checks, code owners, journal branches, deployment environments, and the token for reverts. What
    the token may not see is a warning. The guide on forges says which permissions it needs.
    """
    from modelops_git.engine.doctor import State, examine

    symptoms = _of_forge(session) if forge else examine(session.folder)
    failed = any(symptom.state is State.FAIL for symptom in symptoms)
    lines = [line for symptom in symptoms for line in _lines(symptom)]
    data = {"symptoms": [asdict(symptom) for symptom in symptoms], "healthy": not failed}
    return Answer(data, lines, ExitCode.FINDINGS if failed else ExitCode.OK)


def _of_forge(session: Session) -> tuple[Symptom, ...]:
    from modelops_git.engine.doctor_forge import examine_forge

    return examine_forge(session.folder)


def _lines(symptom: Symptom) -> list[Line]:
    state = symptom.state.value
    head: Line = (Span(f"{state:4}", _STYLES[state]), f"  {symptom.name}: {symptom.message}")
    return [head, f"      -> {symptom.hint}"] if symptom.hint else [head]
