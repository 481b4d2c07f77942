"""Measure what is due of a rollout's step, and judge it."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelops_git.core.assessing.assess import assess_metric, combined
from modelops_git.core.assessing.points import Point
from modelops_git.core.assessing.schedule import schedule_of
from modelops_git.core.clock import format_time
from modelops_git.core.digests import of_json
from modelops_git.core.errors import MetricsError
from modelops_git.edges.measured import MeasuredFiles
from modelops_git.edges.metrics import open_provider
from modelops_git.edges.metrics.base import Question, Side
from modelops_git.edges.stores import open_store
from modelops_git.engine.in_time import in_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from modelops_git.core.assessing.verdicts import Assessment, Result, Window
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

    def said(self, run: str, key: str) -> Assessment | None:
        """The newest assessment under a key of a run."""

    def say(self, run: str, key: str, assessment: Assessment) -> None:
        """Keep an assessment."""


class Forgetful:
    """A memory of nothing: for providers that keep the past themselves."""

    def recall(self, run: str, key: str) -> Sequence[Point]:  # noqa: ARG002 - of the protocol
        """Nothing."""
        return ()

    def keep(self, run: str, key: str, points: Iterable[Point]) -> None:
        """Nothing is kept."""

    def said(self, run: str, key: str) -> Assessment | None:  # noqa: ARG002 - of the protocol
        """Nothing."""
        return None

    def say(self, run: str, key: str, assessment: Assessment) -> None:
        """Nothing is kept."""


class Asked(NamedTuple):
    """A metric, what is known of it, and what is asked of it now, if anything is."""

    metric: AnalysisMetric
    key: str
    known: Sequence[Point]
    question: Question | None


class _Now(NamedTuple):
    """What is measured, for which registry, at what time, and what is known already."""

    subject: Subject
    root: Path
    now: datetime
    memory: Memory


FORGETFUL = Forgetful()


def memory_of(repository: Repository) -> MeasuredFiles:
    """The memory in a clone, which may be deleted at any time."""
    return _memory_in(repository.common_dir / "modelops" / "measured")


@lru_cache(maxsize=8)
def _memory_in(folder: Path) -> MeasuredFiles:
    return MeasuredFiles(folder)


def measure(
    analyses: Sequence[Analysis],
    subject: Subject,
    root: Path,
    now: datetime,
    memory: Memory = FORGETFUL,
) -> Assessment:
    """Ask for what is due, and judge that with what was measured before.

    A provider that fails is an error of the measurement, and no exception. Before something is due nothing
    new can come of it, so a controller that looks every few seconds is told what it was told before.

    Args:
        analyses: The manifests of the analyses that judge the step.
        subject: What is measured.
        root: The registry's folder.
        now: The time.
        memory: What earlier ticks have measured.
    """
    metrics = [(one.name, metric) for one in analyses for metric in one.metrics]
    keys = [_key(name, metric, subject) for name, metric in metrics]
    key = of_json([*keys, str(subject.window.ends)])
    known = memory.said(subject.run, key)
    if known and not _has_more(known, now):
        return known
    found = combined(_results(metrics, keys, _Now(subject, root, now, memory)))
    memory.say(subject.run, key, found)
    return found


def _has_more(known: Assessment, now: datetime) -> bool:
    """Whether something is due, or the time of the step is over, since an assessment was made."""
    return any(one.look_again is not None and one.look_again <= now for one in known.results)


def _results(
    metrics: Sequence[tuple[str, AnalysisMetric]], keys: Sequence[str], at: _Now
) -> Iterator[Result]:
    asked = [_asked(metric, key, at) for (_, metric), key in zip(metrics, keys, strict=True)]
    points = answers([one for one in asked if one.question], at.root, SECONDS)
    for key, taken in points.items():
        at.memory.keep(at.subject.run, key, taken)
    for (name, metric), one in zip(metrics, asked, strict=True):
        taken = (*one.known, *points.get(one.key, ()))
        yield assess_metric(metric, taken, at.subject.window, at.now)._replace(analysis=name)


def _asked(metric: AnalysisMetric, key: str, at: _Now) -> Asked:
    window = at.subject.window
    known = at.memory.recall(at.subject.run, key)
    taken = [point.at for point in known]
    due = schedule_of(metric, window).due(at.now, taken)
    if due and assess_metric(metric, known, window, at.now).look_again is not None:
        return Asked(metric, key, known, _question(metric, at.subject, due, taken))
    return Asked(metric, key, known, None)


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


def _key(name: str, metric: AnalysisMetric, subject: Subject) -> str:
    """What measurements are kept under: those of another step, version or query are others."""
    stable = subject.stable
    return of_json(
        {
            "analysis": name,
            "metric": metric.model_dump(mode="json"),
            "began": format_time(subject.window.began),
            "candidate": subject.candidate.digest,
            "stable": stable.digest if stable else "",
        }
    )


def answers(asked: Sequence[Asked], root: Path, seconds: float) -> dict[str, tuple[Point, ...]]:
    """The new measurements by their keys; one provider is asked by one thread.

    What cannot be asked, or has not answered in time, is a point with an error.

    Args:
        asked: What is asked; of what has no question there is nothing.
        root: The registry's folder.
        seconds: How long all providers together may take.
    """
    ordered = sorted(asked, key=_by_provider)
    groups = [list(group) for _, group in groupby(ordered, key=_by_provider)]
    jobs = [lambda group=group: dict(_asked_together(group, root)) for group in groups]
    found = in_time(jobs, seconds)
    late = f"the provider has not answered in {seconds:.0f} seconds"
    points: dict[str, tuple[Point, ...]] = {}
    for number, group in enumerate(groups):
        points |= found.get(number) or {one.key: _failed(one.question, late) for one in group}
    return points


def _by_provider(one: Asked) -> str:
    return one.metric.provider.model_dump_json()


def _asked_together(group: Sequence[Asked], root: Path) -> Iterator[tuple[str, tuple[Point, ...]]]:
    provider: Provider = group[0].metric.provider
    try:
        opened = open_provider(provider, root, open_store)
    except MetricsError as error:
        for one in group:
            yield one.key, _failed(one.question, _said(error))
        return
    for one in group:
        if one.question is None:
            continue
        try:
            points = opened.measure(one.question)
        except MetricsError as error:
            points = _failed(one.question, _said(error))
        yield one.key, _of_instants(one.question, points)


def _of_instants(question: Question, points: Iterable[Point]) -> tuple[Point, ...]:
    """What was asked for; the newest instant always, without data where the provider has none."""
    found = {point.at: point for point in points if point.at in question.instants}
    newest = question.instants[-1]
    return tuple({newest: Point(newest), **found}.values())


def _failed(question: Question | None, reason: str) -> tuple[Point, ...]:
    return (Point(question.instants[-1], error=reason),) if question else ()


def _said(error: MetricsError) -> str:
    return " ".join([f"{error.message.rstrip('.')}.", error.hint]).strip()
