"""What CloudWatch answers to one expression: one number, nothing, or why there is none."""

from __future__ import annotations

from itertools import islice
from math import isnan, nan
from typing import TYPE_CHECKING

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from mypy_boto3_cloudwatch.type_defs import (
        GetMetricDataOutputTypeDef,
        MessageDataTypeDef,
    )

PAGES = 20
"""How many pages an answer may have; a number needs one."""
COMPLETE, PARTIAL = "Complete", "PartialData"
_SHOWN, _SHOWN_SERIES = 100, 2
_LESS = "Ask for less: fewer metrics, or a shorter step."
_WHY = {
    PARTIAL: ("CloudWatch has read only a part of the data", _LESS),
    "InternalError": ("CloudWatch failed while it read the data", "Try again later."),
    "Forbidden": (
        "the identity that is used may not read the data",
        "Allow it cloudwatch:GetMetricData, also in other accounts that the query names.",
    ),
}


def value_of(pages: Iterable[GetMetricDataOutputTypeDef]) -> float | None:
    """The newest data point of the one series that was asked for; None where there is none.

    Raises:
        MetricsError: There are several series, or the data are not all there.
    """
    points: dict[datetime, float] = {}
    series: set[tuple[int, str]] = set()
    status: str = COMPLETE
    for page in _limited(pages):
        for number, result in enumerate(page["MetricDataResults"]):
            series.add((number, result.get("Label", "")))
            points |= zip(result.get("Timestamps", ()), result.get("Values", ()), strict=True)
            status = result.get("StatusCode", COMPLETE)
            if status != PARTIAL:
                _require_complete(status, result.get("Messages", ()))
    _require_complete(status)  # where it is a part still, the other parts did not come
    _require_one(series)
    value = float(points[max(points)]) if points else nan  # NaN comes as a text
    return None if isnan(value) else value


def _limited(pages: Iterable[GetMetricDataOutputTypeDef]) -> Iterator[GetMetricDataOutputTypeDef]:
    for number, page in enumerate(islice(pages, PAGES + 1)):
        if number == PAGES:
            raise MetricsError(f"CloudWatch answers in more than {PAGES} pages", hint=_LESS)
        if page.get("Messages"):
            said = _said(page["Messages"])
            raise MetricsError(f"CloudWatch has not answered all of the query{said}", hint=_LESS)
        yield page


def _require_complete(status: str, messages: Sequence[MessageDataTypeDef] = ()) -> None:
    if status != COMPLETE:
        why, hint = _WHY.get(status, (f"CloudWatch says {printable(status[:_SHOWN])} of the data", ""))
        raise MetricsError(f"{why}{_said(messages)}", hint=hint)


def _require_one(series: set[tuple[int, str]]) -> None:
    if len(series) > 1:
        names = [printable(label[:_SHOWN]) for _, label in sorted(series)]
        raise MetricsError(
            f"the query gives {len(series)} series, not one number: {' and '.join(names[:_SHOWN_SERIES])}"
            f"{' and others' if names[_SHOWN_SERIES:] else ''}",
            hint="Leave GROUP BY out, or aggregate them, such as by SUM(…).",
        )


def _said(messages: Sequence[MessageDataTypeDef]) -> str:
    found = [printable((one.get("Value") or one.get("Code") or "")[:_SHOWN]).rstrip(".") for one in messages]
    return f": {'; '.join(found[:_SHOWN_SERIES])}" if found else ""
