"""The workflows of the example registry at the top of this repository: those that `modelops init` writes.

Its targets are folders of a clone, so nothing is applied, reconciled or audited on the forge. What judges a
pull request is the tool that is merged, never that of the pull request.
"""

from __future__ import annotations

from modelops_git.engine.workflows import REVIEWING, Setting, workflows

INSTALL = (
    'git worktree add --quiet --detach "$RUNNER_TEMP/tool" origin/main && python -I -m pip install --quiet'
    ' --disable-pip-version-check --constraint "$RUNNER_TEMP/tool/constraints.txt" "$RUNNER_TEMP/tool"'
)


def rendered() -> dict[str, str]:
    """Each workflow's path from the top of the repository, and its text."""
    setting = Setting("example", "main", (), version="merged", install=INSTALL)
    texts = workflows(setting)
    return {f".github/workflows/{name}": texts[f".github/workflows/{name}"] for name in REVIEWING}
