"""When something new may go live in an environment: outside its freezes, and inside its deploy window.

A window is read off the clock on the wall of its time zone: it is open whenever that clock shows a time from
`from` until `until` on one of its days. So an hour that summer time skips is not waited for, and one that it
repeats counts twice. Where `until` is not later than `from`, the hours go on past midnight and belong to the
day on which they began: `days: [fri]` from 22:00 until 04:00 ends on Saturday; from 00:00 until 00:00 is a
whole day. A freeze goes from its first instant to just before its last, whatever the window says.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from modelops_git.core.clock import parse_time, time_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from modelops_git.core.manifests.environment import DeployWindow, Environment, Freeze

HORIZON = timedelta(days=400)
"""How far ahead an opening is looked for."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9990, 1, 1, tzinfo=UTC)
"""Nothing is open before the one and after the other: at the ends of time no zone can be reckoned with."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Span(NamedTuple):
    """The time from `begin` to just before `end`."""

    begin: datetime
    end: datetime


class Closed(NamedTuple):
    """Why nothing new may go live.

    Attributes:
        reason: In plain words: `frozen until 2027-01-03 00:00 UTC: year end`.
        until: The next instant at which something may; None where there is none within `HORIZON`.
    """

    reason: str
    until: datetime | None


def closed_at(environment: Environment, at: datetime) -> Closed | None:
    """Why nothing new may go live in `environment` at the instant `at`, an aware time; None where it may."""
    horizon = at + HORIZON if at < LATEST else at
    opening = next(_open_spans(environment, Span(at, horizon)), None)
    if opening and opening.begin == at:
        return None
    return Closed(_reason(environment, at), opening.begin if opening else None)


def open_time(environment: Environment, begin: datetime, end: datetime) -> timedelta:
    """How much of the time from `begin` to just before `end`, both aware, `environment` was open."""
    return sum((span.end - span.begin for span in _open_spans(environment, Span(begin, end))), timedelta())


def _reason(environment: Environment, at: datetime) -> str:
    frozen = [one for one in environment.freeze if parse_time(one.from_) <= at < parse_time(one.until)]
    if frozen:
        last = max(frozen, key=lambda freeze: parse_time(freeze.until))
        return f"frozen until {_shown(parse_time(last.until))}: {' '.join(last.reason.split())}"
    window = environment.deploy_window
    if window is None:
        return "outside the years that are reckoned with"
    if _zone(window.timezone) is None:
        return f"the time zone {window.timezone} of the deploy window is not known on this machine"
    hours = f"{_days(window.days)} {window.from_}-{window.until} {window.timezone}"
    return f"outside the deploy window ({hours})"


def _shown(instant: datetime) -> str:
    seconds = ":%S" if instant.second or instant.microsecond else ""
    return instant.strftime(f"%Y-%m-%d %H:%M{seconds} UTC")


def _days(named: Iterable[str]) -> str:
    """The days of the week as people say them: `mon-thu`, `mon, wed, fri`."""
    runs: list[list[str]] = []
    for index, day in enumerate(_DAYS):
        if day in named and runs and index and runs[-1][-1] == _DAYS[index - 1]:
            runs[-1].append(day)
        elif day in named:
            runs.append([day])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)  # noqa: PLR2004 - two days are named, more are a range


def _open_spans(environment: Environment, within: Span) -> Iterator[Span]:
    """The spans of `within` in which `environment` is open, in order, none touching the next."""
    begin, end = max(within.begin, EARLIEST).astimezone(UTC), min(within.end, LATEST).astimezone(UTC)
    freezes = _merged(environment.freeze)
    window = environment.deploy_window
    for span in [Span(begin, end)] if window is None else _hours(window, Span(begin, end)):
        yield from _thawed(span, freezes)


def _merged(freezes: Iterable[Freeze]) -> tuple[Span, ...]:
    spans = (Span(parse_time(freeze.from_), parse_time(freeze.until)) for freeze in freezes)
    return tuple(_joined(sorted(span for span in spans if span.begin < span.end)))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """`spans`, sorted by their begin, with those that touch or overlap made one."""
    last: Span | None = None
    for span in spans:
        if last and span.begin <= last.end:
            last = Span(last.begin, max(last.end, span.end))
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _thawed(span: Span, freezes: tuple[Span, ...]) -> Iterator[Span]:
    """What the freezes leave of `span`."""
    begin = span.begin
    for frozen in freezes[max(0, bisect_right(freezes, Span(begin, begin)) - 1) :]:
        if frozen.begin >= span.end:
            break
        if begin < frozen.begin:
            yield Span(begin, frozen.begin)
        begin = max(begin, frozen.end)
    if begin < span.end:
        yield Span(begin, span.end)


def _hours(window: DeployWindow, within: Span) -> Iterator[Span]:
    """The spans of `within` in which `window` is open, in order, none touching the next."""
    yield from _joined(
        Span(max(span.begin, within.begin), min(span.end, within.end))
        for year in range(within.begin.year, within.end.year + 1)
        for span in _hours_of(window, year)
        if span.begin < within.end and span.end > within.begin
    )


@lru_cache(64)
def _hours_of(window: DeployWindow, year: int) -> tuple[Span, ...]:
    """The spans of `year`, in UTC, in which `window` is open; none where its time zone is not known."""
    zone = _zone(window.timezone)
    if zone is None:
        return ()
    whole = Span(datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    steady = _steady(zone, whole)
    return tuple(_joined(hours for span, offset in steady for hours in _on_clock(window, span, offset)))


def _on_clock(window: DeployWindow, span: Span, offset: timedelta) -> Iterator[Span]:
    """The parts of `span` in which a clock that is `offset` ahead of UTC shows a time of `window`."""
    opens, closes = _since_midnight(window.from_), _since_midnight(window.until)
    closes += _DAY if closes <= opens else timedelta()
    first = (span.begin + offset).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(-1, (span.end - span.begin).days + 2):
        midnight = first + number * _DAY
        if _DAYS[midnight.weekday()] in window.days:
            begin = max(midnight + opens - offset, span.begin)
            end = min(midnight + closes - offset, span.end)
            if begin < end:
                yield Span(begin, end)


def _since_midnight(time: str) -> timedelta:
    hours, minutes = time.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _steady(zone: tzinfo, whole: Span) -> Iterator[tuple[Span, timedelta]]:
    """The spans of `whole`, a number of days, in which the offset of `zone` stays the same, with it."""
    begin, offset = whole.begin, _offset(zone, whole.begin)
    for number in range((whole.end - whole.begin).days):
        day = whole.begin + number * _DAY
        if (after := _offset(zone, day + _DAY)) != offset:
            change = _change(zone, Span(day, day + _DAY))
            yield Span(begin, change), offset
            begin, offset = change, after
    yield Span(begin, whole.end), offset


def _change(zone: tzinfo, span: Span) -> datetime:
    """The second at which the offset of `zone` changes in `span`; it changes once."""
    before, after = span
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if _offset(zone, middle) == _offset(zone, span.begin):
            before = middle
        else:
            after = middle
    return after


def _offset(zone: tzinfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _zone(name: str) -> tzinfo | None:
    try:
        return time_zone(name)
    except ValueError:
        return None
