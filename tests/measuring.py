"""Analyses, measurements and steps for tests, in few words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from modelops_git.core.assessing.assess import assess_metric, combined
from modelops_git.core.assessing.buckets import histogram
from modelops_git.core.assessing.points import Measured, Point, ratio
from modelops_git.core.assessing.verdicts import Window
from modelops_git.core.clock import format_time
from modelops_git.core.manifests.analysis import Analysis, AnalysisMetric
from modelops_git.edges.metrics.base import Question, Side

BEGAN = datetime(2026, 11, 2, 12, tzinfo=UTC)
TEN = timedelta(minutes=10)
STEP = Window(BEGAN, BEGAN + TEN)
QUANTILE = 0.9
FILE = {"type": "file", "uri": "file:metrics.json"}


def minute(number):
    return BEGAN + timedelta(minutes=number)


def metric(**fields):
    """A metric; what it is measured by matters only where the test says so."""
    given = {"name": "error-rate", "provider": FILE, "query": "/${digest}", **fields}
    if "ratio" in given or "histogram" in given:
        del given["query"]
    return AnalysisMetric.model_validate_json(json.dumps(given))


def analysis(*metrics, name="serving-health"):
    return Analysis(api_version="modelops/v1", kind="Analysis", name=name, metrics=metrics)


def point(number, candidate=None, stable=None, samples=None, error=""):
    """The measurement of a minute; a number is a value, a pair the counts of a ratio, a mapping buckets."""
    return Point(minute(number), _measured(candidate), _measured(stable), samples, error)


def _measured(given):
    if isinstance(given, dict):
        return histogram(given.items(), QUANTILE)
    return ratio(*given) if isinstance(given, tuple) else Measured(given)


def judged(asked, *points, now=None, window=STEP):
    """The result of a metric at a minute: that of the newest measurement, unless another is given."""
    at = now if now is not None else max([one.at for one in points], default=BEGAN)
    return assess_metric(asked, points, window, minute(at) if isinstance(at, int | float) else at)


NEW, OLD = (f"sha256:{letter * 64}" for letter in "ab")


def question(asked, *minutes, since=0, **fields):
    """What a provider is asked for some minutes of the step."""
    given = {
        "model": "team/iris",
        "environment": "production",
        "candidate": Side("candidate", "1.1.0", NEW),
        "stable": Side("stable", "1.0.0", OLD),
        "instants": tuple(minute(number) for number in minutes),
        "began": BEGAN,
        "since": minute(since),
        **fields,
    }
    return Question(asked, **given)


def written(number):
    """The time of a minute, as documents have it."""
    return format_time(minute(number))


class Told:
    """A provider that says what it was told to: a function from a question to points, or an error."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def measure(self, asked):
        self.asked.append(asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return tuple(self.answer(asked))


def assess(analyses, measured, window, now):
    """The verdict of several analyses; `measured` has points by the names of analysis and metric."""
    results = (
        assess_metric(metric, measured.get((one.name, metric.name), ()), window, now)._replace(
            analysis=one.name
        )
        for one in analyses
        for metric in one.metrics
    )
    return combined(results)
