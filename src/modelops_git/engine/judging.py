"""What the analyses of a run say now, by the manifests of the commit that the run was begun for.

An analysis that is edited while a run is under way changes nothing for it, as with the run's steps.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from modelops_git.core.assessing.assess import combined
from modelops_git.core.assessing.verdicts import Window
from modelops_git.core.errors import RefusedError
from modelops_git.core.routes import stable
from modelops_git.engine.intent import intent_at
from modelops_git.engine.measuring import Subject, measure, memory_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from modelops_git.core.assessing.verdicts import Assessment
    from modelops_git.core.catalog import Catalog
    from modelops_git.core.journal.state import Run
    from modelops_git.core.manifests.analysis import Analysis
    from modelops_git.core.routes import Route
    from modelops_git.engine.cases import Case
    from modelops_git.engine.ground import Ground


def judge(ground: Ground, case: Case, run: Run) -> Assessment:
    """The assessment of a run by all of its analyses, and by those of the step that it is at.

    Raises:
        RefusedError: The commit that the run was begun for has no such analysis.
        GitError: That commit is not here.
    """
    catalog = intent_at(ground.repository, run.desired_commit).catalog
    now, memory = ground.now(), memory_of(ground.repository)
    found = (
        measure(_analyses(catalog, names), subject, ground.repository.root, now, memory)
        for names, window in _windows(run, now)
        for subject in _subjects(ground.name, case.model, run, window)
    )
    return combined(result for one in found for result in one.results)


def _windows(run: Run, now: datetime) -> Iterator[tuple[tuple[str, ...], Window]]:
    """The analyses of the whole run and those of its step, each with the time that they look at."""
    step, ends = run.current, _ends(run, now)
    if run.analysis:
        yield run.analysis, Window(run.started_at, ends)
    if step and step.analysis:
        yield step.analysis, Window(run.step_at or run.started_at, ends)


def _ends(run: Run, now: datetime) -> datetime | None:
    """When the step's time is over; None while that is for somebody to say."""
    step = run.current
    if run.until is not None:
        return run.until
    if step is None or run.step_at is None or (step.until_resumed and run.resumed != run.done):
        return None
    lasted = run.step_at + timedelta(seconds=step.lasts or 0)
    return max(lasted, now) if step.until_resumed else lasted


def _subjects(environment: str, model: str, run: Run, window: Window) -> list[Subject]:
    """What is compared with what is live: the version of a rollout, or each candidate of an experiment."""
    live = stable(run.before)
    return [Subject(model, environment, one, live, window, run.run) for one in _tried(run)]


def _tried(run: Run) -> Iterable[Route]:
    if run.until is not None:
        return [route for route in run.after if route.role in ("candidate", "mirror")]
    wanted = stable(run.after)
    return [wanted] if wanted else []


def _analyses(catalog: Catalog, names: Iterable[str]) -> list[Analysis]:
    return [_analysis(catalog, name) for name in names]


def _analysis(catalog: Catalog, name: str) -> Analysis:
    document = catalog.analysis(name)
    if document is None:
        raise RefusedError(
            f"there is no valid analysis {name} at the commit that this rollout was begun for",
            hint="Abort the rollout; mend the analysis, and promote again.",
        )
    found: Analysis = document.manifest
    return found
