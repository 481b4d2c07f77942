"""Answers from a JSON document, the same for a file and for a server.

The document is an object of any shape, or a list of such objects, each with its time in `at`, RFC 3339 in
UTC. Queries are JSON Pointers to numbers in it. An object without `at` is what is true now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.assessing.points import Point
from modelops_git.core.clock import parse_time
from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.asking import Answers, failed, point_of
from modelops_git.edges.metrics.jsontext import escaped, found, kind, number, parsed, short

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from modelops_git.edges.metrics.base import Question, Side

AT = "at"


class Record(NamedTuple):
    """One object of a document, and the time that it is of; None where that is now."""

    at: datetime | None
    value: Any


def answers(data: bytes, subject: str, question: Question) -> tuple[Point, ...]:
    """The points that a document has for a question.

    A record answers for the first instant at or after its time, and for no other: what a program wrote that
    has stopped since is no data for later ones. A record that is newer than every instant, or has no time,
    answers for the newest. An instant with several takes the newest. Where the newest instant has none, it
    has no data.

    Args:
        data: The document.
        subject: What to call it in messages.
        question: What is asked.

    Raises:
        MetricsError: The document makes no sense.
    """
    value = parsed(data, subject)
    records = _series(value, subject) if isinstance(value, list) else [_record(value, subject)]
    by_instant: dict[datetime, Record] = {}
    for record in records:
        instant = _instant_of(record, question)
        if instant is not None:
            by_instant[instant] = record
    newest = question.instants[-1]
    points = [_point(record, at, question) for at, record in sorted(by_instant.items())]
    return tuple(points) if newest in by_instant else (*points, Point(newest))


def _series(values: Sequence[Any], subject: str) -> list[Record]:
    records = [_record(value, subject) for value in values]
    if any(record.at is None for record in records):
        raise MetricsError(f"{subject} is a list, and not every object in it has a time ({AT})")
    return sorted(records, key=lambda record: record.at or _never())


def _never() -> datetime:
    raise AssertionError("a series was checked to have times")


def _record(value: Any, subject: str) -> Record:
    if not isinstance(value, dict):
        raise MetricsError(f"{subject} is no object, and no list of objects")
    written = value.get(AT)
    if written is None:
        return Record(None, value)
    try:
        return Record(parse_time(written), value)
    except (TypeError, ValueError):
        raise MetricsError(
            f"{AT} in {subject} is no time in UTC", hint="Write it as 2026-06-02T15:30:00Z."
        ) from None


def _instant_of(record: Record, question: Question) -> datetime | None:
    """The instant that a record answers for; None for one from before the step or of what was answered."""
    newest = question.instants[-1]
    if record.at is None:
        return newest
    if record.at < question.began or (record.at <= question.since and question.since > question.began):
        return None
    return next((one for one in question.instants if one >= record.at), newest)


def _point(record: Record, at: datetime, question: Question) -> Point:
    def pointed(query: str, side: Side) -> tuple[Any, str]:
        pointer = question.written(query, side, at, escaped)
        return found(record.value, pointer), pointer

    answers = Answers(
        lambda query, side: number(*pointed(query, side)), lambda query, side: _buckets(*pointed(query, side))
    )
    try:
        return point_of(question, at, answers)
    except MetricsError as error:
        return failed(at, error)


def _buckets(value: Any, pointer: str) -> list[tuple[str, float]] | None:
    """The counts that were found; None where there are none, or one of them is null."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise MetricsError(f"{short(pointer)} is no object of counts by upper bound, but {kind(value)}")
    counts = [(key, number(count, key)) for key, count in value.items()]
    known = [(key, count) for key, count in counts if count is not None]
    return known if len(known) == len(counts) else None
