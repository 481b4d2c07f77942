from datetime import timedelta

import pytest

from modelops_git.core.journal.entry import RetryGranted
from modelops_git.core.rollouts import decisions
from modelops_git.core.rollouts.decide import decide
from modelops_git.core.rollouts.desired import action_towards
from modelops_git.core.rollouts.situation import Moment
from modelops_git.core.routes import Hold, Observed, Stamp
from stories import MODEL, Story, canary, route, wanting

LEASE = timedelta(seconds=60)


def seen(story):
    state = story.state
    return Observed(state.routes, state.stamp, state.hold) if state else Observed()


def next_for(story, version, observed=None, after=timedelta(0)):
    moment = Moment(story.now + after, LEASE)
    return decide(wanting(version), story.state, observed or seen(story), {}, moment)


def test_nothing_wanted_and_nothing_live_is_settled():
    assert next_for(Story(), "") == decisions.Settled("not wanted")


def test_the_first_version_is_created():
    start = next_for(Story(), "1.0.0")
    assert isinstance(start, decisions.Start)
    assert (start.action, start.course.steps[0].routes) == ("create", (route("1.0.0"),))


def test_what_is_live_is_left_alone():
    assert next_for(Story().live("1.0.0", "create"), "1.0.0") == decisions.Settled("live")


@pytest.mark.parametrize(
    "observed", [Observed(), Observed((route("0.9.0"),), Stamp(run="other", sequence=9))]
)
def test_a_target_that_somebody_changed_is_only_reported(observed):
    assert next_for(Story().live("1.0.0", "create"), "1.0.0", observed) == decisions.Settled("drifted")


@pytest.mark.parametrize(
    ("live", "wanted", "action"),
    [
        (["1.0.0"], "1.1.0", "promote"),
        (["1.0.0", "1.1.0"], "1.0.0", "rollback"),
        (["1.1.0"], "1.0.0", "promote"),
        (["1.0.0", "1.1.0", "1.0.0"], "1.1.0", "promote"),
        (["1.0.0"], "", "retire"),
    ],
)
def test_a_change_is_named_by_what_it_means(live, wanted, action):
    story = Story()
    for version in live:
        story.live(version)
    assert action_towards(wanting(wanted), story.state) == action
    assert next_for(story, wanted).action == action


def test_a_change_of_strategy_alone_is_an_update():
    story = Story().live("1.0.0", "create")
    wanted = wanting("1.0.0", strategy=canary({"weight": 5, "for": "10m"}))
    start = decide(wanted, story.state, seen(story), {}, Moment(story.now, LEASE))
    assert start.action == "update"


def test_another_writers_step_is_waited_for_until_its_lease_ends():
    story = Story().started("1.0.0", "create").announced()
    assert next_for(story, "1.0.0") == decisions.Wait(
        story.now + LEASE, "another apply announced a step and may be at it"
    )
    assert isinstance(next_for(story, "1.0.0", after=LEASE), decisions.Reissue)


def test_a_step_that_happened_is_recorded_and_not_done_again():
    story = Story().started("1.0.0", "create").announced()
    observed = Observed((route("1.0.0"),), story.state.intent.stamp)
    assert next_for(story, "1.0.0", observed, LEASE) == decisions.Record(story.state.intent)


def test_a_step_that_somebody_edited_at_the_target_is_announced_anew():
    story = Story().started("1.0.0", "create").announced()
    observed = Observed((route("0.9.0"),), story.state.intent.stamp)
    again = next_for(story, "1.0.0", observed, LEASE)
    assert again == decisions.Proceed(story.state.run, 0, (route("1.0.0"),))


def test_a_step_whose_version_cannot_serve_is_not_done_and_ends_at_its_deadline():
    story = Story().live("0.9.0", "create")
    story.begun(next_for(story, "1.0.0")).announced()
    sick = Observed((route("1.0.0"),), story.state.intent.stamp, problems=("it does not start",))
    assert next_for(story, "1.0.0", sick, LEASE) == decisions.Record(story.state.intent)
    end = next_for(story, "1.0.0", sick, timedelta(hours=25))
    assert (end.result, end.routes) == ("aborted", (route("0.9.0"),))
    well = Observed((route("1.0.0"),), story.state.intent.stamp)
    assert isinstance(next_for(story, "1.0.0", well, timedelta(hours=25)), decisions.Record)


def test_a_run_goes_on_even_when_something_else_is_wanted_by_now():
    story = Story().started("1.0.0", "create").announced()
    assert isinstance(next_for(story, "2.0.0", after=LEASE), decisions.Reissue)


def test_a_run_whose_steps_were_all_observed_is_finished():
    story = Story().started("1.0.0", "create").announced().observed()
    assert next_for(story, "1.0.0") == decisions.Finish(story.state.run)


def test_a_run_that_was_started_and_never_announced_goes_on():
    story = Story().started("1.0.0", "create")
    assert next_for(story, "1.0.0") == decisions.Proceed(story.state.run, 0, (route("1.0.0"),))


def test_what_is_held_is_left_alone_while_it_is_wanted():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    assert next_for(story, "1.1.0") == decisions.Settled("held")


def test_another_wish_goes_past_a_hold():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    assert isinstance(next_for(story, "1.0.0"), decisions.Start)
    assert isinstance(next_for(story, "1.2.0"), decisions.Start)


def test_what_made_room_for_another_wish_starts_again_when_it_is_wanted_again():
    story = Story().live("1.0.0", "create").started("1.1.0").announced().observed().ended("superseded")
    assert next_for(story, "1.1.0").after == (route("1.1.0"),)


def test_a_granted_retry_starts_the_same_generation_again():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    story.tell(RetryGranted(id="r1", model=MODEL, generation=wanting("1.1.0").generation, reason="mended"))
    observed = Observed(story.state.routes, story.state.stamp)
    assert isinstance(next_for(story, "1.1.0", observed), decisions.Start)


@pytest.mark.parametrize("live", [[], ["1.0.0"], ["1.0.0", "1.1.0"]])
def test_a_hold_on_the_target_that_the_journal_does_not_know_is_honoured_first(live):
    story = Story()
    for version in live:
        story.live(version)
    hold = Hold(
        id="lost laptop",
        generation=wanting("1.1.0").generation,
        serve=route("1.0.0"),
        reason="bad",
        at=story.now,
        by="on-call",
    )
    observed = Observed((route("1.0.0"),), Stamp(run="hold", sequence=99), hold)
    assert next_for(story, "1.1.0", observed) == decisions.Honour(hold, observed)


def test_a_hold_that_is_over_is_not_honoured_again():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    hold = story.state.hold
    story.live("1.0.0", "update")
    observed = Observed(story.state.routes, story.state.stamp, hold)
    assert next_for(story, "1.0.0", observed) == decisions.Settled("live")
