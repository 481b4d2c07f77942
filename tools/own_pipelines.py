"""The workflows and CODEOWNERS of the example registry at the top: those that `modelops init` writes.

Its targets are folders of a clone: so apply, reconcile and audit run only where somebody has created journals
and says so, by a variable of the repository. What judges a pull request is the tool that is merged, and never
that of the pull request.
"""

from __future__ import annotations

from pathlib import Path

from modelops_git.core.catalog import Catalog
from modelops_git.edges.git.reading import worktree_snapshot
from modelops_git.edges.git.repository import find_registry
from modelops_git.engine.codeowners import codeowners
from modelops_git.engine.selection import registry_of
from modelops_git.engine.workflows import REVIEWING, Setting, workflows

ROOT = Path(__file__).resolve().parent.parent
OWNERS = ".github/CODEOWNERS"
INSTALL = (
    'git worktree add --quiet --detach "$RUNNER_TEMP/tool" origin/main && python -I -m pip install --quiet'
    ' --disable-pip-version-check --constraint "$RUNNER_TEMP/tool/constraints.txt" "$RUNNER_TEMP/tool"'
)


LOOKING_AFTER = ("apply.yml", "reconcile.yml", "audit.yml")
_ONLY = "    if: vars.MODELOPS_LIVE == 'true' # where this repository has journals\n"
_JOB = "    runs-on: ubuntu-latest\n"


def rendered() -> dict[str, str]:
    """Each file's path from the top of the repository, and its text."""
    repository = find_registry(ROOT)
    environments = registry_of(Catalog(worktree_snapshot(repository))).environments
    names = tuple(one.name for one in environments)
    texts = workflows(Setting("example", "main", names, version="merged", install=INSTALL))
    owners = codeowners(repository, "github", ROOT / OWNERS)
    return {OWNERS: owners.text} | {
        path: text if path.endswith(REVIEWING) else text.replace(_JOB, _ONLY + _JOB)
        for path, text in texts.items()
        if path.endswith((*REVIEWING, *LOOKING_AFTER))
    }
