"""How a target may differ from what the journal says, and when that is mended."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modelops_git.core.journal.entry import DriftHealed, DriftObserved
from modelops_git.core.journal.runs import StepIntent
from modelops_git.core.journal.state import ModelState
from modelops_git.core.rollouts.decide import decide
from modelops_git.core.rollouts.decisions import Mend, Recovered, Report, Settled, Wait
from modelops_git.core.rollouts.drifting import drift_of, notice
from modelops_git.core.rollouts.situation import Moment, Situation
from modelops_git.core.routes import Observed, Stamp
from stories import MODEL, Story, canary, environment, route, wanting

FROZEN = environment(
    freeze=[{"from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z", "reason": "audit"}]
)
OTHER = Stamp(run="somebody", sequence=99)


def live(*versions):
    story = Story()
    for version in versions:
        story.live(version)
    return story


def as_known(story):
    state = story.state
    return Observed(state.routes, state.stamp, state.hold)


def serving(story, *routes, **more):
    return replace(as_known(story), routes=routes, stamp=OTHER, **more)


def kind(story, observed, version="1.0.0"):
    found = drift_of(wanting(version), story.state or ModelState(model=MODEL), observed)
    return found and found.drift


def decided(story, observed, version="1.0.0", *, heals=False, **more):
    desired, moment = wanting(version, **more), Moment(story.now, timedelta(seconds=60))
    decision = decide(desired, story.state, observed, {}, moment)
    state = story.state or ModelState(model=MODEL)
    return notice(Situation(desired, state, observed, {}, moment), decision, heals=heals)


def reported(story, observed, version="1.0.0", **more):
    """The same once the drift was journaled."""
    report = decided(story, observed, version, **more)
    assert isinstance(report, Report)
    story.tell(DriftObserved(model=MODEL, drift=report.drift, detail=report.detail))
    return story


def test_a_target_that_is_as_the_journal_saw_it_has_not_drifted():
    story = live("1.0.0")
    assert kind(story, as_known(story)) is None
    assert decided(story, as_known(story)) == Settled("live")


def test_a_target_that_serves_nothing_misses_the_model():
    assert kind(live("1.0.0"), Observed()) == "missing"


@pytest.mark.parametrize("field", ["digest", "artifacts"])
def test_a_target_that_serves_another_digest_serves_another_artifact(field):
    story = live("1.0.0")
    other = route("1.0.0").model_copy(update={field: route("9.9.9").digest})
    assert kind(story, serving(story, other)) == "artifact"


def test_a_target_that_weighs_otherwise_has_other_routes():
    strategy = canary({"weight": 5, "for": "1h"})
    story = live("1.0.0")
    desired = wanting("1.1.0", strategy=strategy)
    start = decide(desired, story.state, as_known(story), {}, Moment(story.now, timedelta()))
    story.begun(start).announced().observed()
    shifted = serving(story, route("1.0.0", 50), route("1.1.0", 50, "candidate"))
    assert kind(story, shifted, "1.1.0") == "routes"


def test_routes_that_somebody_else_wrote_are_another_configuration():
    story = live("1.0.0")
    assert kind(story, serving(story, route("1.0.0"))) == "config"


def test_a_hold_that_the_target_lost_is_another_configuration():
    story = live("1.0.0", "1.1.0").held("1.0.0", against="1.1.0")
    assert kind(story, replace(as_known(story), hold=None), "1.1.0") == "config"


def test_what_is_held_differs_from_what_is_wanted():
    story = live("1.0.0", "1.1.0").held("1.0.0", against="1.1.0")
    assert kind(story, as_known(story), "1.1.0") == "held"


def test_what_is_held_differs_no_longer_once_git_has_followed():
    story = live("1.0.0", "1.1.0").held("1.0.0", against="1.1.0")
    assert kind(story, as_known(story), "1.0.0") is None


def test_a_model_that_nothing_wants_and_no_journal_knows_is_an_orphan():
    assert kind(Story(), Observed((route("1.0.0"),), OTHER), "") == "orphan"


def test_a_model_that_came_back_after_its_retirement_is_an_orphan():
    story = live("1.0.0").started("", "retire").announced().observed().ended().retired()
    assert kind(story, Observed((route("1.0.0"),), OTHER), "") == "orphan"


def test_what_is_wanted_and_served_without_a_journal_is_another_artifact():
    assert kind(Story(), Observed((route("1.0.0"),), OTHER)) == "artifact"


def test_a_step_that_is_being_taken_is_no_drift():
    story = live("1.0.0").started("1.1.0").announced()
    assert kind(story, serving(story, route("1.1.0")), "1.1.0") is None


def test_a_hold_that_the_journal_has_not_heard_of_is_no_drift():
    story, holding = live("1.0.0", "1.1.0"), live("1.0.0", "1.1.0").held("1.0.0", against="1.1.0")
    assert kind(story, as_known(holding), "1.1.0") is None


def test_a_drift_is_journaled_once_and_again_when_it_changes():
    story = live("1.0.0")
    reported(story, Observed())
    assert decided(story, Observed()) == Settled("drifted")
    since = story.state.drift.since
    reported(story.later(hours=1), serving(story, route("9.9.9")))
    assert (story.state.drift.drift, story.state.drift.since > since) == ("artifact", True)


def test_what_somebody_puts_back_has_recovered():
    story = reported(live("1.0.0"), Observed())
    seen = as_known(story)
    assert decided(story, seen) == Recovered(seen)
    story.tell(DriftHealed(model=MODEL, routes=seen.routes, stamp=seen.stamp))
    assert story.state.drift is None
    assert decided(story, seen) == Settled("live")


def test_an_orphan_that_is_gone_has_recovered_without_a_stamp():
    story = reported(Story(), Observed((route("1.0.0"),), OTHER), "")
    assert decided(story, Observed(), "") == Recovered(Observed())
    story.tell(DriftHealed(model=MODEL, routes=()))
    assert decided(story, Observed(), "") == Settled("not wanted")


def test_bytes_that_were_wrong_stay_wrong_until_something_else_serves():
    story = live("1.0.0")
    story.tell(DriftObserved(model=MODEL, drift="source", detail="they could not be confirmed"))
    assert decided(story, as_known(story)) == Settled("live")
    assert story.live("1.1.0").state.drift is None


@pytest.mark.parametrize("routes", [(), (route("9.9.9"),), (route("1.0.0"),)], ids=["none", "other", "same"])
def test_a_drift_that_is_journaled_is_mended_where_that_is_asked_for(routes):
    story = live("1.0.0")
    seen = serving(story, *routes)
    reported(story, seen, heals=True)
    assert decided(story, seen, heals=True) == Mend((route("1.0.0"),))
    assert decided(story, seen) == Settled("drifted")


def test_an_orphan_is_left_to_people():
    seen = Observed((route("1.0.0"),), OTHER)
    story = reported(Story(), seen, "", heals=True)
    assert decided(story, seen, "", heals=True) == Settled("drifted")


def test_nothing_is_mended_in_a_freeze():
    story = reported(live("1.0.0"), Observed(), rules=FROZEN)
    assert decided(story, Observed(), heals=True, rules=FROZEN) == Settled("drifted")
    assert isinstance(decided(story, Observed(), heals=True), Mend)


def test_nothing_is_mended_under_a_hold():
    story = live("1.0.0", "1.1.0").held("1.0.0", against="1.1.0")
    reported(story, Observed(), "1.1.0", heals=True)
    assert decided(story, Observed(), "1.1.0", heals=True) == Settled("held")


def test_nothing_is_mended_during_a_run():
    strategy = canary({"weight": 5, "for": "9h"})
    story = live("1.0.0")
    desired = wanting("1.1.0", strategy=strategy)
    start = decide(desired, story.state, as_known(story), {}, Moment(story.now, timedelta()))
    story.begun(start).announced().observed()
    reported(story, Observed(), "1.1.0", strategy=strategy, heals=True)
    assert not isinstance(decided(story, Observed(), "1.1.0", strategy=strategy, heals=True), Mend)


def test_a_mending_that_was_announced_is_a_lease_and_ends_with_the_journaled_routes():
    story = reported(live("1.0.0"), Observed())
    story.tell(StepIntent(model=MODEL, run="heal-1", index=0, action="update", routes=(route("1.0.0"),)))
    assert isinstance(decided(story, Observed(), heals=True), Wait)
    before, intent = story.state, story.state.intent
    story.tell(DriftHealed(model=MODEL, routes=intent.routes, stamp=intent.stamp))
    after = story.state
    assert (after.intent, after.drift, after.stamp) == (None, None, intent.stamp)
    assert (after.run, after.since, after.whole_since) == (before.run, before.since, before.whole_since)
