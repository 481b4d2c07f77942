"""How good a version is: floors, regressions, and the evaluations that they are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.checks.base import Defect, check, pointer
from modelops_git.core.checks.context import version_of
from modelops_git.core.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelops_git.core.checks.context import Context
    from modelops_git.core.manifests.model import MetricGoal
    from modelops_git.core.manifests.parse import Document
    from modelops_git.core.manifests.training import Evaluation

VERSION = ("ModelVersion",)


@check("MOG313", "metric-below-floor", kinds=VERSION)
def metric_below_floor(document: Document, context: Context) -> Iterator[Defect]:
    """A metric of a new version is worse than model.yaml allows.

    `min` and `max` are read as they were before the change, so that a version cannot bring its own floor.
    Versions that are merged already are not judged again when a floor is raised.

    Wrong:
    ```yaml
    # models/iris/model.yaml
    accuracy: {evaluation: holdout, …, min: 0.9, …}
    # models/iris/versions/1.2.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.87}}
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.97}}
    ```
    """
    for name, goal in _goals(document, context):
        value, at = _value(document, name, goal)
        if value is None:
            continue
        if goal.min is not None and value < goal.min:
            limit = f"below the floor of {goal.min:g}"
        elif goal.max is not None and value > goal.max:
            limit = f"above the ceiling of {goal.max:g}"
        else:
            continue
        yield Defect(
            f"{name} is {value:g}, {limit}.",
            document.place(at),
            f"Improve the version; or let the owners change the limit of {name} in model.yaml, on its own.",
        )


@check("MOG314", "metric-regression", kinds=VERSION)
def metric_regression(document: Document, context: Context) -> Iterator[Defect]:
    """A metric of a new version is worse than its parent's by more than model.yaml allows.

    Values are compared only where the evaluation has the same name and the same data, by digest;
    otherwise this is a warning that they are not comparable. `max_regression` is read as it was before
    the change.

    Wrong:
    ```yaml
    # models/iris/model.yaml
    accuracy: {evaluation: holdout, …, max_regression: 0.01}
    # models/iris/versions/1.1.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.97}}
    # models/iris/versions/1.2.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.95}}
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.965}}
    ```
    """
    older = context.parent(document)
    if older is None:
        return
    for name, goal in _goals(document, context):
        value, at = _value(document, name, goal)
        before, _ = _value(older, name, goal)
        if goal.max_regression is None or value is None or before is None:
            continue
        if not _same_data(older, document, goal.evaluation):
            yield Defect(
                f"{name} is not comparable with that of {older.home.name}: "
                f"the data of {goal.evaluation} is not the same, or has no digest.",
                document.place(at),
                "Evaluate both versions on the same data, and give its sha256.",
                severity=Severity.WARNING,
            )
        elif (before - value if goal.goal == "maximize" else value - before) > goal.max_regression:
            yield Defect(
                f"{name} is {value:g} after {before:g} in {older.home.name}, "
                f"worse by more than {goal.max_regression:g}.",
                document.place(at),
                "Improve the version, or let the owners change max_regression in model.yaml, on its own.",
            )


@check("MOG315", "no-evaluation", kinds=VERSION)
def no_evaluation(document: Document, context: Context) -> Iterator[Defect]:
    """A new version lacks an evaluation or a metric that model.yaml judges versions by.

    A version that leaves out what it is judged by would pass every floor.

    Wrong:
    ```yaml
    # models/iris/model.yaml
    accuracy: {evaluation: holdout, …, min: 0.9, …}
    # models/iris/versions/1.2.0.yaml
    - {name: holdout, …, metrics: {f1_score: 0.97}}
    ```
    Right:
    ```yaml
    # models/iris/versions/1.2.0.yaml
    - {name: holdout, …, metrics: {accuracy: 0.97, f1_score: 0.97}}
    ```
    """
    for name, goal in _goals(document, context):
        value, _ = _value(document, name, goal)
        if value is None:
            yield Defect(
                f"The evaluation {goal.evaluation!r} gives no {name}, which the model is judged by.",
                document.place("/evaluations" if "evaluations" in document.written else ""),
                f"Add {name} to the evaluation {goal.evaluation!r}.",
            )


def _goals(document: Document, context: Context) -> list[tuple[str, MetricGoal]]:
    """How a version is judged, by the metric's name; nothing for one that is merged already."""
    if not context.is_new(document):
        return []
    return list(context.model_before(document.home.model).metrics.items())


def _evaluation(document: Document, name: str) -> tuple[int, Evaluation | None]:
    found = enumerate(version_of(document).evaluations)
    return next(((index, one) for index, one in found if one.name == name), (0, None))


def _value(document: Document, name: str, goal: MetricGoal) -> tuple[float | None, str]:
    """A metric's value and the pointer to it; None where the evaluation does not give it."""
    index, evaluation = _evaluation(document, goal.evaluation)
    value = evaluation.metrics.get(name) if evaluation else None
    return value, pointer("evaluations", index, "metrics", name)


def _same_data(older: Document, newer: Document, name: str) -> bool:
    """Whether an evaluation was made on the same data, known by its digest."""
    data = [one.data for _, one in (_evaluation(older, name), _evaluation(newer, name)) if one]
    digests = {one.sha256 for one in data if one}
    return len(data) == 2 and None not in data and len(digests) == 1 and None not in digests  # noqa: PLR2004 - both


CHECKS = (metric_below_floor, metric_regression, no_evaluation)
