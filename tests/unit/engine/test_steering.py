"""What pause, resume and retry write down, from what is known of a model."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from modelops_git.core.errors import JournalError, RefusedError, TargetError
from modelops_git.core.journal.runs import Paused
from modelops_git.core.rollouts.decisions import Defer, Start
from modelops_git.core.rollouts.steps import course_towards
from modelops_git.core.routes import Observed
from modelops_git.engine import steering
from modelops_git.engine.steering import Wish, pause, resume, retry
from modelops_git.engine.telling import Told
from stories import MODEL, Story, canary, wanting

STEP = {"weight": 5, "for": "10m"}
INTENT = SimpleNamespace()
"""Main cannot be read: everything is told from the journal alone."""


class Desk:
    """Somebody at a clone whose journal holds a story."""

    def __init__(self, story, monkeypatch, told=None):
        self.name = "production"
        self.story = story
        self.asked = []
        self.observed = Observed(story.state.routes, story.state.stamp)
        self.journal = self
        self.outbox = self
        self.told = told or Told()
        monkeypatch.setattr(steering, "tell", self.tell)
        monkeypatch.setattr(steering, "desired_of", self.desired_of)

    def now(self):
        return self.story.now

    def refresh(self):
        return self.story.links[-1]

    def states(self, _tip):
        return dict(self.story.models)

    def unknown_to(self, _states):
        return []

    def writer(self, **_how):
        return self.story.writer()

    def target(self, _model):
        if self.observed is None:
            raise TargetError("down")
        return SimpleNamespace(observe=lambda _model: self.observed)

    def desired_of(self, *_names):
        raise RefusedError("main is broken")

    def tell(self, _ground, asked, _problem):
        self.asked += asked
        return self.told


def rolling(**strategy):
    story = Story().live("1.0.0", "create")
    desired = wanting("1.1.0", strategy=canary(STEP, **strategy))
    course = course_towards(desired, "promote", story.state)
    return story.begun(Start("promote", course, desired.generation, desired.routes)).announced().observed()


def test_a_step_that_analyses_judge_is_taken_for_good_by_a_person(monkeypatch):
    desk = Desk(rolling(analysis=["errors"]), monkeypatch)
    with pytest.raises(RefusedError, match="neither paused nor waits"):
        resume(desk, INTENT, Wish(MODEL))
    said = resume(desk, INTENT, Wish(MODEL, accepts=True))
    assert "takes step 1 of 2 for good" in said.text
    assert [one.accepts for one in desk.asked] == [True]


def test_a_step_that_nothing_judges_cannot_be_accepted(monkeypatch):
    with pytest.raises(RefusedError, match="No analysis keeps it"):
        resume(Desk(rolling(), monkeypatch), INTENT, Wish(MODEL, accepts=True))


def test_what_can_be_written_nowhere_was_not_said(monkeypatch):
    desk = Desk(rolling(), monkeypatch, Told(None, "nor can its outbox: disk full"))
    with pytest.raises(JournalError, match="disk full"):
        pause(desk, INTENT, Wish(MODEL))


def test_a_pause_has_a_name_and_an_end_only_where_one_is_given(monkeypatch):
    desk = Desk(rolling(), monkeypatch)
    first, second = (pause(desk, INTENT, Wish(MODEL)) for _ in range(2))
    assert (first.until, second.until) == (None, None)
    assert {(type(one), one.until, one.then) for one in desk.asked} == {(Paused, None, None)}
    assert len({one.id for one in desk.asked}) == 2


def test_what_is_held_or_was_refused_may_be_tried_again(monkeypatch):
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", "1.1.0")
    held = story.state.hold.generation
    desk = Desk(story, monkeypatch)
    retry(desk, INTENT, Wish(MODEL))
    refused = wanting("1.2.0").generation
    story.deferred(Defer(refused, "a rollout was under way", refused=True))
    retry(desk, INTENT, Wish(MODEL))
    assert [one.generation for one in desk.asked] == [held, refused]


def test_what_main_wants_is_tried_again_where_several_were_kept_back(monkeypatch):
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", "1.1.0")
    story.deferred(Defer(wanting("1.2.0").generation, "refused", refused=True))
    desk = Desk(story, monkeypatch)
    monkeypatch.setattr(steering, "desired_of", lambda *_names: wanting("1.1.0"))
    retry(desk, INTENT, Wish(MODEL))
    assert desk.asked[0].generation == story.state.hold.generation


def test_a_hold_that_only_the_target_bears_is_journaled_and_lifted(monkeypatch):
    ahead = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", "1.1.0")
    desk = Desk(Story().live("1.0.0", "create").live("1.1.0"), monkeypatch)
    desk.observed = Observed(ahead.state.routes, ahead.state.stamp, ahead.state.hold)
    retry(desk, INTENT, Wish(MODEL))
    assert [one.type for one in desk.asked] == ["HoldSet", "RetryGranted"]
    assert desk.asked[1].generation == ahead.state.hold.generation


def test_a_hold_is_lifted_with_the_target_down(monkeypatch):
    desk = Desk(Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", "1.1.0"), monkeypatch)
    desk.observed = None
    assert retry(desk, INTENT, Wish(MODEL)).kept_back == "errors"


def test_an_aborted_rollout_without_a_hold_may_be_tried_again(monkeypatch):
    story = rolling().ended("aborted")
    desk = Desk(story, monkeypatch)
    retry(desk, INTENT, Wish(MODEL))
    assert desk.asked[0].generation == story.state.run.generation
