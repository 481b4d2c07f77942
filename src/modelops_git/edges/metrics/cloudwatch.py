"""Measurements by `GetMetricData` of Amazon CloudWatch: metric math, or Metrics Insights.

Source: Amazon CloudWatch API Reference, `GetMetricData`, `MetricDataQuery` and `MetricDataResult`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.asking import Answers, Patience, point_of
from modelops_git.edges.metrics.awsanswers import value_of
from modelops_git.edges.metrics.awsfailures import translated

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_cloudwatch import CloudWatchClient

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.provider import CloudwatchProvider
    from modelops_git.edges.metrics.base import Question, Side

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 5, 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT = (
    (timedelta(days=15), timedelta(minutes=1)),
    (timedelta(days=63), timedelta(minutes=5)),
    (timedelta.max, timedelta(hours=1)),
)
"""For data of up to which age there are data points of which length."""
_PLAIN = re.compile(r"[^\x00-\x1f\x7f\\\"'`]*")


class Period(NamedTuple):
    """The time that a number is of: its begin, and how many seconds it has."""

    start: datetime
    seconds: int

    @property
    def end(self) -> datetime:
        """Its end, which is not included."""
        return self.start + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class CloudwatchMetrics:
    """The measurements of a region; CloudWatch keeps the past, so it is asked for each instant.

    Attributes:
        region: The AWS region.
        client: boto3's.
        patience: The time for instants before the newest one.
    """

    region: str
    client: CloudWatchClient
    patience: Patience = field(default_factory=Patience)

    def measure(self, question: Question) -> tuple[Point, ...]:
        """What CloudWatch says (see `MetricProvider.measure`)."""
        return self.patience.newest_first(question, lambda at: self._point(question, at))

    def _point(self, question: Question, at: datetime) -> Point:
        period = period_of(question.began, at)

        @cache
        def answered(expression: str) -> float | None:
            """Each expression is asked once: `over` is often that of the samples, and each costs."""
            return self._value(expression, period)

        def number(query: str, side: Side) -> float | None:
            return answered(question.written(query, side, at, plain))

        return point_of(question, at, Answers(number, _no_buckets))

    def _value(self, expression: str, period: Period) -> float | None:
        """What one expression gives; a request may have only one of Metrics Insights."""
        with translated(self.region):
            pages = self.client.get_paginator("get_metric_data").paginate(
                MetricDataQueries=[{"Id": "value", "Expression": expression, "Period": period.seconds}],
                StartTime=period.start,
                EndTime=period.end,
                ScanBy="TimestampDescending",
            )
            return value_of(pages)


def open_provider(manifest: CloudwatchProvider, _root: Path) -> CloudwatchMetrics:
    """The provider of the region of `manifest`, with the credentials that boto3 finds.

    Raises:
        MetricsError: The AWS configuration makes no sense, or there is no such region.
    """
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        user_agent_extra="modelops-git",
    )
    with translated(manifest.region):
        session = boto3.session.Session(region_name=manifest.region)
        return CloudwatchMetrics(manifest.region, session.client("cloudwatch", config=config))


def period_of(began: datetime, at: datetime) -> Period:
    """The time from the step's begin to an instant, in whole minutes at least, as CloudWatch keeps data.

    It begins with the minute in which the step began. What is long ago is kept for each five minutes or each
    hour only.
    """
    unit = next(unit for age, unit in _KEPT if at - began < age)
    start = _EPOCH + (began - _EPOCH) // unit * unit
    units = max(-((start - at) // unit), 1)
    return Period(start, int((units * unit).total_seconds()))


def plain(value: str) -> str:
    """A word as a part of a text in an expression.

    Raises:
        MetricsError: It has a quote, which neither metric math nor Metrics Insights can have in a text.
    """
    if not _PLAIN.fullmatch(value):
        raise MetricsError("a word of the query has characters that no CloudWatch expression may have")
    return value


def _no_buckets(_query: str, _side: Side) -> NoReturn:
    raise MetricsError(
        "CloudWatch has no histograms that could be asked for",
        hint="Write a `query` of a percentile instead, such as SEARCH with the statistic p99.",
    )
