from __future__ import annotations

from datetime import timedelta

import pytest

from modelops_git.core.journal.entry import BreakGlass, Notified
from modelops_git.core.journal.listeners import Wants
from modelops_git.core.notifying.turns import LONGEST_WAIT, Moment, given_up, turns, wait_after
from stories import Story

LEASE = timedelta(seconds=60)
KEY = "slack:SLACK_URL"


@pytest.fixture
def story():
    story = Story()
    story.tell(Notified(key=KEY, act="follows", wants=(Wants(on=("break-glass",), models=("*",)),)))
    return story


def happens(story, number=1):
    links = story.tell(*[BreakGlass(reason="r", ticket="t")] * number)
    return [link.entry.sequence for link in links]


def due(story, own=()):
    found = turns(story.links[-1].environment, own, Moment(story.now, LEASE))
    return [([one.entry for one in turn.news], turn.claims) for turn in found]


def test_nothing_is_due_where_nothing_happened(story):
    assert due(story) == []


def test_who_wrote_an_entry_tells_of_it_at_once(story):
    own = happens(story)
    assert due(story, own) == [(own, False)]


def test_nobody_else_does_while_the_lease_lasts(story):
    entries = happens(story)
    story.later(seconds=59)
    assert due(story) == []
    story.later(seconds=1)
    assert due(story) == [(entries, True)]


def test_what_was_left_behind_is_claimed_together_with_what_is_ones_own(story):
    left = happens(story)
    story.later(minutes=2)
    own = happens(story)
    assert due(story, own) == [(left + own, True)]


def test_what_another_may_be_telling_is_left_to_them(story):
    happens(story)
    own = happens(story)
    assert due(story, own) == [(own, False)]


def test_a_claim_keeps_others_away_twice_as_long_each_time(story):
    entries = happens(story)
    story.later(minutes=1)
    for minutes in (1, 2, 4, 8):
        story.tell(Notified(key=KEY, act="tries"))
        story.later(minutes=minutes).later(seconds=-1)
        assert due(story) == []
        story.later(seconds=1)
        assert due(story) == [(entries, True)]


def test_while_a_webhook_fails_who_writes_does_not_wait_for_it_either(story):
    happens(story)
    story.later(minutes=1).tell(Notified(key=KEY, act="tries"))
    assert due(story, happens(story)) == []


def test_a_try_that_succeeds_ends_the_waiting(story):
    (first,) = happens(story)
    story.later(minutes=1).tell(Notified(key=KEY, act="tries"))
    story.tell(Notified(key=KEY, act="sent", entries=(first,)))
    own = happens(story)
    assert due(story, own) == [(own, False)]


@pytest.mark.parametrize(("tries", "wait"), [(0, 60), (1, 60), (2, 120), (7, 3600), (10**9, 3600)])
def test_nobody_waits_longer_than_an_hour(tries, wait):
    assert wait_after(tries, LEASE) == timedelta(seconds=wait)


def test_a_lease_of_more_than_an_hour_is_waited_for():
    assert wait_after(3, 2 * LONGEST_WAIT) == 2 * LONGEST_WAIT


def test_after_a_day_news_are_given_up(story):
    happens(story)
    story.later(hours=23, minutes=59)
    assert given_up(story.links[-1].environment.news, story.now) == ()
    story.later(minutes=1)
    assert len(given_up(story.links[-1].environment.news, story.now)) == 1
