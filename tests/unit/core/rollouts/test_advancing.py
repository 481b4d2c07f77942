"""A rollout under way: a canary that goes 5, 25, 100, and all that may come between."""

from datetime import timedelta

import pytest

from modelops_git.core.assessing.points import Measured
from modelops_git.core.assessing.verdicts import Assessment, Result, Verdict
from modelops_git.core.journal.runs import Paused, Resumed
from modelops_git.core.rollouts import decisions
from modelops_git.core.rollouts.decide import decide
from modelops_git.core.rollouts.situation import Moment
from modelops_git.core.routes import Observed
from stories import MODEL, RULES, Story, canary, environment, wanting

LEASE = timedelta(seconds=60)
STEPS = canary({"weight": 5, "for": "10m"}, {"weight": 25, "until": "resumed"}, deadline="6h")
JUDGED = canary({"weight": 5, "for": "10m", "analysis": ["errors"]}, {"weight": 50, "for": "1m"})


def at_step(number, strategy=STEPS, rules=RULES):
    """1.0.0 is live, and the canary to 1.1.0 has reached a step, counted from 1."""
    story = Story().live("1.0.0", "create")
    start = ask(story, strategy, rules=rules)
    story.begun(start)
    for _ in range(number):
        story.announced().observed()
    return story


def ask(story, strategy=STEPS, *, version="1.1.0", after=None, measured=None, **more):
    state = story.state
    desired = wanting(version, strategy=strategy, **more)
    seen = Observed(state.routes, state.stamp, state.hold)
    moment = Moment(story.now + (after or timedelta(0)), LEASE)
    return decide(desired, state, seen, measured or {}, moment)


def said(story, verdict):
    """What analyses say, by the run's name."""
    result = Result("errors", "rate", verdict, "the rate rose", Measured(0.2), Measured(0.1), 100)
    return {story.state.run.run: Assessment(verdict, (result,))}


def minutes(number):
    return timedelta(minutes=number)


def weights(routes):
    return {one.version: (one.role, one.weight) for one in routes}


def test_a_step_lasts_its_time_and_then_the_next_is_due():
    story = at_step(1)
    stay = ask(story, after=minutes(9))
    assert stay == decisions.Stay("the step lasts", story.state.run.step_at + minutes(10))
    due = ask(story, after=minutes(10))
    assert weights(due.routes) == {"1.0.0": ("stable", 75), "1.1.0": ("candidate", 25)}
    assert due.index == 1


def test_a_step_that_waits_for_somebody_waits_for_as_long_as_it_takes():
    story = at_step(2)
    assert ask(story, after=minutes(200)) == decisions.Stay("it waits for somebody to resume it")
    story.tell(Resumed(id="r1", model=MODEL, run=story.state.run.run))
    assert weights(ask(story).routes) == {"1.1.0": ("stable", 100)}


def test_to_resume_a_pause_is_not_to_end_the_step():
    story = at_step(2)
    run = story.state.run.run
    story.tell(Paused(id="p1", model=MODEL, run=run, reason="lunch"))
    assert ask(story).reason == "paused by ana: lunch"
    story.tell(Resumed(id="r1", model=MODEL, run=run))
    assert ask(story).reason == "it waits for somebody to resume it"


def test_a_pause_survives_the_step_that_was_under_way_when_it_came():
    story = at_step(0)
    story.announced()
    story.tell(Paused(id="p1", model=MODEL, run=story.state.run.run, reason="lunch"))
    story.observed()
    assert ask(story, after=minutes(30)).reason == "paused by ana: lunch"


@pytest.mark.parametrize(("then", "expected"), [("abort", decisions.End), ("resume", decisions.Proceed)])
def test_a_pause_ends_as_it_was_said(then, expected):
    story = at_step(1)
    until = story.now + minutes(30)
    story.tell(Paused(id="p1", model=MODEL, run=story.state.run.run, reason="x", until=until, then=then))
    assert isinstance(ask(story, after=minutes(29)), decisions.Stay)
    assert isinstance(ask(story, after=minutes(31)), expected)


def test_the_deadline_aborts_back_to_what_served_before():
    story = at_step(2)
    end = ask(story, after=timedelta(hours=7))
    assert (end.result, weights(end.routes)) == ("aborted", {"1.0.0": ("stable", 100)})


def test_the_deadline_stands_still_in_a_freeze_and_so_does_the_weight():
    frozen = {"from": "2026-06-01T15:00:00Z", "until": "2026-06-05T00:00:00Z", "reason": "audit"}
    rules = environment(freeze=[frozen])
    story = at_step(1, rules=environment())
    held = ask(story, after=timedelta(hours=30), rules=rules)
    assert isinstance(held, decisions.Stay)
    assert "audit" in held.reason
    assert isinstance(ask(story, after=timedelta(days=3, hours=12), rules=rules), decisions.Proceed)


def test_an_analysis_is_asked_before_anything_is_said():
    story = at_step(1, JUDGED)
    assert ask(story, JUDGED, after=minutes(5)) == decisions.Measure(story.state.run)


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PENDING])
def test_only_a_failed_analysis_aborts_and_only_a_success_goes_on(verdict):
    story = at_step(1, JUDGED)
    held = ask(story, JUDGED, after=minutes(20), measured=said(story, verdict))
    assert held == decisions.Stay("the rate rose")
    failed = ask(story, JUDGED, after=minutes(1), measured=said(story, Verdict.FAILED))
    assert (failed.result, failed.reason) == ("aborted", "the rate rose")
    good = ask(story, JUDGED, after=minutes(20), measured=said(story, Verdict.SUCCESSFUL))
    assert isinstance(good, decisions.Proceed)


def test_somebody_may_take_a_step_for_good_but_not_one_that_failed():
    story = at_step(1, JUDGED)
    story.tell(Resumed(id="r1", model=MODEL, run=story.state.run.run, accepts=True))
    unclear = said(story, Verdict.INCONCLUSIVE)
    assert isinstance(ask(story, JUDGED, after=minutes(20), measured=unclear), decisions.Proceed)
    failed = ask(story, JUDGED, after=minutes(20), measured=said(story, Verdict.FAILED))
    assert failed.result == "aborted"


def test_a_pause_does_not_keep_a_failed_analysis_from_aborting():
    story = at_step(1, JUDGED)
    story.tell(Paused(id="p1", model=MODEL, run=story.state.run.run, reason="lunch"))
    assert ask(story, JUDGED, measured=said(story, Verdict.FAILED)).result == "aborted"


def test_steps_that_were_edited_meanwhile_change_nothing():
    story = at_step(1)
    edited = canary({"weight": 90, "for": "1m"})
    assert weights(ask(story, edited, after=minutes(10)).routes)["1.1.0"] == ("candidate", 25)


def test_another_version_is_queued_and_that_is_said_once():
    story = at_step(1)
    later = ask(story, version="1.2.0")
    assert (later.reason, later.refused) == ("a rollout of 1.1.0 is under way", False)
    story.deferred(later)
    stay = ask(story, version="1.2.0")
    assert stay.reason == "the step lasts; 1.2.0, which is wanted now, waits for its end"
    story.announced().observed().announced().observed().ended()
    assert isinstance(ask(story, version="1.2.0"), decisions.Start)


def test_another_version_supersedes_through_weight_0_where_the_environment_says_so():
    rules = environment(on_new_revision="supersede")
    story = at_step(1, rules=rules)
    end = ask(story, version="1.2.0", rules=rules)
    assert (end.result, weights(end.routes)) == ("superseded", {"1.0.0": ("stable", 100)})


def test_another_version_is_refused_where_the_environment_says_so_until_a_retry():
    rules = environment(on_new_revision="reject")
    story = at_step(1, rules=rules)
    later = ask(story, version="1.2.0", rules=rules)
    assert later.refused
    story.deferred(later)
    stay = ask(story, version="1.2.0", rules=rules)
    assert "1.2.0, which is wanted now, is refused until somebody says `modelops retry`" in stay.reason
    story.announced().observed().announced().observed().ended()
    assert ask(story, version="1.2.0", rules=rules) == decisions.Settled("refused")
    story.retried("1.2.0", STEPS)
    assert isinstance(ask(story, version="1.2.0", rules=rules), decisions.Start)


@pytest.mark.parametrize("version", ["1.0.0", ""])
def test_a_way_back_takes_the_place_of_a_rollout_at_once(version):
    end = ask(at_step(1), version=version)
    assert (end.result, weights(end.routes)) == ("superseded", {"1.0.0": ("stable", 100)})
