"""The workflows and CODEOWNERS of the example registry at the top: those that `modelops init` writes.

Its targets are folders of a clone, so nothing is applied, reconciled or audited on the forge. What judges a
pull request is the tool that is merged, never that of the pull request.
"""

from __future__ import annotations

from pathlib import Path

from modelops_git.edges.git.repository import find_registry
from modelops_git.engine.codeowners import codeowners
from modelops_git.engine.workflows import REVIEWING, Setting, workflows

ROOT = Path(__file__).resolve().parent.parent
OWNERS = ".github/CODEOWNERS"
INSTALL = (
    'git worktree add --quiet --detach "$RUNNER_TEMP/tool" origin/main && python -I -m pip install --quiet'
    ' --disable-pip-version-check --constraint "$RUNNER_TEMP/tool/constraints.txt" "$RUNNER_TEMP/tool"'
)


def rendered() -> dict[str, str]:
    """Each file's path from the top of the repository, and its text."""
    setting = Setting("example", "main", (), version="merged", install=INSTALL)
    texts = workflows(setting)
    owners = codeowners(find_registry(ROOT), "github", ROOT / OWNERS)
    return {OWNERS: owners.text} | {path: texts[path] for path in texts if path.endswith(REVIEWING)}
