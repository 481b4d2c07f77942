from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from modelops_git.core.manifests.environment import DeployWindow, Environment, Freeze
from modelops_git.core.rollouts.calendar import Closed, closed_at, open_time

HOUR = timedelta(hours=1)
OFFICE = DeployWindow(
    days=("mon", "tue", "wed", "thu"), from_="08:00", until="16:00", timezone="Europe/Berlin"
)
YEAR_END = Freeze(from_="2026-12-20T00:00:00Z", until="2027-01-03T00:00:00Z", reason="year end")


def environment(window=None, *freezes):
    return Environment.model_construct(freeze=freezes, deploy_window=window)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def nights(*days):
    return DeployWindow(days=days, from_="22:00", until="04:00", timezone="UTC")


def test_without_rules_it_is_always_open():
    assert closed_at(environment(), at("2026-06-02T03:00")) is None
    assert open_time(environment(), at("2026-06-02T03:00"), at("2026-06-03T03:00")) == 24 * HOUR


def test_a_freeze_says_until_when_and_why():
    closed = closed_at(environment(None, YEAR_END), at("2026-12-24T18:00"))
    assert closed == Closed("frozen until 2027-01-03 00:00 UTC: year end", at("2027-01-03T00:00"))


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        ("2026-12-19T23:59:59", True),
        ("2026-12-20T00:00:00", False),
        ("2027-01-02T23:59:59", False),
        ("2027-01-03T00:00:00", True),
    ],
)
def test_a_freeze_holds_from_its_first_instant_to_just_before_its_last(instant, is_open):
    assert (closed_at(environment(None, YEAR_END), at(instant)) is None) is is_open


def test_a_freeze_that_ends_before_it_begins_freezes_nothing():
    backwards = Freeze(from_=YEAR_END.until, until=YEAR_END.from_, reason="oops")
    assert closed_at(environment(None, backwards), at("2026-12-24T18:00")) is None


def test_outside_the_window_it_says_the_hours_and_when_they_begin():
    closed = closed_at(environment(OFFICE), at("2026-06-05T10:00"))
    hours = "outside the deploy window (mon-thu 08:00-16:00 Europe/Berlin)"
    assert closed == Closed(hours, at("2026-06-08T06:00"))


def test_the_hours_are_those_of_the_place():
    assert closed_at(environment(OFFICE), at("2026-06-01T06:00")) is None
    assert closed_at(environment(OFFICE), at("2026-01-05T06:30")).until == at("2026-01-05T07:00")


def test_it_looks_past_a_freeze_into_the_next_window_and_past_adjoining_freezes():
    inventory = Freeze(from_=YEAR_END.until, until="2027-01-05T09:00:00Z", reason="inventory")
    closed = closed_at(environment(OFFICE, inventory, YEAR_END), at("2026-12-24T18:00"))
    assert closed == Closed("frozen until 2027-01-03 00:00 UTC: year end", at("2027-01-05T09:00"))
    evening = closed_at(environment(OFFICE, YEAR_END), at("2026-12-17T20:00"))
    assert evening.until == at("2027-01-04T07:00")


def test_of_freezes_that_overlap_the_one_that_ends_last_is_told():
    longer = Freeze(from_="2026-12-24T00:00:00Z", until="2027-02-01T12:00:30Z", reason="a\n  migration")
    closed = closed_at(environment(None, longer, YEAR_END), at("2026-12-24T18:00"))
    assert closed.reason == "frozen until 2027-02-01 12:00:30 UTC: a migration"


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin():
    friday = environment(nights("fri"))
    assert closed_at(friday, at("2026-06-06T03:59")) is None  # a Saturday
    assert closed_at(friday, at("2026-06-06T04:00")).until == at("2026-06-12T22:00")
    assert closed_at(friday, at("2026-06-05T03:00")).until == at("2026-06-05T22:00")


def test_from_a_time_until_the_same_is_a_whole_day():
    whole = DeployWindow(days=("sat", "sun"), from_="00:00", until="00:00")
    assert open_time(environment(whole), at("2026-06-01T00:00"), at("2026-06-08T00:00")) == 48 * HOUR


def test_an_hour_that_summer_time_skips_is_not_waited_for():
    window = DeployWindow(days=("sun",), from_="02:00", until="03:00", timezone="Europe/Berlin")
    assert closed_at(environment(window), at("2026-03-29T00:30")).until == at("2026-04-05T00:00")
    assert open_time(environment(window), at("2026-03-29T00:00"), at("2026-03-30T00:00")) == timedelta()


def test_an_hour_that_summer_time_repeats_counts_twice():
    window = DeployWindow(days=("sun",), from_="02:00", until="03:00", timezone="Europe/Berlin")
    assert open_time(environment(window), at("2026-10-25T00:00"), at("2026-10-26T00:00")) == 2 * HOUR


def test_what_never_opens_again_has_no_until():
    for_ever = Freeze(from_="2026-01-01T00:00:00Z", until="9999-12-31T23:59:59Z", reason="closed down")
    closed = closed_at(environment(OFFICE, for_ever), at("2026-06-01T10:00"))
    assert closed == Closed("frozen until 9999-12-31 23:59:59 UTC: closed down", None)


@pytest.mark.parametrize("zone", ["Nowhere/Atall", "Europe", "Europe/Berlin/Mitte", "A" * 64])
def test_hours_of_an_unknown_place_are_never_open(zone):
    window = OFFICE.model_copy(update={"timezone": zone})
    closed = closed_at(environment(window), at("2026-06-01T10:00"))
    assert closed == Closed(f"the time zone {zone} of the deploy window is not known on this machine", None)
    assert open_time(environment(window), at("2026-06-01T10:00"), at("2026-06-02T10:00")) == timedelta()


@pytest.mark.parametrize("rules", [environment(), environment(OFFICE, YEAR_END)])
def test_the_ends_of_time_are_answered_too(rules):
    for instant in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        closed = closed_at(rules, instant)
        assert closed is not None
        assert closed.until is None
    assert open_time(rules, at("2026-06-03T00:00"), at("2026-06-01T00:00")) == timedelta()


def test_an_instant_may_be_given_in_any_zone():
    berlin = datetime.fromisoformat("2026-06-01T08:00:00+02:00")
    assert closed_at(environment(OFFICE), berlin) is None
    assert open_time(environment(OFFICE), berlin, berlin + 24 * HOUR) == 8 * HOUR


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("mon", "wed", "fri"), "mon, wed, fri"),
        (("sun", "sat"), "sat, sun"),
        (("fri", "mon", "tue", "wed"), "mon-wed, fri"),
    ],
)
def test_days_are_told_as_people_say_them(days, said):
    window = DeployWindow(days=days, from_="08:00", until="08:01")
    reason = closed_at(environment(window), at("2026-06-04T10:00")).reason
    assert reason == f"outside the deploy window ({said} 08:00-08:01 UTC)"
