from datetime import timedelta

from measuring import BEGAN, STEP, metric, minute
from modelops_git.core.assessing.schedule import MOST_AT_ONCE, schedule_of
from modelops_git.core.assessing.verdicts import Window

CEILING = {"failure_condition": "candidate > 0.5"}
TEST = {"test": {"worse_when": "higher"}}


def test_instants_follow_from_when_the_step_began():
    schedule = schedule_of(metric(interval="3m", count=9, **CEILING), STEP)
    assert schedule.due(minute(7), ()) == (minute(3), minute(6))
    assert schedule.due(minute(7), [minute(3)]) == (minute(6),)
    assert schedule.due(minute(7), [minute(6)]) == ()
    assert schedule.due(minute(2), ()) == ()
    assert [schedule.next_after(minute(n)) for n in (0, 2, 3, 7)] == [minute(n) for n in (3, 3, 6, 9)]


def test_what_lasts_as_long_as_the_step_is_measured_at_the_end_of_a_short_one():
    schedule = schedule_of(metric(interval="3m", **CEILING), STEP)
    assert schedule.due(minute(12), [minute(6)]) == (minute(9), minute(12))
    assert schedule.last == minute(9)
    rare = schedule_of(metric(interval="1h", **CEILING), STEP)
    assert rare.due(minute(11), ()) == (minute(10),)
    assert [rare.next_after(minute(n)) for n in (9, 10)] == [minute(10), minute(60)]
    assert rare.last == minute(10)


def test_a_count_is_not_measured_at_the_end():
    schedule = schedule_of(metric(interval="1h", count=9, **CEILING), STEP)
    assert schedule.due(minute(30), ()) == ()


def test_without_an_interval_it_is_measured_at_the_end_and_again_while_nothing_comes_of_it():
    schedule = schedule_of(metric(**CEILING), STEP)
    assert schedule.due(minute(9), ()) == ()
    assert schedule.due(minute(12), ()) == (minute(10), minute(11), minute(12))
    assert schedule.next_after(minute(3)) == minute(10)


def test_a_step_without_an_end_has_none():
    schedule = schedule_of(metric(**CEILING), Window(BEGAN, None))
    assert (schedule.due(minute(99), ()), schedule.next_after(minute(99))) == ((), None)


def test_a_test_is_looked_at_every_minute():
    assert schedule_of(metric(**TEST), STEP).due(minute(2), ()) == (minute(1), minute(2))


def test_only_so_many_instants_are_asked_for_at_once_and_they_are_the_newest():
    found = schedule_of(metric(interval="1s", **CEILING), Window(BEGAN, None)).due(minute(60), ())
    assert len(found) == MOST_AT_ONCE
    assert found[-1] == minute(60)


def test_intervals_that_are_absurd_are_bounded():
    assert schedule_of(metric(interval="0s", **CEILING), STEP).interval == timedelta(seconds=1)
    assert schedule_of(metric(interval="999999999d", **CEILING), STEP).next_after(minute(11)) is not None
