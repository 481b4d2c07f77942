import pytest

from modelops_git.core.journal.entry import Deferred, Genesis, HoldCleared, HoldSet, Retired, RetryGranted
from modelops_git.core.journal.fold import fold_environment
from modelops_git.core.journal.state import REMEMBERED, ModelState
from modelops_git.core.rollouts.decisions import Start
from modelops_git.core.rollouts.desired import Experiment
from modelops_git.core.rollouts.steps import course_of
from modelops_git.core.routes import Hold, Stamp
from stories import COMMIT, MODEL, START, Story, generation, route, wanting


def test_an_intent_alone_changes_nothing_that_serves():
    story = Story().live("1.0.0", "create").started("1.1.0").announced()
    assert story.state.routes == (route("1.0.0"),)
    assert story.state.intent.routes == (route("1.1.0"),)


def test_what_was_observed_serves_since_then_and_is_the_authors():
    story = Story().live("1.0.0", "create")
    assert (story.state.routes, story.state.since, story.state.by) == ((route("1.0.0"),), story.now, "bo")
    assert story.state.intent is None


def test_a_run_that_succeeded_completes_its_version_once():
    story = Story().live("1.0.0", "create").live("1.1.0").live("1.0.0", "rollback")
    assert [one.route.version for one in story.state.completed] == ["1.1.0", "1.0.0"]


def test_a_rollback_marks_what_it_left():
    story = Story().live("1.0.0", "create").live("1.1.0").live("1.0.0", "rollback")
    assert [one.rolled_back for one in story.state.completed] == [True, False]


def test_a_promotion_marks_nothing():
    story = Story().live("1.0.0", "create").live("1.1.0")
    assert not any(one.rolled_back for one in story.state.completed)


def test_a_failed_run_completes_nothing():
    story = Story().started("1.0.0", "create").announced().observed().ended("failed")
    assert story.state.completed == ()
    assert story.state.running is None


def test_a_state_remembers_a_bounded_number_of_versions():
    story = Story()
    for number in range(REMEMBERED + 5):
        story.live(f"1.{number}.0")
    assert len(story.state.completed) == REMEMBERED
    assert story.state.completed[-1].route.version == f"1.{REMEMBERED + 4}.0"


def test_a_hold_serves_the_older_version_and_marks_the_newer():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    assert story.state.routes == (route("1.0.0"),)
    assert story.state.hold.generation == generation("1.1.0")
    assert [one.rolled_back for one in story.state.completed] == [False, True]
    assert (story.state.by, story.state.since) == ("on-call", story.now)


def test_a_hold_ends_a_run_that_is_under_way():
    story = Story().live("1.0.0", "create").started("1.1.0").announced().held("1.0.0", against="1.1.0")
    assert story.state.run.result == "aborted"
    assert story.state.intent is None


def test_a_hold_ends_with_a_completed_run_of_another_generation():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    story.live("1.0.0", "update")
    assert story.state.hold is None


def test_a_hold_outlives_a_completed_run_of_its_own_generation():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0").live("1.1.0")
    assert story.state.hold is not None


def test_a_hold_is_cleared_by_its_name_only():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    story.tell(HoldCleared(model=MODEL, hold="another", reason="?"))
    assert story.state.hold is not None
    story.tell(HoldCleared(model=MODEL, hold="h1", reason="mended"))
    assert story.state.hold is None
    assert story.state.heard == ("h1",)


def test_a_hold_that_was_overtaken_at_the_target_is_only_heard_of():
    story = Story().live("1.0.0", "create").live("1.1.0").live("1.2.0")
    late = HoldSet(
        model=MODEL,
        hold=story.held("1.1.0", "1.2.0").state.hold.model_copy(update={"id": "late"}),
        routes=(route("1.1.0"),),
        stamp=story.state.stamp,
    )
    story.held("1.0.0", "1.2.0", name="h2")
    before = story.state
    story.tell(late)
    assert story.state == before.model_copy(update={"heard": (*before.heard, "late")})


def test_a_hold_against_another_version_ends_none_of_those_before():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    story.started("1.2.0").held("1.0.0", against="1.2.0", name="h2")
    assert [story.state.hold_against(generation(one)).id for one in ("1.1.0", "1.2.0")] == ["h1", "h2"]
    story.tell(RetryGranted(id="r1", model=MODEL, generation=generation("1.1.0"), reason="mended"))
    assert (story.state.older_holds, story.state.hold.id) == ((), "h2")


def test_a_completed_run_ends_all_holds_but_those_against_itself():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    story.held("1.0.0", against="1.2.0", name="h2").live("1.3.0")
    assert (story.state.hold, story.state.older_holds) == (None, ())


def test_two_retries_are_both_granted_and_each_is_used_up_by_its_own_run():
    story = Story().live("1.0.0", "create").retried("1.1.0").retried("1.2.0").retried("1.1.0")
    assert story.state.retries == (generation("1.2.0"), generation("1.1.0"))
    assert story.started("1.2.0").state.retries == ()


def test_a_retry_of_something_else_leaves_the_hold():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    story.tell(RetryGranted(id="r1", model=MODEL, generation=generation("1.2.0"), reason="mended"))
    assert story.state.hold.generation == generation("1.1.0")


def test_a_retry_lifts_the_hold_and_is_used_up_by_the_run():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    story.tell(RetryGranted(id="r1", model=MODEL, generation=generation("1.1.0"), reason="disk replaced"))
    assert (story.state.hold, story.state.retries) == (None, (generation("1.1.0"),))
    story.started("1.1.0")
    assert story.state.retries == ()


def test_a_deferral_lasts_until_a_run_starts():
    story = Story().live("1.0.0", "create")
    story.tell(Deferred(model=MODEL, generation=generation("1.1.0"), reason="freeze"))
    assert story.state.deferred.reason == "freeze"
    assert story.live("1.1.0").state.deferred is None


def test_a_retired_model_serves_nothing():
    story = Story().live("1.0.0", "create").live("", "retire")
    story.tell(Retired(model=MODEL, run=story.state.run.run))
    assert story.state.routes == ()


def test_models_do_not_touch_each_other():
    story = Story().live("1.0.0", "create").live("2.0.0", "create", model="other")
    assert story.state.routes == (route("1.0.0"),)
    assert story.models["other"].routes == (route("2.0.0"),)


def test_the_environment_remembers_the_commit_that_was_applied():
    story = Story()
    assert story.links[-1].environment.applied_commit is None
    assert story.live("1.0.0").links[-1].environment.applied_commit == COMMIT


def test_a_journal_begins_with_a_genesis_and_only_once():
    story = Story().live("1.0.0")
    first, second = story.entries[0], story.entries[1]
    with pytest.raises(ValueError, match="first entry"):
        fold_environment(None, second)
    again = first.model_copy(update={"payload": Genesis(registry="acme", environment="production")})
    with pytest.raises(ValueError, match="only once"):
        fold_environment(story.links[-1].environment, again)


def test_states_are_read_back_as_they_were_written():
    story = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")
    assert ModelState.from_bytes(story.state.to_bytes()) == story.state


def interrupted(story, hold_run, serve="1.0.0"):
    """A hold by somebody who did not know what was wanted: only which run the target's routes came from."""
    hold = Hold(
        id="h9",
        generation=generation("9.9.9"),
        serve=route(serve),
        reason="errors",
        at=story.now,
        by="on-call",
        run=hold_run,
    )
    stamp = Stamp(run="hold-h9", sequence=99)
    story.tell(HoldSet(model=MODEL, hold=hold, routes=(route(serve),), stamp=stamp))
    return story.state.hold.generation


def test_a_hold_that_names_a_run_is_against_what_that_wanted():
    story = Story().live("1.0.0", "create").started("1.1.0").announced().observed()
    assert interrupted(story, story.state.run.run) == generation("1.1.0")
    assert (story.state.run.result, story.state.running) == ("aborted", None)


def test_a_hold_that_names_no_run_of_the_journal_is_against_what_it_says():
    story = Story().live("1.0.0", "create").live("1.1.0")
    assert interrupted(story, "elsewhere") == generation("9.9.9")


def test_a_hold_that_ends_only_an_experiment_is_against_that_one():
    story = tried()
    trial = story.state.experiment
    assert interrupted(story, trial.run) == trial.generation
    assert story.state.experiment.result == "aborted"
    assert story.state.run.result == "succeeded"


def test_an_experiment_that_is_tried_again_is_so_once():
    story = tried()
    trial = story.state.experiment
    interrupted(story, trial.run)
    story.tell(RetryGranted(id="r1", model=MODEL, generation=trial.generation, reason="mended"))
    assert (story.state.hold, story.state.retries) == (None, (trial.generation,))
    begin_split(story)
    assert (story.state.retries, story.state.trying.generation) == ((), trial.generation)


def test_another_experiment_ends_the_hold_against_the_one_before():
    story = tried()
    interrupted(story, story.state.experiment.run)
    begin_split(story, "3.0.0")
    assert story.state.hold is None
    held = Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", "1.1.0")
    begin_split(held)
    assert held.state.hold is not None


def test_a_hold_after_an_experiment_that_leaves_what_is_live_is_against_that():
    story = tried("1.0.0", "1.1.0")
    wanted = story.state.run.generation
    assert interrupted(story, story.state.experiment.run) == wanted


def tried(*live):
    """A split beside what is live last."""
    story = Story()
    for version in live or ("1.0.0",):
        story.live(version)
    begin_split(story)
    return story


def begin_split(story, version="2.0.0"):
    split = Experiment("split", (route(version, 10, "candidate"),), START)
    course = course_of(split, story.state.routes)
    wanted = wanting("1.0.0", experiment=split).trial
    story.begun(Start("shift", course, wanted, course.steps[0].routes, START))
    story.announced(trial=True).observed()


def test_a_hold_under_which_nothing_serves_can_be_read_back():
    hold = Hold(id="h", generation=generation("1.0.0"), serve=None, reason="", at=START, by="ana")
    assert Hold.from_bytes(hold.to_bytes()) == hold
