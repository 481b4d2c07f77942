"""The pipelines of a registry on its forge: what `init --forge` writes, and the project's own."""

from __future__ import annotations

import json
import shlex
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, NamedTuple

from modelops_git import __version__

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

GATE = "all-green"
"""The job that must have succeeded before a merge, for a registry at the top of its repository."""
REVIEWING = ("validate.yml", "approvals.yml", "fork-comment.yml")
"""GitHub's workflows for pull requests, which a registry without environments needs as well."""
ACTING = ("apply.yml", "reconcile.yml", "operate.yml", "audit.yml")
"""GitHub's workflows that look after what is live."""
_PYTHON = "3.13"
_TAKE = """|
      if [ -n "${0}" ]; then
        (umask 077 && printf %s "$MODELOPS_IDENTITY" > "$scratch/identity")
        export AWS_ROLE_ARN="${0}" AWS_WEB_IDENTITY_TOKEN_FILE="$scratch/identity"
      fi"""
"""How a job on GitLab takes the identity of a role that a variable names."""
_INSTALL = 'python -I -m pip install --quiet --disable-pip-version-check "modelops-git==$MODELOPS"'


class Setting(NamedTuple):
    """What pipelines are written for.

    Attributes:
        registry: The registry's name.
        branch: The branch that says what should be live.
        environments: Their names, in the order of promotion.
        folder: The registry's folder in the repository; empty for its top.
        version: The version of this tool that they install.
        install: The command that installs it, which finds the version in `$MODELOPS`.
    """

    registry: str
    branch: str
    environments: tuple[str, ...]
    folder: str = ""
    version: str = __version__
    install: str = _INSTALL

    @property
    def gate(self) -> str:
        """The name of the job that must have succeeded before a merge."""
        return f"{self.registry} {GATE}" if self.folder else GATE

    @property
    def prefix(self) -> str:
        """What the names of its files begin with, so that two registries of a repository have their own."""
        return f"{self.registry}-" if self.folder else ""


class _Marked(Template):
    """A template whose places are `%{name}`: `$` belongs to the shell, and to the forges."""

    delimiter = "%"


def pipelines(forge: str, setting: Setting) -> dict[str, str]:
    """Each file that runs on a forge, `github` or `gitlab`: its path in the repository, and its text."""
    return workflows(setting) if forge == "github" else {".gitlab-ci.yml": pipeline(setting)}


def workflows(setting: Setting) -> dict[str, str]:
    """GitHub's: each file's path from the top of the repository, and its text."""
    home = _home("github")
    values = _values(setting)
    values |= {part: _filled(home / "parts" / f"{part}.yml", values).rstrip("\n") for part in _parts(home)}
    names = (*REVIEWING, *(ACTING if setting.environments else ()))
    return {f".github/workflows/{setting.prefix}{name}": _filled(home / name, values) for name in names}


def pipeline(setting: Setting) -> str:
    """GitLab's: the text of `.gitlab-ci.yml`."""
    home = _home("gitlab")
    places = setting.environments or ("",)
    values = _values(setting) | {
        "first": json.dumps(places[0]),
        "environments": json.dumps(places),
        "enter": json.dumps(f"cd -- {shlex.quote(setting.folder or '.')}"),
        "role_reading": _TAKE.format("MODELOPS_READ_ROLE"),
        "role_writing": _TAKE.format("MODELOPS_ROLE"),
    }
    each = (_in_environment(home, setting, number, values) for number in range(len(setting.environments)))
    return _filled(home / "gitlab-ci.yml", values | {"each": "".join(each)})


def _in_environment(home: Traversable, setting: Setting, number: int, values: dict[str, str]) -> str:
    """The jobs of one environment, which wait for those of the one before."""
    names = setting.environments
    before = {
        f"needs_{verb}": f'  needs: ["{verb} {names[number - 1]}"]\n' if number else ""
        for verb in ("apply", "reconcile")
    }
    return _filled(home / "parts" / "each.yml", values | before | {"environment": names[number]})


def _values(setting: Setting) -> dict[str, str]:
    return {
        "branch": setting.branch,
        "environments": json.dumps(setting.environments),
        "folder": json.dumps(setting.folder or "."),
        "gate": setting.gate,
        "install": setting.install,
        "prefix": setting.prefix,
        "python": _PYTHON,
        "title": f" ({setting.registry})" if setting.folder else "",
        "version": setting.version,
    }


def _parts(home: Traversable) -> list[str]:
    return [part.name.removesuffix(".yml") for part in (home / "parts").iterdir()]


def _home(forge: str) -> Traversable:
    return files("modelops_git.engine") / "starter" / forge


def _filled(file: Traversable, values: dict[str, str]) -> str:
    return _Marked(file.read_text(encoding="utf-8")).substitute(values)
