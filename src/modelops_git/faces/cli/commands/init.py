"""`modelops init`: a new registry."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelops_git.faces.cli.answer import Answer
from modelops_git.faces.cli.options import takes_session
from modelops_git.faces.reporting.lines import Span, Style

if TYPE_CHECKING:
    from modelops_git.engine.init import Made
    from modelops_git.faces.cli.session import Session
    from modelops_git.faces.reporting.lines import Line

NEXT = (
    "pre-commit install              # the checks run before each commit and merge",
    "git add --all && git commit -m 'Begin the model registry'",
    "git push -u origin HEAD         # the journals live there as well; without a remote, in this clone",
    "modelops journal create ENV     # once for each environment",
    "modelops register MODEL PATH... # the first version of a model",
)
ON_GITHUB = (
    "set MODELOPS_READ_ROLE (a role that may only read the stores), a variable of the repository",
    "make an environment on GitHub for each of the registry's, for {branch} alone, with MODELOPS_ROLE",
    "protect {branch}: pull requests, and the check {gate}",
    "protect the branches modelops/{name}/journal/*: no force-push, no deletion",
)
ON_GITLAB = (
    "set the variables that the head of .gitlab-ci.yml names: tokens and roles",
    "schedule pipelines on {branch}: MODELOPS_TASK=reconcile every 5 minutes, MODELOPS_TASK=audit weekly",
    "protect {branch}: merge requests whose pipeline succeeded",
    "protect the branches modelops/{name}/journal/*: no force-push, no deletion",
)
ON_FORGE = {"github": ("GitHub", ON_GITHUB), "gitlab": ("GitLab", ON_GITLAB)}
GUIDE = "https://modelops-git.readthedocs.io/en/latest/guides/ci.html"


@click.command("init")
@takes_session
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), required=False)
@click.option(
    "--forge",
    type=click.Choice(["github", "gitlab", "none"]),
    default="none",
    show_default=True,
    help="The forge to write pipelines for: checks, apply, reconcile, audit, on-call.",
)
def command(session: Session, directory: Path | None, forge: str) -> Answer:
    """Write a registry that passes its own hooks.

    DIRECTORY is the top of a git repository or a folder of it; the default is this folder. Files that are
    there already are kept as they are.
    """
    from modelops_git.engine.init import make_registry

    made = make_registry(session.folder / directory if directory else session.folder, forge)
    if forge == "none":
        session.detail("no pipelines were written (--forge none)")
    return Answer(_data(made), _lines(made))


def _data(made: Made) -> dict[str, object]:
    return {
        "name": made.name,
        "root": str(made.folder),
        "written": [_shown(made, path) for path in made.written],
        "kept": [_shown(made, path) for path in made.kept],
        "unmapped": _shown(made, made.unmapped) if made.unmapped else None,
        "forge": made.forge,
        "lacking": [{"path": _shown(made, path), "line": line} for path, line in made.lacking],
    }


def _shown(made: Made, path: Path) -> str:
    """A path as it is from the registry's folder."""
    return os.path.relpath(path, made.folder)


def _lines(made: Made) -> list[Line]:
    lines: list[Line] = [(Span("wrote ", Style.GOOD), _shown(made, path)) for path in made.written]
    lines += [(Span("kept  ", Style.FAINT), _shown(made, path)) for path in made.kept]
    lines += [
        (Span("add   ", Style.WARN), f"to {_shown(made, path)} the line  {line}")
        for path, line in made.lacking
    ]
    if made.unmapped:
        said = f"which adds the schemas to {_shown(made, made.unmapped)}"
        lines.append((Span("run   ", Style.WARN), f"modelops schema --vscode, {said}"))
    if not made.written:
        return [*lines, "", f"The registry {made.name!r} is complete already."]
    lines += ["", f"The registry {made.name!r} is ready. Next:", *(f"  {step}" for step in NEXT)]
    return [*lines, *_on_the_forge(made)]


def _on_the_forge(made: Made) -> list[Line]:
    """What nobody can write into a repository: the forge's own settings."""
    if made.setting is None:
        return []
    title, steps = ON_FORGE[made.forge]
    values = {"name": made.setting.registry, "branch": made.setting.branch, "gate": made.setting.gate}
    told = [
        f"  {step.format_map(values)}" for step in (*steps, "look whether it is so: modelops doctor --forge")
    ]
    return ["", f"Once on {title}, as {GUIDE} says:", *told]
