"""Analyses, measurements and steps for tests, in few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from modelops_git.core.assessing.assess import assess_metric
from modelops_git.core.assessing.points import Measured, Point, ratio
from modelops_git.core.assessing.verdicts import Window
from modelops_git.core.manifests.analysis import Analysis, AnalysisMetric

BEGAN = datetime(2026, 11, 2, 12, tzinfo=UTC)
TEN = timedelta(minutes=10)
STEP = Window(BEGAN, BEGAN + TEN)
FILE = {"type": "file", "uri": "file:metrics.json"}


def minute(number):
    return BEGAN + timedelta(minutes=number)


def metric(**fields):
    """A metric; what it is measured by matters only where the test says so."""
    given = {"name": "error-rate", "provider": FILE, "query": "/${digest}", **fields}
    if "ratio" in given:
        del given["query"]
    return AnalysisMetric.model_validate(given, strict=False)


def analysis(*metrics, name="serving-health"):
    return Analysis(api_version="modelops/v1", kind="Analysis", name=name, metrics=metrics)


def point(number, candidate=None, stable=None, samples=None, error=""):
    """The measurement of a minute; a number is a value, a pair the counts of a ratio."""
    return Point(minute(number), _measured(candidate), _measured(stable), samples, error)


def _measured(given):
    return ratio(*given) if isinstance(given, tuple) else Measured(given)


def judged(asked, *points, now=None, window=STEP):
    """The result of a metric at a minute: that of the newest measurement, unless another is given."""
    at = now if now is not None else max([one.at for one in points], default=BEGAN)
    return assess_metric(asked, points, window, minute(at) if isinstance(at, int | float) else at)
