"""What the analyses of a run say now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.errors import RefusedError

if TYPE_CHECKING:
    from modelops_git.core.assessing.verdicts import Assessment
    from modelops_git.core.journal.state import Run
    from modelops_git.engine.cases import Case
    from modelops_git.engine.ground import Ground


def judge(ground: Ground, case: Case, run: Run) -> Assessment:
    """The assessment of a run by all of its analyses, and by those of the step that it is at.

    Raises:
        RefusedError: No provider of measurements can be asked.
    """
    raise RefusedError(f"{ground.name} {case.model}: no provider of measurements can be asked for {run.run}")
