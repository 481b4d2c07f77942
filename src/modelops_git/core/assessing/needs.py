"""What analyses need to be judged at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelops_git.core.assessing import conditions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.manifests.analysis import Analysis, AnalysisMetric


def needs_both(metric: AnalysisMetric) -> bool:
    """Whether `metric` needs the stable version beside the new one.

    Raises:
        ExpressionError: A condition means nothing.
        MissingLibraryError: The language of conditions is not installed.
    """
    return metric.test is not None or conditions.needs_stable(metric)


def needing_both(analyses: Iterable[Analysis]) -> tuple[str, ...]:
    """The metrics, as `analysis/metric`, that need the stable version beside the new one.

    Raises:
        ExpressionError: A condition means nothing.
        MissingLibraryError: The language of conditions is not installed.
    """
    return tuple(
        f"{one.name}/{metric.name}" for one in analyses for metric in one.metrics if needs_both(metric)
    )
