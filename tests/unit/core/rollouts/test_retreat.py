"""The way back out of what is under way, from what a clone knows and from what a target shows."""

from __future__ import annotations

import pytest

from modelops_git.core.rollouts.decisions import Start
from modelops_git.core.rollouts.desired import Experiment
from modelops_git.core.rollouts.retreat import hold_of, retreat, retreat_seen
from modelops_git.core.rollouts.steps import Course, beside, course_of, course_towards
from modelops_git.core.routes import Observed
from stories import START, Story, blue_green, canary, generation, route, wanting


def rolling(strategy, *, steps=1, first=False):
    """A rollout of 1.1.0 that has taken some of its steps."""
    story = Story() if first else Story().live("1.0.0", "create")
    desired = wanting("1.1.0", strategy=strategy, first_deployment="strategy")
    course = course_towards(desired, "create" if first else "promote", story.state)
    story.begun(Start("promote", course, desired.generation, desired.routes))
    for _ in range(steps):
        story.announced().observed()
    return story


def trying(kind):
    story = Story().live("1.0.0", "create")
    role = "candidate" if kind == "split" else "mirror"
    wanted = Experiment(kind, (route("1.1.0", 10, role),), START)
    course = course_of(wanted, story.state.routes)
    story.begun(Start("shift", course, wanting("1.0.0").generation, course.steps[0].routes, START))
    return story.announced(trial=True).observed()


def seen(story, **more):
    return Observed(story.state.routes, story.state.stamp, **more)


STEPS = ({"weight": 5, "for": "10m"}, {"weight": 50, "for": "10m"})
SIDE_BY_SIDE = {
    "canary": rolling(canary(*STEPS), steps=2),
    "preview": rolling(blue_green(after="10m")),
    "no preview": rolling(blue_green(preview=False, after="10m")),
    "after the switch": rolling(blue_green(keep_previous="10m"), steps=2),
    "split": trying("split"),
}


@pytest.mark.parametrize("where", SIDE_BY_SIDE)
def test_with_two_versions_side_by_side_it_is_what_served_before(where):
    story = SIDE_BY_SIDE[where]
    back = retreat(story.state, seen(story))
    assert (back.routes, back.left.version) == ((route("1.0.0"),), "1.1.0")
    assert back.run in {story.state.run, story.state.experiment}
    assert back.is_experiment == (where == "split")


@pytest.mark.parametrize("where", SIDE_BY_SIDE)
def test_a_clone_that_knows_nothing_reads_it_off_the_target(where):
    story = SIDE_BY_SIDE[where]
    stale = Story().live("1.0.0", "create").state
    for known in (None, stale):
        back = retreat(known, seen(story))
        assert (back.routes, back.left.version, back.run) == ((route("1.0.0"),), "1.1.0", None)


def test_a_first_version_is_taken_off():
    story = rolling(canary(*STEPS), first=True)
    back = retreat(story.state, seen(story))
    assert (back.routes, back.left.version) == ((), "1.1.0")
    assert retreat_seen(story.state, seen(story)) is None
    assert retreat(None, seen(story)) is None


def test_a_mirror_is_taken_away_and_is_nothing_that_answers():
    story = trying("mirror")
    for known in (story.state, None):
        back = retreat(known, seen(story))
        assert (back.routes, back.left.version) == ((route("1.0.0"),), "1.1.0")
        assert back.is_experiment
        assert retreat_seen(known, seen(story)) is None


def test_a_mirror_stays_beside_what_an_abort_brings_back():
    story = rolling(canary(*STEPS))
    mirror = route("2.0.0", 10, "mirror")
    observed = Observed((*story.state.routes, mirror), story.state.stamp)
    for known in (story.state, None):
        assert retreat(known, observed).routes == (route("1.0.0"), mirror)


def test_a_run_that_was_announced_and_has_not_touched_the_target_is_under_way():
    story = rolling(canary(*STEPS), steps=0).announced()
    observed = Observed((route("1.0.0"),), Story().live("1.0.0", "create").state.stamp)
    assert retreat(story.state, observed).routes == (route("1.0.0"),)


def test_where_all_is_settled_there_is_no_way_back():
    story = Story().live("1.0.0", "create").live("1.1.0")
    assert retreat(story.state, seen(story)) is None
    assert retreat(None, Observed()) is None


def test_a_target_without_a_stable_version_is_emptied():
    assert retreat(None, Observed((route("1.1.0", 100, "candidate"),))).routes == ()


def test_a_hold_counts_until_the_journal_has_heard_of_it():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", "1.1.0")
    hold = story.state.hold
    lifted = story.retried("1.1.0").state
    assert hold_of(None, Observed(hold=hold)) == hold
    assert hold_of(lifted, Observed(hold=hold)) is None
    assert hold_of(lifted, Observed(hold=hold.model_copy(update={"id": "h2"}))).id == "h2"


def test_of_several_holds_the_one_against_what_is_wanted_counts():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", "1.1.0")
    story.held("1.0.0", against="1.2.0", name="h2")
    wanted = [hold_of(story.state, Observed(), generation(one)).id for one in ("1.1.0", "1.2.0", "1.3.0")]
    assert wanted == ["h1", "h2", "h2"]


def test_what_split_and_canary_leave_is_whole():
    experiment = Experiment("split", (route("1.1.0", 30, "candidate"),), START)
    routes = beside(experiment, (route("1.0.0"),))
    assert [one.weight for one in routes] == [70, 30]
    assert isinstance(course_of(experiment, routes), Course)
    assert retreat(None, Observed(routes)).routes == (route("1.0.0"),)
