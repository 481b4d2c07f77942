"""What the tests of a planned rollout need, as people and programs read it."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any

from modelops_git.core.clock import format_duration
from modelops_git.faces.reporting.lines import clipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelops_git.core.planning.forecast import Forecast
    from modelops_git.faces.reporting.lines import Line

ROOM = 200
_DIGITS = 2
_HOUR, _MINUTE = 3600, 60
_MANY = 2
"""Of so many units less than one is not told any more."""


def forecast_lines(forecasts: Iterable[Forecast]) -> list[Line]:
    """One line for each test in each step; where nothing is known, one for each reason."""
    return list(dict.fromkeys(f"  {_line(one)}" for one in forecasts))


def forecast_json(one: Forecast) -> dict[str, Any]:
    """A forecast as plain JSON values; what is not known is left out."""
    known = {
        "environment": one.environment,
        "model": one.model,
        "version": one.part.new.version,
        "step": one.part.step,
        "weight": round(one.part.weight, 2),
        "lasts": one.part.lasts,
        "analysis": one.analysis,
        "metric": one.metric.name,
        "live": one.live,
        "changed": one.changed,
        "requests": one.requests,
        "requests_mostly": one.requests_mostly,
        "comparisons": one.comparisons,
        "requests_per_minute": one.per_minute,
        "seconds": one.seconds,
        "unknown": one.unknown or None,
        "unknown_traffic": one.unknown_traffic or None,
    }
    return {key: value for key, value in known.items() if value is not None}


def _line(one: Forecast) -> str:
    if one.unknown:
        why = clipped(one.unknown, ROOM)
        return f"{one.metric.name}: how many requests show {_change(one)} is not known: {why}."
    where = f"{one.metric.name}, {_where(one)}:"
    if one.comparisons is not None:
        again = f"one every {one.metric.interval or '1m'}"
        return f"{where} at least {one.comparisons} comparisons, {again}, show {_change(one)}.{_time(one)}"
    needs = f"about {_rounded(one.requests)} requests to {one.part.new.version} show {_change(one)}"
    mostly = f"{_rounded(one.requests_mostly)} in nine of ten rollouts"
    return f"{where} {needs}, {mostly}.{_time(one)}"


def _where(one: Forecast) -> str:
    return f"step {one.part.step}" if one.part.step else "all along"


def _change(one: Forecast) -> str:
    word = "a rise" if one.metric.test and one.metric.test.worse_when == "higher" else "a fall"
    if one.live is None or one.changed is None:
        return word
    if one.metric.histogram:
        return f"{word} of p{one.metric.histogram.quantile * 100:g} from {one.live:.2g} to {one.changed:.2g}"
    return f"{word} from {one.live * 100:.2g} % to {one.changed * 100:.2g} %"


def _time(one: Forecast) -> str:
    """How long it takes, and whether the part lasts as long."""
    if one.unknown_traffic:
        return f" The current traffic is not known: {one.unknown_traffic}."
    if one.seconds is None:
        return ""
    takes = f"that takes {_about(one.seconds)}"
    if one.per_minute is None:
        said = takes[0].upper() + takes[1:]
    else:
        said = f"At {one.part.weight:.3g} % of {_rounded(one.per_minute)} requests a minute {takes}"
    return f" {said}; {_lasts(one)}."


def _lasts(one: Forecast) -> str:
    what = "the step lasts" if one.part.step else "the steps last"
    if one.part.lasts is None:
        return f"{what} until somebody says so"
    lasts = f"{what} {format_duration(one.part.lasts)}"
    return f"{lasts}, so it may not be seen" if one.is_too_short else lasts


def _rounded(number: float | None) -> str:
    """A number with two digits that count: 4,700; below ten thousandths nothing."""
    if not number or number <= 0:
        return "0"
    places = _DIGITS - 1 - floor(log10(number))
    shown = round(number, places)
    return f"{shown:,.0f}" if places <= 0 else f"{shown:,.{min(places, 4)}f}"


def _about(seconds: int) -> str:
    """A time without what nobody would wait for: 13h, 25m, 40s."""
    unit = next((one for one in (_HOUR, _MINUTE) if seconds >= _MANY * one), 1)
    return format_duration(max(round(seconds / unit) * unit, 1))
