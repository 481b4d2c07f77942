"""When a rollout begins, and with which steps."""

from datetime import timedelta

import pytest

from modelops_git.core.rollouts import decisions
from modelops_git.core.rollouts.decide import decide
from modelops_git.core.rollouts.desired import Soak
from modelops_git.core.rollouts.situation import Moment
from modelops_git.core.routes import Observed
from stories import Story, blue_green, canary, environment, route, wanting

CANARY = canary({"weight": 5, "for": "10m"}, {"weight": 50, "for": "1h"})
FROZEN = environment(
    freeze=[{"from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z", "reason": "audit"}]
)


def ask(story, version, **more):
    state = story.state
    seen = Observed(state.routes, state.stamp, state.hold) if state else Observed()
    return decide(wanting(version, **more), state, seen, {}, Moment(story.now, timedelta(seconds=60)))


def shown(start):
    return [[(one.version, one.role, one.weight) for one in step.routes] for step in start.course.steps]


def live(*versions):
    story = Story()
    for version in versions:
        story.live(version)
    return story


def test_a_canary_goes_up_by_its_weights_and_ends_at_100():
    start = ask(live("1.0.0"), "1.1.0", strategy=CANARY)
    assert shown(start) == [
        [("1.0.0", "stable", 95), ("1.1.0", "candidate", 5)],
        [("1.0.0", "stable", 50), ("1.1.0", "candidate", 50)],
        [("1.1.0", "stable", 100)],
    ]
    assert [step.lasts for step in start.course.steps] == [600, 3600, None]
    assert start.course.deadline == 600 + 3600 + 24 * 3600


def test_a_blue_green_rollout_shows_switches_and_keeps():
    strategy = blue_green(after="1h", post_promotion=["errors"], keep_previous="30m", deadline="2h")
    start = ask(live("1.0.0"), "1.1.0", strategy=strategy)
    assert shown(start) == [
        [("1.0.0", "stable", 100), ("1.1.0", "preview", 0)],
        [("1.1.0", "stable", 100), ("1.0.0", "previous", 0)],
        [("1.1.0", "stable", 100)],
    ]
    assert [step.lasts for step in start.course.steps] == [3600, 1800, None]
    assert start.course.steps[1].analysis == ("errors",)


def test_a_plain_blue_green_rollout_is_a_look_and_a_switch():
    start = ask(live("1.0.0"), "1.1.0", strategy=blue_green(promote="by_hand"))
    assert [step.until_resumed for step in start.course.steps] == [True, False]


def test_the_first_deployment_skips_the_strategy_unless_told_otherwise():
    assert len(ask(Story(), "1.0.0", strategy=CANARY).course.steps) == 1
    told = ask(Story(), "1.0.0", strategy=CANARY, first_deployment="strategy")
    assert shown(told) == [[("1.0.0", "stable", 100)]] * 3


def test_a_model_that_was_retired_is_deployed_for_the_first_time_again():
    story = live("1.0.0").started("", "retire").announced().observed().ended().retired()
    assert len(ask(story, "1.1.0", strategy=CANARY).course.steps) == 1


def test_a_rollback_skips_the_steps_as_far_as_the_environment_reaches():
    story = live("1.0.0", "1.1.0", "1.2.0")
    assert ask(story, "1.0.0", strategy=CANARY).action == "rollback"
    near = environment(rollback={"revisions": 1})
    far = ask(story, "1.0.0", strategy=CANARY, rules=near)
    assert (far.action, len(far.course.steps)) == ("promote", 3)
    assert len(ask(story, "1.1.0", strategy=CANARY, rules=near).course.steps) == 1


def test_a_version_that_was_rolled_back_from_takes_the_steps_again():
    story = live("1.0.0", "1.1.0").live("1.0.0", "rollback").live("1.2.0")
    assert len(ask(story, "1.1.0", strategy=CANARY).course.steps) == 3


def test_a_freeze_puts_off_what_is_new_once_and_never_a_rollback():
    story = live("1.0.0", "1.1.0")
    later = ask(story, "1.2.0", rules=FROZEN)
    assert isinstance(later, decisions.Defer)
    assert "audit" in later.reason
    story.deferred(later)
    assert isinstance(ask(story, "1.2.0", rules=FROZEN), decisions.Stay)
    assert ask(story, "1.0.0", rules=FROZEN).action == "rollback"
    assert isinstance(ask(story, "", rules=FROZEN), decisions.Defer)


@pytest.mark.parametrize("hours", [1, None])
def test_a_version_soaks_before_it_goes_on(hours):
    story = live("1.0.0")
    until = story.now + timedelta(hours=hours) if hours else None
    later = ask(story, "1.1.0", rules=environment(soak="24h"), soak=Soak("staging", until))
    assert (type(later), later.until) == (decisions.Defer, until)
    assert "staging for 24h" in later.reason


def test_what_has_soaked_begins():
    story = live("1.0.0")
    soak = Soak("staging", story.now)
    assert isinstance(ask(story, "1.1.0", rules=environment(soak="24h"), soak=soak), decisions.Start)


def test_a_version_that_is_live_already_is_no_rollout_of_it():
    story = live("1.0.0")
    start = ask(story, "1.0.0", strategy=CANARY, rules=FROZEN)
    assert (start.action, start.after) == ("update", (route("1.0.0"),))
