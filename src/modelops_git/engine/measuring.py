"""Measure what is due of a rollout's step, and judge it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.assessing.assess import assess, assess_metric
from modelops_git.core.assessing.points import Point
from modelops_git.core.assessing.schedule import schedule_of
from modelops_git.core.clock import format_time
from modelops_git.core.digests import of_json
from modelops_git.core.errors import MetricsError
from modelops_git.edges.measured import MeasuredFiles
from modelops_git.edges.metrics import open_provider
from modelops_git.edges.metrics.base import Question, Side
from modelops_git.engine.in_time import in_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from modelops_git.core.assessing.assess import Key
    from modelops_git.core.assessing.verdicts import Assessment, Window
    from modelops_git.core.manifests.analysis import Analysis, AnalysisMetric
    from modelops_git.core.manifests.provider import Provider
    from modelops_git.core.routes import Route
    from modelops_git.edges.git.repository import Repository

SECONDS = 30.0
"""How long all providers together may take; who has not answered by then has not answered."""


class Subject(NamedTuple):
    """What is measured.

    Attributes:
        model: The model's name.
        environment: The environment's name.
        candidate: The new version.
        stable: The version that is live; None where there is none.
        window: When the step began, and when its time is over.
        run: The run that the step belongs to.
    """

    model: str
    environment: str
    candidate: Route
    stable: Route | None
    window: Window
    run: str


class Memory(Protocol):
    """What was measured by earlier ticks; without it, it takes longer until a count is reached."""

    def recall(self, run: str, key: str) -> Sequence[Point]:
        """What was kept under a key of a run."""

    def keep(self, run: str, key: str, points: Iterable[Point]) -> None:
        """Keep some more."""


class Forgetful:
    """A memory of nothing: for providers that keep the past themselves."""

    def recall(self, run: str, key: str) -> Sequence[Point]:  # noqa: ARG002 - of the protocol
        """Nothing."""
        return ()

    def keep(self, run: str, key: str, points: Iterable[Point]) -> None:
        """Nothing is kept."""


class _Asked(NamedTuple):
    """A metric, what is known of it, and what is asked of it now, if anything is."""

    name: Key
    metric: AnalysisMetric
    kept_as: str
    known: Sequence[Point]
    question: Question | None


FORGETFUL = Forgetful()


def memory_of(repository: Repository) -> MeasuredFiles:
    """The memory in a clone, which may be deleted at any time."""
    return MeasuredFiles(repository.common_dir / "modelops" / "measured")


def measure(
    analyses: Sequence[Analysis],
    subject: Subject,
    root: Path,
    now: datetime,
    memory: Memory = FORGETFUL,
) -> Assessment:
    """Ask for what is due, and judge that with what was measured before.

    A provider that fails is an error of the measurement, and no exception.

    Args:
        analyses: The manifests of the analyses that judge the step.
        subject: What is measured.
        root: The registry's folder.
        now: The time.
        memory: What earlier ticks have measured.
    """
    asked = [
        _asked((one.name, metric.name), metric, subject, now, memory)
        for one in analyses
        for metric in one.metrics
    ]
    points = _answers([one for one in asked if one.question], root)
    for one in asked:
        if one.name in points:
            memory.keep(subject.run, one.kept_as, points[one.name])
    measured = {one.name: (*one.known, *points.get(one.name, ())) for one in asked}
    return assess(analyses, measured, subject.window, now)


def _asked(name: Key, metric: AnalysisMetric, subject: Subject, now: datetime, memory: Memory) -> _Asked:
    key = _key(name, metric, subject)
    known = memory.recall(subject.run, key)
    taken = [point.at for point in known]
    due = schedule_of(metric, subject.window).due(now, taken)
    if due and assess_metric(metric, known, subject.window, now).look_again is not None:
        return _Asked(name, metric, key, known, _question(metric, subject, due, taken))
    return _Asked(name, metric, key, known, None)


def _question(
    metric: AnalysisMetric, subject: Subject, due: tuple[datetime, ...], taken: Iterable[datetime]
) -> Question:
    began, stable = subject.window.began, subject.stable
    return Question(
        metric=metric,
        model=subject.model,
        environment=subject.environment,
        candidate=_side("candidate", subject.candidate),
        stable=_side("stable", stable) if stable else None,
        instants=due,
        began=began,
        since=max(taken, default=began),
    )


def _side(role: str, route: Route) -> Side:
    return Side(role, route.version, route.digest)


def _key(name: Key, metric: AnalysisMetric, subject: Subject) -> str:
    """What measurements are kept under: those of another step, version or query are others."""
    stable = subject.stable
    return of_json(
        {
            "name": "/".join(name),
            "metric": metric.model_dump(mode="json"),
            "began": format_time(subject.window.began),
            "candidate": subject.candidate.digest,
            "stable": stable.digest if stable else "",
        }
    )


def _answers(asked: Sequence[_Asked], root: Path) -> dict[Key, tuple[Point, ...]]:
    """The new measurements; one provider is asked by one thread."""
    ordered = sorted(asked, key=_by_provider)
    groups = [list(group) for _, group in groupby(ordered, key=_by_provider)]
    jobs = [lambda group=group: dict(_asked_together(group, root)) for group in groups]
    found = in_time(jobs, SECONDS)
    late = f"the provider has not answered in {SECONDS:.0f} seconds"
    answers: dict[Key, tuple[Point, ...]] = {}
    for number, group in enumerate(groups):
        answers |= found.get(number) or {one.name: _failed(one.question, late) for one in group}
    return answers


def _by_provider(one: _Asked) -> str:
    return one.metric.provider.model_dump_json()


def _asked_together(group: Sequence[_Asked], root: Path) -> Iterator[tuple[Key, tuple[Point, ...]]]:
    provider: Provider = group[0].metric.provider
    try:
        opened = open_provider(provider, root)
    except MetricsError as error:
        for one in group:
            yield one.name, _failed(one.question, _said(error))
        return
    for one in group:
        if one.question is None:
            continue
        try:
            points = opened.measure(one.question)
        except MetricsError as error:
            points = _failed(one.question, _said(error))
        yield one.name, _of_instants(one.question, points)


def _of_instants(question: Question, points: Iterable[Point]) -> tuple[Point, ...]:
    """What was asked for; the newest instant always, without data where the provider has none."""
    found = {point.at: point for point in points if point.at in question.instants}
    newest = question.instants[-1]
    return tuple({newest: Point(newest), **found}.values())


def _failed(question: Question | None, reason: str) -> tuple[Point, ...]:
    return (Point(question.instants[-1], error=reason),) if question else ()


def _said(error: MetricsError) -> str:
    return " ".join([f"{error.message.rstrip('.')}.", error.hint]).strip()
