"""The calendar against the slowest one there is: look at the clock on the wall, every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modelops_git.core.clock import format_time
from modelops_git.core.manifests.environment import DeployWindow, Environment, Freeze
from modelops_git.core.rollouts.calendar import closed_at, open_time

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
CHANGES = {
    "Europe/Berlin": ("2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"),
    "America/New_York": ("2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"),
    "Australia/Lord_Howe": ("2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"),
    "Asia/Kathmandu": ("2026-12-31T18:15:00Z",),
}
"""Time zones, and instants at which their clocks are changed; Kathmandu's never are, at 5:45 ahead of UTC."""


def environment(window=None, freezes=()):
    return Environment.model_construct(freeze=tuple(freezes), deploy_window=window)


def is_open(environment, at):
    frozen = any(
        datetime.fromisoformat(freeze.from_) <= at < datetime.fromisoformat(freeze.until)
        for freeze in environment.freeze
    )
    return not frozen and (environment.deploy_window is None or shows(environment.deploy_window, at))


def shows(window, at):
    local = at.astimezone(ZoneInfo(window.timezone))
    time, today, yesterday = local.strftime("%H:%M"), DAYS[local.weekday()], DAYS[local.weekday() - 1]
    if window.from_ < window.until:
        return today in window.days and window.from_ <= time < window.until
    return (today in window.days and time >= window.from_) or (
        yesterday in window.days and time < window.until
    )


times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from((0, 1, 15, 30, 45, 59)))
around = st.sampled_from([(zone, at) for zone, instants in CHANGES.items() for at in instants])


@st.composite
def cases(draw):
    zone, change = draw(around)
    begin = datetime.fromisoformat(change) + draw(st.integers(-1600, 200)) * MINUTE
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, unique=True))
    window = DeployWindow(days=tuple(days), from_=draw(times), until=draw(times), timezone=zone)
    freezes = [
        Freeze(from_=format_time(start), until=format_time(start + length * MINUTE), reason="rest")
        for start, length in draw(
            st.lists(
                st.tuples(
                    st.integers(-300, 3000).map(lambda later: begin + later * MINUTE), st.integers(0, 900)
                ),
                max_size=3,
            )
        )
    ]
    return environment(draw(st.sampled_from((window, window, None))), freezes), begin


def around_the_change(zone, number, *hours):
    window = DeployWindow(days=DAYS, from_=hours[0], until=hours[1], timezone=zone)
    return environment(window), datetime.fromisoformat(CHANGES[zone][number]) - 300 * MINUTE


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 2880))
@example(around_the_change("Europe/Berlin", 0, "02:15", "02:45"), 600)
@example(around_the_change("Europe/Berlin", 1, "01:30", "02:30"), 600)
@example(around_the_change("Australia/Lord_Howe", 0, "01:45", "02:15"), 600)
@example(around_the_change("Australia/Lord_Howe", 1, "22:00", "02:15"), 600)
def test_open_time_is_the_number_of_minutes_in_which_it_is_open(case, length):
    environment, begin = case
    minutes = sum(is_open(environment, begin + minute * MINUTE) for minute in range(length))
    assert open_time(environment, begin, begin + length * MINUTE) == minutes * MINUTE


@settings(max_examples=40, deadline=None)
@given(cases())
@example(around_the_change("Europe/Berlin", 0, "02:15", "02:45"))
def test_it_is_closed_until_the_first_minute_in_which_it_is_open(case):
    environment, at = case
    closed = closed_at(environment, at)
    if closed is None:
        assert is_open(environment, at)
        return
    assert closed.until is not None
    opening = next(minute for minute in range(11 * 1440) if is_open(environment, at + minute * MINUTE))
    assert closed.until == at + opening * MINUTE
    assert closed_at(environment, closed.until) is None


@settings(max_examples=25, deadline=None)
@given(cases(), st.lists(st.integers(0, 60 * 86400), min_size=3, max_size=3).map(sorted))
def test_open_time_adds_up(case, seconds):
    environment, begin = case
    first, middle, last = (begin + timedelta(seconds=second) for second in seconds)
    parts = open_time(environment, first, middle) + open_time(environment, middle, last)
    assert open_time(environment, first, last) == parts


@pytest.mark.parametrize("zone", CHANGES)
def test_a_year_of_office_hours_is_a_year_of_office_hours(zone):
    window = DeployWindow(
        days=("mon", "tue", "wed", "thu", "fri"), from_="09:00", until="17:00", timezone=zone
    )
    begin = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    end = datetime(2027, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert open_time(environment(window), begin, end) == 261 * timedelta(hours=8)
