"""What a tick works with in a real registry: manifests of a commit, stores, providers of measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.engine.cases import Work
from modelops_git.engine.guarding import guard
from modelops_git.engine.judging import judge
from modelops_git.engine.keeping import keep_manifests
from modelops_git.engine.order import refuse_out_of_order
from modelops_git.engine.starting import begin_run, confirm_run
from modelops_git.engine.wanting import Wanted

if TYPE_CHECKING:
    from modelops_git.core.assessing.verdicts import Assessment
    from modelops_git.core.journal.entry import Payload
    from modelops_git.core.journal.state import Run
    from modelops_git.core.rollouts.decisions import Start
    from modelops_git.core.routes import Route
    from modelops_git.engine.cases import Case
    from modelops_git.engine.ground import Ground
    from modelops_git.engine.intent import Intent
    from modelops_git.engine.starting import Tools


def work_of(ground: Ground, intent: Intent, models: tuple[str, ...], tools: Tools) -> Work:
    """What a tick is to do for `models`, so that what `intent` wants comes about; drift is left alone."""

    def in_order(applied: str | None) -> None:
        refuse_out_of_order(ground, intent, applied)

    def prepare(case: Case, start: Start) -> list[Payload]:
        return begin_run(ground, intent, case, start, tools)

    def measure(case: Case, run: Run) -> Assessment:
        return judge(ground, case, run)

    def confirm(case: Case, run: Run) -> list[Payload]:
        return confirm_run(ground, intent, case, run, tools)

    def keep(case: Case, routes: tuple[Route, ...]) -> None:
        keep_manifests(intent.catalog, case.target, case.model, routes)

    def permit(case: Case) -> None:
        if tools.glass is None or tools.glass.model != case.model:
            guard(ground, intent, tools.answers)

    return Work(models, Wanted(ground, intent), in_order, prepare, measure, confirm, keep=keep, permit=permit)
