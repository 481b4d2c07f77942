"""A split or a mirror beside what is live."""

from dataclasses import replace
from datetime import timedelta

from modelops_git.core.assessing.points import Measured
from modelops_git.core.assessing.verdicts import Assessment, Result, Verdict
from modelops_git.core.journal.entry import HoldSet, RetryGranted
from modelops_git.core.rollouts import decisions
from modelops_git.core.rollouts.decide import decide
from modelops_git.core.rollouts.desired import Experiment
from modelops_git.core.rollouts.situation import Moment
from modelops_git.core.routes import Hold, Observed, Stamp
from stories import MODEL, START, Story, canary, route, wanting

UNTIL = START + timedelta(days=2)
SPLIT = Experiment("split", (route("1.1.0", 20, "candidate"),), UNTIL)
MIRROR = Experiment("mirror", (route("1.1.0", 50, "mirror"),), UNTIL)
CANARY = canary({"weight": 5, "for": "10m"})


def ask(story, experiment=SPLIT, *, version="1.0.0", after=timedelta(0), measured=None, **more):
    state = story.state
    seen = Observed(state.routes, state.stamp, state.hold)
    desired = wanting(version, experiment=experiment, **more)
    return decide(desired, state, seen, measured or {}, Moment(story.now + after, timedelta(seconds=60)))


def trying(experiment=SPLIT):
    story = Story().live("1.0.0", "create")
    return story.begun(ask(story, experiment)).announced(trial=True).observed()


def weights(routes):
    return {(one.version, one.role): one.weight for one in routes}


def test_a_split_gives_its_candidates_their_shares_and_leaves_the_rest_to_what_is_live():
    story = trying()
    assert weights(story.state.routes) == {("1.0.0", "stable"): 80, ("1.1.0", "candidate"): 20}
    assert ask(story) == decisions.Settled("live")


def test_a_mirror_takes_nothing_away():
    assert weights(trying(MIRROR).state.routes) == {("1.0.0", "stable"): 100, ("1.1.0", "mirror"): 50}


def test_it_ends_in_time_with_traffic_back_and_does_not_begin_again():
    story = trying()
    end = ask(story, after=timedelta(days=3))
    assert (end.result, weights(end.routes)) == ("succeeded", {("1.0.0", "stable"): 100})
    story.ending(end)
    assert story.state.trying is None
    assert ask(story) == decisions.Settled("live")


def test_its_analysis_failing_ends_it():
    experiment = SPLIT.__class__("split", SPLIT.candidates, UNTIL, ("errors",))
    story = trying(experiment)
    run = story.state.trying
    assert ask(story, experiment) == decisions.Measure(run)
    result = Result("errors", "rate", Verdict.FAILED, "worse", Measured(), Measured())
    end = ask(story, experiment, measured={run.run: Assessment(Verdict.FAILED, (result,))})
    assert (end.result, weights(end.routes)) == ("failed", {("1.0.0", "stable"): 100})


def test_it_ends_when_nobody_wants_it_any_more():
    assert ask(trying(), None).result == "superseded"


def test_a_rollout_waits_for_a_split_and_a_rollback_does_not():
    story = Story().live("0.9.0", "create").live("1.0.0")
    story.begun(ask(story)).announced(trial=True).observed()
    later = ask(story, version="1.2.0")
    assert later.reason == "a split experiment runs until 2026-06-03T12:00:00Z"
    end = ask(story, version="0.9.0")
    assert (end.run.strategy, end.result) == ("split", "superseded")


def test_a_mirror_stands_beside_a_rollout():
    story = trying(MIRROR)
    story.begun(ask(story, MIRROR, version="1.2.0", strategy=CANARY)).announced()
    assert weights(story.state.intent.routes) == {
        ("1.0.0", "stable"): 95,
        ("1.2.0", "candidate"): 5,
        ("1.1.0", "mirror"): 50,
    }
    story.observed()
    due = ask(story, MIRROR, version="1.2.0", strategy=CANARY, after=timedelta(minutes=11))
    assert weights(due.routes) == {("1.2.0", "stable"): 100, ("1.1.0", "mirror"): 50}
    over = ask(story, MIRROR, version="1.2.0", strategy=CANARY, after=timedelta(days=3))
    assert weights(over.routes) == {("1.0.0", "stable"): 95, ("1.2.0", "candidate"): 5}


def test_a_retry_begins_it_once_more_and_only_once():
    story = trying()
    failed = decisions.End(story.state.trying, "failed", (route("1.0.0"),), "worse")
    story.ending(failed)
    assert ask(story) == decisions.Settled("live")
    generation = story.state.experiment.generation
    story.tell(RetryGranted(id="r1", model=MODEL, generation=generation, reason="mended"))
    again = ask(story)
    assert isinstance(again, decisions.Start)
    story.begun(again).announced(trial=True).observed()
    assert story.state.retries == ()
    story.ending(replace(failed, run=story.state.trying))
    assert ask(story) == decisions.Settled("live")


def test_one_that_is_held_does_not_begin_before_another_was_wanted():
    story = trying()
    hold = Hold(
        id="h1",
        generation=story.state.trying.generation,
        serve=route("1.0.0"),
        reason="errors",
        at=story.now,
        by="ana",
        run=story.state.trying.run,
    )
    stamp = Stamp(run="hold-h1", sequence=len(story.links))
    story.tell(HoldSet(model=MODEL, hold=hold, routes=(route("1.0.0"),), stamp=stamp))
    assert ask(story) == decisions.Settled("live")
    other = MIRROR
    story.begun(ask(story, other)).announced(trial=True).observed()
    story.ending(ask(story, other, after=timedelta(days=3)))
    assert isinstance(ask(story), decisions.Start)
