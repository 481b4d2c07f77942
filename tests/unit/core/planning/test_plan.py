from datetime import timedelta

import pytest

from modelops_git.core.planning.plan import Plan, planned
from modelops_git.core.rollouts.decide import decide
from modelops_git.core.rollouts.situation import Moment
from modelops_git.core.routes import Observed
from stories import COMMIT, Story, canary, environment, route, wanting

SIZE = 42


def action_for(version, story=None, **changes):
    story = story or Story()
    wanted = wanting(version, **changes)
    state = story.state
    seen = Observed(state.routes, state.stamp, state.hold) if state else Observed()
    decision = decide(wanted, state, seen, {}, Moment(story.now, timedelta(seconds=60)))
    return planned(wanted, state, decision, SIZE)


def plan_of(*actions, commit=COMMIT):
    return Plan(registry="acme", commit=commit, actions=actions)


def test_a_change_says_what_serves_what_would_and_how_many_bytes_are_read():
    action = action_for("1.1.0", Story().live("1.0.0", "create"))
    assert (action.action, action.before, action.after) == ("promote", (route("1.0.0"),), (route("1.1.0"),))
    assert (action.bytes, len(action.steps), action.reason) == (SIZE, 1, "")


@pytest.mark.parametrize(
    ("story", "version", "reason"),
    [
        (Story().live("1.0.0", "create"), "1.0.0", "live"),
        (Story(), "", "not wanted"),
        (
            Story().started("1.0.0", "create").announced(),
            "1.0.0",
            "another apply announced a step and may be at it",
        ),
        (
            Story().started("1.0.0", "create").announced().observed(),
            "1.0.0",
            "a run is under way and comes to its end first",
        ),
    ],
)
def test_what_changes_nothing_says_why_and_reads_nothing(story, version, reason):
    action = action_for(version, story)
    assert (action.action, action.reason, action.bytes, action.steps) == ("no_op", reason, 0, ())
    assert action.after == action.before


def test_the_digest_speaks_of_what_would_happen_and_of_nothing_else():
    change, rest = action_for("1.0.0"), action_for("1.0.0", Story().live("1.0.0", "create"))
    assert plan_of(change).digest == plan_of(rest, change, commit="b" * 40).digest
    assert plan_of(change).digest == plan_of(change.model_copy(update={"bytes": 0, "reason": "x"})).digest
    assert plan_of(rest).digest == plan_of().digest != plan_of(change).digest


@pytest.mark.parametrize(
    "other",
    [
        action_for("1.1.0"),
        action_for("1.0.0", rules=environment("staging")),
        action_for("1.0.0", model="wine"),
        action_for("1.0.0", strategy=canary({"weight": 5, "for": "10m"}), first_deployment="strategy"),
        action_for("1.0.0", Story().live("0.9.0", "create")),
    ],
    ids=["version", "environment", "model", "strategy", "what serves now"],
)
def test_every_difference_of_what_would_happen_is_in_the_digest(other):
    assert plan_of(other).digest != plan_of(action_for("1.0.0")).digest


def test_the_order_of_actions_does_not_count():
    one, two = action_for("1.0.0"), action_for("1.0.0", rules=environment("staging"))
    assert plan_of(one, two).digest == plan_of(two, one).digest
