"""Measurements by instant queries to Prometheus, or to a server with the same HTTP interface.

Source: Prometheus, HTTP API, "Instant queries" and "Expression query result formats".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.asking import Answers, Patience, point_of
from modelops_git.edges.metrics.promjson import buckets_of, value_of
from modelops_git.edges.metrics.web import READ_SECONDS, Site, connected, token_of

if TYPE_CHECKING:
    from pathlib import Path

    from modelops_git.core.assessing.points import Point
    from modelops_git.core.manifests.provider import PrometheusProvider
    from modelops_git.edges.metrics.base import Question, Side
    from modelops_git.edges.metrics.web import Answer, Connection

PATH = "/api/v1/query"
BEHIND = timedelta(seconds=30)
"""How far the server's clock may be behind: what is further ahead has not been measured yet."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SPECIAL = re.compile(r"[\\\"'`\x00-\x1f\x7f]")


@dataclass(frozen=True)
class PrometheusMetrics:
    """The measurements of a server that keeps the past, so it is asked for each instant, the newest first."""

    site: Site
    patience: Patience = field(default_factory=Patience)

    def measure(self, question: Question) -> tuple[Point, ...]:
        """What the server says (see `MetricProvider.measure`)."""
        with connected(self.site) as connection:
            return self.patience.newest_first(question, lambda at: _point(question, at, connection))


def open_provider(manifest: PrometheusProvider, _root: Path) -> PrometheusMetrics:
    """The provider at the address of `manifest`, which may have a path that the server is below.

    Raises:
        MetricsError: The environment variable with its token is not there.
    """
    parts = urlsplit(manifest.address)
    url = parts._replace(path=parts.path.rstrip("/") + PATH, fragment="").geturl()
    return PrometheusMetrics(Site(url, token_of(manifest), "address"))


def escaped(value: str) -> str:
    """A word as a part of a string of PromQL, with whichever of its two escaping quotes it is written."""
    return _SPECIAL.sub(lambda found: f"\\x{ord(found[0]):02x}", value)


def _point(question: Question, at: datetime, connection: Connection) -> Point:
    subject = connection.site.subject

    @cache
    def answered(query: str) -> Answer:
        """The same query is asked once: `over` is often that of the samples."""
        answer = connection.ask({"query": query, "time": _time(at), "timeout": f"{READ_SECONDS}s"})
        _require_past(at, answer, subject)
        return answer

    def asked(query: str, side: Side) -> Answer:
        return answered(question.written(query, side, at, escaped))

    answers = Answers(
        lambda query, side: value_of(asked(query, side), subject),
        lambda query, side: buckets_of(asked(query, side), subject),
    )
    return point_of(question, at, answers)


def _time(at: datetime) -> str:
    """Seconds since 1970 to the millisecond, which is all that Prometheus keeps; cut off, never later."""
    seconds, rest = divmod((at - _EPOCH) // _MILLISECOND, 1000)
    return f"{seconds}.{rest:03d}"


def _require_past(at: datetime, answer: Answer, subject: str) -> None:
    """Refuse an answer about a time that the server has not seen yet."""
    try:
        theirs = parsedate_to_datetime(answer.date)
    except ValueError:
        return  # it does not say
    if theirs.tzinfo is not None and at - theirs > BEHIND:
        behind = (at - theirs).total_seconds()
        raise MetricsError(
            f"the clock of {subject} is {behind:.0f} seconds behind this machine's", hint="Set the clocks."
        )
