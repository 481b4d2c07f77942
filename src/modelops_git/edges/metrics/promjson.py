"""What Prometheus answers to an instant query: one number, nothing, or why there is none."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, NoReturn

from modelops_git.core.artifacts import printable
from modelops_git.core.errors import MetricsError
from modelops_git.edges.metrics.jsontext import parsed
from modelops_git.edges.metrics.web import OK

if TYPE_CHECKING:
    from modelops_git.edges.metrics.web import Answer

_LONGEST_NUMBER = 400
_SHOWN = 300
_SHOWN_LABELS = 100
_SHOWN_SERIES = 2
_NOT_ALLOWED = frozenset({401, 403})
_ADDRESS = "Check that `address` is that of a Prometheus server."
LE = "le"
_BY_LE = "Sum them, such as by `sum by (le) (increase(…_bucket{…}[…]))`."
_ONE = "Let the query give one number, such as by sum(…)."
_HINTS = {
    "bad_data": "Correct the query.",
    "execution": "Correct the query.",
    "timeout": "Ask for less: fewer series, or a shorter range.",
    "unavailable": "Try again when the server is ready.",
}
_KINDS = {
    "matrix": ("a range of values", "Make one of them, such as by rate(…) or increase(…)."),
    "string": ("a text", _ONE),
}


def value_of(answer: Answer, subject: str) -> float | None:
    """The number that an answer gives; None where there is none, which NaN (0/0) says too.

    Raises:
        MetricsError: The server refuses, the answer makes no sense, or is more than one number.
    """
    series = _series(answer, subject)
    if not series:
        return None
    if len(series) > 1:
        shown = " and ".join(_labels(one) for one in series[:_SHOWN_SERIES])
        raise MetricsError(
            f"the query gives {len(series)} series, not one number, such as {shown}",
            hint="Aggregate them, such as by sum(…).",
        )
    value = number(series[0].get("value"), subject)
    return None if isnan(value) else value


def buckets_of(answer: Answer, subject: str) -> list[tuple[str, float]] | None:
    """The upper bounds and counts of a histogram; None where there is none.

    Raises:
        MetricsError: The server refuses, the answer makes no sense, or is not one series for each bound.
    """
    found: dict[str, float] = {}
    for one in _series(answer, subject):
        upper = one["metric"].get(LE)
        if not isinstance(upper, str):
            raise MetricsError(f"a series of the histogram has no bound ({LE}): {_labels(one)}", hint=_BY_LE)
        if upper in found:
            raise MetricsError(
                f"the histogram has several series up to {printable(upper[:_SHOWN])}", hint=_BY_LE
            )
        found[upper] = number(one.get("value"), subject)
    return list(found.items()) or None


def _series(answer: Answer, subject: str) -> list[dict[str, Any]]:
    """The series of a vector; a scalar is one without labels."""
    data = _data(answer, subject)
    kind, result = data.get("resultType"), data.get("result")
    if kind == "scalar":
        return [{"metric": {}, "value": result}]
    if kind in _KINDS:
        what, hint = _KINDS[kind]
        raise MetricsError(f"the query gives {what}, not one number", hint=hint)
    if kind != "vector" or not isinstance(result, list):
        _refuse(subject)
    for one in result:
        if not isinstance(one, dict) or not isinstance(one.get("metric"), dict):
            _refuse(subject)
        if "value" not in one and "histogram" in one:
            raise MetricsError(
                "the query gives a native histogram, not one number",
                hint="Make one of it, such as by histogram_quantile(…).",
            )
    return result


def _data(answer: Answer, subject: str) -> dict[str, Any]:
    try:
        value = parsed(answer.body, subject)
    except MetricsError:
        if answer.status == OK:
            raise
        raise _status(answer, subject) from None
    if isinstance(value, dict) and value.get("status") == "error":
        _refused(value, subject)
    if answer.status != OK:
        raise _status(answer, subject)
    data = value.get("data") if isinstance(value, dict) and value.get("status") == "success" else None
    if not isinstance(data, dict):
        _refuse(subject)
    return data


def _status(answer: Answer, subject: str) -> MetricsError:
    hint = "Check the token (`auth`)." if answer.status in _NOT_ALLOWED else _ADDRESS
    return MetricsError(f"{subject}: the server says HTTP {answer.status}", hint=hint)


def _refused(value: dict[str, Any], subject: str) -> NoReturn:
    kind = value.get("errorType")
    said = printable(" ".join(str(value.get("error") or kind or "no reason given").split()))
    shown = said if len(said) <= _SHOWN else f"{said[: _SHOWN - 1]}…"
    raise MetricsError(f"{subject} refuses the query: {shown.rstrip('.')}", hint=_HINTS.get(str(kind), ""))


def number(sample: Any, subject: str) -> float:
    """The number of a sample, which is a time and a number as a text.

    Raises:
        MetricsError: It is none.
    """
    text = sample[1] if isinstance(sample, list) and len(sample) == 2 else None  # noqa: PLR2004 - a pair
    if not isinstance(text, str) or len(text) > _LONGEST_NUMBER:
        _refuse(subject)
    try:
        return float(text)
    except ValueError:
        _refuse(subject)


def _labels(one: dict[str, Any]) -> str:
    labels = ", ".join(f'{name}="{value}"' for name, value in one["metric"].items())
    shown = printable(labels)
    return f"{{{shown if len(shown) <= _SHOWN_LABELS else shown[: _SHOWN_LABELS - 1] + '…'}}}"


def _refuse(subject: str) -> NoReturn:
    raise MetricsError(f"{subject} gives an answer that makes no sense", hint=_ADDRESS)
