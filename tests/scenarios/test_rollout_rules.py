"""The rules of rollouts, each as a story in the simulated world; the laws are held over every one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

import laws
from modelops_git.core.assessing.verdicts import Verdict
from modelops_git.core.errors import JournalError, RefusedError
from modelops_git.core.journal.runs import RunStarted
from modelops_git.core.rollouts.decisions import Settled, Stay, Wait
from modelops_git.core.rollouts.desired import Experiment
from modelops_git.core.routes import Assign
from modelops_git.core.serving import choosing
from modelops_git.engine import soaking
from modelops_git.engine.adopt import adopt
from modelops_git.engine.order import OutOfOrderError
from simulated import Fault, Killed
from simulator import Engine, World
from stories import IMMEDIATE, MODEL, START, blue_green, canary, environment, route

STEPS = canary(
    {"weight": 5, "for": "10m"}, {"weight": 25, "for": "10m"}, {"weight": 50, "for": "1h"}, deadline="6h"
)
JUDGED = canary({"weight": 5, "for": "10m", "analysis": ["errors"]})
BY_HAND = canary({"weight": 5, "until": "resumed"})
FREEZE = {"from": "2026-06-01T12:00:00Z", "until": "2026-06-03T00:00:00Z", "reason": "audit"}
DAY_LATER = START + timedelta(days=1)
SPLIT = Experiment("split", (route("1.1.0", 20, "candidate"),), DAY_LATER)
MIRROR = Experiment("mirror", (route("1.1.0", 50, "mirror"),), DAY_LATER)

ALL = {"1.1.0": ("stable", 100)}
BACK = {"1.0.0": ("stable", 100)}


def shares(weight):
    return {"1.0.0": ("stable", 100 - weight), "1.1.0": ("candidate", weight)}


@pytest.fixture
def begin():
    """Gives a world with 1.0.0 live; whatever happens in it, the laws hold."""
    worlds = []

    def begun(version="1.0.0", **rules):
        world = World(rules=environment(**rules))
        worlds.append(world)
        if version:
            world.merge(version).settle()
        return world

    yield begun
    for world in worlds:
        laws.hold(world)


@pytest.fixture
def world(begin):
    return begin()


def decision(world):
    return world.settle().decisions[MODEL]


def types(world):
    return [entry.payload.type for entry in world.remote.entries]


def last_run(world):
    return world.state().run


# A canary


def test_a_canary_goes_5_25_50_100(world):
    world.merge("1.1.0", strategy=STEPS).settle()
    seen = [world.routes()]
    for minutes in (10, 10, 60):
        world.later(minutes=minutes).settle()
        seen.append(world.routes())
    assert seen == [shares(5), shares(25), shares(50), ALL]
    assert last_run(world).result == "succeeded"
    assert decision(world) == Settled("live")


def test_a_canary_stays_where_it_is_until_its_step_is_over(world):
    world.merge("1.1.0", strategy=STEPS).settle()
    stays = world.later(minutes=9, seconds=59).settle().decisions[MODEL]
    assert stays == Stay("the step lasts", START + timedelta(minutes=10))
    assert world.routes() == shares(5)


def test_a_canary_whose_analysis_fails_goes_back_and_is_held(world):
    world.verdicts[MODEL] = Verdict.FAILED
    world.merge("1.1.0", strategy=JUDGED).settle()
    assert world.routes() == BACK
    assert (last_run(world).result, world.state().hold.serve) == ("aborted", route("1.0.0"))
    assert world.later(days=9).settle().decisions[MODEL] == Settled("held")


def test_a_held_canary_that_is_reverted_is_settled(world):
    world.verdicts[MODEL] = Verdict.FAILED
    world.merge("1.1.0", strategy=JUDGED).settle()
    world.merge("1.0.0").settle()
    assert world.state().hold is None
    laws.hold_in_the_end(world, world.settle())


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PENDING])
def test_no_verdict_but_a_success_raises_a_weight_and_none_but_a_failure_lowers_it(world, verdict):
    world.verdicts[MODEL] = verdict
    world.merge("1.1.0", strategy=JUDGED).settle()
    world.later(hours=20).settle()
    assert world.routes() == shares(5)


def test_what_cannot_be_measured_moves_nothing(world):
    world.merge("1.1.0", strategy=JUDGED).settle()
    world.engine.gate = lambda name: Fault.FAILS if name == "metrics ask" else None
    done = world.later(minutes=20).engine.tick()
    assert [failure.model for failure in done.failures] == [MODEL]
    assert world.routes() == shares(5)


def test_time_alone_raises_no_weight_where_somebody_is_waited_for(world):
    world.merge("1.1.0", strategy=BY_HAND).settle()
    world.later(hours=20).settle()
    assert world.routes() == shares(5)
    world.engine.resume()
    world.settle()
    assert world.routes() == ALL


# Abort, rollback, hold


def test_an_abort_puts_all_traffic_back_and_keeps_it_there(world):
    world.merge("1.1.0", strategy=STEPS).settle()
    world.engine.abort()
    assert world.routes() == BACK
    assert decision(world) == Settled("held")
    assert last_run(world).result == "aborted"


def test_an_abort_needs_no_journal(world):
    world.merge("1.1.0", strategy=STEPS).settle()
    world.engine.gate = lambda name: Fault.FAILS if name.startswith("journal") else None
    world.engine.abort()
    assert world.routes() == BACK
    with pytest.raises(JournalError):
        world.settle()
    world.engine.gate = lambda _: None
    assert decision(world) == Settled("held")
    assert types(world)[-1] == "HoldSet"


def test_an_abort_waits_for_no_lease(world):
    world.merge("1.1.0", strategy=STEPS).settle()
    world.later(minutes=10)
    world.engine.gate = dying_before("target apply")
    with pytest.raises(Killed):
        world.settle()
    world.engine.gate = lambda _: None
    laptop = Engine(world, "laptop")
    laptop.abort()
    assert world.routes() == BACK
    assert world.settle(laptop).decisions[MODEL] == Settled("held")


def test_a_lost_outbox_loses_no_hold(world):
    world.merge("1.1.0").settle()
    laptop = Engine(world, "laptop")
    laptop.gate = lambda name: Fault.FAILS if name.startswith("journal") else None
    laptop.roll_back_now()
    laptop.outbox.lose()
    assert decision(world) == Settled("held")
    assert world.routes() == BACK
    assert (types(world)[-1], world.state().hold.reason) == ("HoldSet", "errors")


def test_a_rollback_at_night_goes_to_the_last_good_version_days_later_too(begin):
    world = begin()
    for version in ("1.1.0", "1.2.0"):
        world.merge(version).later(days=2).settle()
    world.later(days=2).engine.roll_back_now()
    assert world.routes() == ALL
    assert decision(world) == Settled("held")


def test_of_two_rollbacks_at_night_the_second_goes_no_further(begin):
    world = begin()
    for version in ("1.1.0", "1.2.0"):
        world.merge(version).settle()
    world.engine.roll_back_now()
    with pytest.raises(RefusedError, match=r"serves iris 1\.1\.0 already"):
        Engine(world, "another").roll_back_now()
    assert world.routes() == ALL


def test_an_old_outbox_does_not_undo_what_was_held_since(begin):
    world = begin()
    world.merge("1.1.0").settle()
    first, second = Engine(world, "first"), Engine(world, "second")
    first.gate = lambda name: Fault.FAILS if name.startswith("journal") else None
    world.merge("1.2.0").settle()
    first.roll_back_now(to="1.1.0")
    world.later(minutes=1)
    second.fetch()
    second.roll_back_now("that one too", to="1.0.0")
    first.gate = lambda _: None
    world.settle(first)
    assert (world.state().hold.reason, world.routes()) == ("that one too", BACK)
    assert world.state().stamp == world.target.observe(MODEL).stamp


def test_a_retry_lifts_the_hold(world):
    world.verdicts[MODEL] = Verdict.FAILED
    world.merge("1.1.0", strategy=JUDGED).settle()
    world.verdicts[MODEL] = Verdict.SUCCESSFUL
    world.engine.retry()
    world.settle()
    assert world.routes() == shares(5)
    world.later(minutes=10).settle()
    assert world.routes() == ALL


def test_another_version_goes_past_a_hold_and_ends_it(world):
    world.verdicts[MODEL] = Verdict.FAILED
    world.merge("1.1.0", strategy=JUDGED).settle()
    world.verdicts[MODEL] = Verdict.SUCCESSFUL
    world.merge("1.2.0").settle()
    assert world.state().hold is not None
    world.later(minutes=10).settle()
    assert (world.routes(), world.state().hold) == ({"1.2.0": ("stable", 100)}, None)


def test_a_version_stays_held_when_the_next_one_is_aborted_and_reverted_too(world):
    world.merge("1.1.0").settle()
    world.engine.roll_back_now("errors in 1.1.0")
    world.merge("1.2.0", strategy=STEPS).settle()
    world.engine.abort("errors in 1.2.0")
    world.merge("1.1.0", strategy=IMMEDIATE).settle()
    assert (world.routes(), decision(world)) == (BACK, Settled("held"))
    world.engine.fetch()
    world.engine.retry()
    world.settle()
    assert world.routes() == ALL


def test_a_rollback_in_calm_skips_the_steps(begin):
    world = begin()
    world.merge("1.1.0", strategy=STEPS).settle()
    for minutes in (10, 10, 60):
        world.later(minutes=minutes).settle()
    world.merge("1.0.0").settle()
    assert (world.routes(), last_run(world).action) == (BACK, "rollback")


def test_a_version_beyond_the_last_revisions_takes_the_steps(begin):
    world = begin(rollback={"revisions": 1})
    for version in ("1.1.0", "1.2.0"):
        world.merge(version).settle()
    world.merge("1.0.0", strategy=STEPS).settle()
    assert world.routes() == {"1.2.0": ("stable", 95), "1.0.0": ("candidate", 5)}


def test_the_machine_never_aborts_a_rollback(begin):
    world = begin()
    world.merge("1.1.0").settle()
    world.target.sick.add(MODEL)
    world.merge("1.0.0").settle()
    assert world.later(days=9).settle().failures
    world.target.sick.clear()
    world.settle()
    assert (world.routes(), last_run(world).result, world.state().hold) == (BACK, "succeeded", None)


# The first deployment


def test_the_first_deployment_skips_the_strategy(begin):
    world = begin("")
    world.merge("1.0.0", strategy=STEPS).settle()
    assert world.routes() == BACK


def test_a_first_deployment_that_takes_its_steps_and_is_aborted_is_taken_off(begin):
    world = begin("")
    world.merge("1.0.0", strategy=BY_HAND, first_deployment="strategy").settle()
    assert world.routes() == BACK
    world.engine.abort()
    assert world.routes() == {}
    assert decision(world) == Settled("held")
    assert world.state().hold.serve is None


def test_what_a_target_serves_already_is_taken_over_without_a_call(begin):
    world = begin("")
    world.target.serve_by_hand(MODEL, route("0.9.0"))
    adopt(world.engine, MODEL)
    world.settle()
    assert (world.target.changes, world.state().deployed) == ([], True)
    world.merge("1.0.0", strategy=STEPS).settle()
    assert world.routes() == {"0.9.0": ("stable", 95), "1.0.0": ("candidate", 5)}


def test_a_model_that_was_retired_is_deployed_for_the_first_time_again(world):
    world.merge("").settle()
    assert (world.routes(), types(world)[-1]) == ({}, "Retired")
    world.merge("1.1.0", strategy=STEPS).settle()
    assert world.routes() == ALL


# Another revision during a run


def test_another_revision_is_queued_and_only_the_newest(world):
    world.merge("1.1.0", strategy=BY_HAND).settle()
    world.merge("1.2.0").settle()
    world.merge("1.3.0", strategy=STEPS).settle()
    assert world.routes() == shares(5)
    assert world.state().deferred.reason == "a rollout of 1.1.0 is under way"
    world.engine.resume()
    world.settle()
    assert world.routes() == {"1.1.0": ("stable", 95), "1.3.0": ("candidate", 5)}
    assert "1.2.0" not in {one.order.routes[-1].version for one in world.target.changes}


def test_another_revision_takes_the_place_of_the_one_under_way_through_weight_0(begin):
    world = begin(on_new_revision="supersede")
    world.merge("1.1.0", strategy=STEPS).settle()
    world.merge("1.2.0").settle()
    served = [{one.version: one.weight for one in change.order.routes} for change in world.target.changes]
    assert served[-2:] == [{"1.0.0": 100}, {"1.0.0": 95, "1.2.0": 5}]


def test_another_revision_is_refused_until_somebody_retries_it(begin):
    world = begin(on_new_revision="reject")
    world.merge("1.1.0", strategy=STEPS).settle()
    world.merge("1.2.0").settle()
    assert world.state().deferred.refused
    for minutes in (10, 10, 60):
        world.later(minutes=minutes).settle()
    assert (world.routes(), decision(world)) == (ALL, Settled("refused"))
    world.engine.retry()
    world.settle()
    assert world.routes() == {"1.1.0": ("stable", 95), "1.2.0": ("candidate", 5)}


@pytest.mark.parametrize("policy", ["queue", "supersede", "reject"])
def test_a_way_back_takes_the_place_of_a_run_at_once_whatever_the_environment_says(begin, policy):
    world = begin(on_new_revision=policy)
    world.merge("1.1.0", strategy=STEPS).settle()
    world.merge("1.0.0").settle()
    assert (world.routes(), world.state().hold) == (BACK, None)
    assert decision(world) == Settled("live")


def test_a_version_that_made_room_for_another_is_rolled_out_when_it_is_wanted_again(world):
    world.merge("1.1.0", strategy=STEPS).settle()
    world.merge("1.0.0").engine.fetch()
    world.engine.tick()
    assert (world.routes(), last_run(world).result) == (BACK, "superseded")
    world.merge("1.1.0").settle()
    assert world.routes() == shares(5)


def test_steps_that_are_edited_during_a_run_change_nothing_of_it(world):
    world.merge("1.1.0", strategy=STEPS).settle()
    world.merge("1.1.0", strategy=canary({"weight": 90, "for": "1m"})).later(minutes=10).settle()
    assert world.routes() == shares(25)


def test_to_edit_a_strategy_restarts_nothing(world):
    world.merge("1.1.0", strategy=STEPS).settle()
    for minutes in (10, 10, 60):
        world.later(minutes=minutes).settle()
    entries = len(world.remote.commits)
    world.merge("1.1.0", strategy=canary({"weight": 90, "for": "1m"})).settle()
    assert (len(world.remote.commits), world.routes()) == (entries, ALL)


def test_a_commit_that_is_older_than_the_last_applied_one_is_refused(world):
    late = Engine(world, "late")
    world.merge("1.1.0").settle()
    with pytest.raises(OutOfOrderError):
        late.tick()
    assert world.routes() == ALL


# Freeze, window, soak, deadline, pause


def test_a_freeze_puts_off_a_promotion_and_says_until_when(begin):
    world = begin("", freeze=[FREEZE])
    world.merge("1.1.0").settle()
    assert (world.routes(), types(world)[-1]) == ({}, "Deferred")
    waits = decision(world)
    assert isinstance(waits, Stay)
    assert ("audit" in waits.reason, waits.until) == (True, START.replace(day=3, hour=0))
    world.later(days=2).settle()
    assert world.routes() == ALL


def test_a_freeze_puts_off_no_rollback(begin):
    world = begin(freeze=[FREEZE | {"from": "2026-06-02T12:00:00Z"}])
    world.merge("1.1.0").settle()
    world.merge("1.0.0").later(hours=25).settle()
    assert world.routes() == BACK


def test_in_a_freeze_a_canary_holds_its_weight_and_its_deadline_stands_still(begin):
    world = begin(freeze=[FREEZE | {"from": "2026-06-01T12:05:00Z"}])
    world.merge("1.1.0", strategy=STEPS).settle()
    stays = world.later(hours=30).settle().decisions[MODEL]
    assert (world.routes(), "audit" in stays.reason) == (shares(5), True)
    world.later(hours=6).settle()
    assert world.routes() == shares(25)


def test_a_freeze_keeps_no_failed_analysis_from_aborting(begin):
    world = begin(freeze=[FREEZE | {"from": "2026-06-01T12:05:00Z"}])
    world.merge("1.1.0", strategy=JUDGED).settle()
    world.verdicts[MODEL] = Verdict.FAILED
    world.later(hours=30).settle()
    assert world.routes() == BACK


def test_outside_of_its_hours_nothing_new_begins(begin):
    hours = {"days": ["mon", "tue"], "from": "08:00", "until": "12:00", "timezone": "Europe/Berlin"}
    world = begin("", deploy_window=hours)
    world.merge("1.1.0").settle()
    assert (world.routes(), decision(world).until) == ({}, START.replace(day=2, hour=6))
    world.later(hours=18).settle()
    assert world.routes() == ALL


def upstream(world, monkeypatch):
    """The world's environment is promoted from staging, another world at the same time."""
    staging = World("staging", rules=environment("staging"))
    monkeypatch.setattr(soaking, "stand", lambda *_: staging.engine)
    ground = world.engine
    ground.registry, ground.environment = None, world.rules
    wish = world.wish

    def waiting(wishes, model, state, commit):
        wanted = wish(wishes, model, state, commit)
        soak = soaking.Upstream(ground).soak(model, wanted.routes[0] if wanted.routes else None, state)
        return replace(wanted, soak=soak)

    world.wish = waiting
    return staging


def test_a_version_soaks_in_the_environment_before_without_a_break(begin, monkeypatch):
    world = begin(promote_from=["staging"], soak="24h", version="")
    staging = upstream(world, monkeypatch)
    staging.merge("1.1.0").settle()
    world.merge("1.1.0").settle()
    assert (world.routes(), decision(world).until) == ({}, START + timedelta(hours=24))
    world.later(hours=23)
    staging.later(hours=23).merge(
        "1.2.0"
    ).settle()  # a break: 1.1.0 has not all of the traffic there any more
    assert isinstance(world.later(hours=2).settle().decisions[MODEL], Stay)
    assert world.routes() == {}
    staging.merge("1.1.0").settle()
    world.later(hours=24).settle()
    assert world.routes() == ALL


def test_a_run_that_has_not_ended_at_its_deadline_is_aborted_and_held(world):
    world.verdicts[MODEL] = Verdict.INCONCLUSIVE
    world.merge("1.1.0", strategy=canary({"weight": 5, "for": "1h", "analysis": ["a"]}, deadline="3h"))
    world.settle()
    world.later(hours=3).settle()
    assert (world.routes(), world.state().hold.reason) == (BACK, "it had not ended at its deadline")


def test_a_version_that_cannot_serve_is_taken_back_at_its_deadline(world):
    world.target.sick.add(MODEL)
    world.merge("1.1.0").settle()
    assert (world.routes(), len(world.later(hours=23).settle().failures)) == (ALL, 1)
    world.later(hours=2)
    world.settle()
    assert (world.routes(), last_run(world).result) == (BACK, "aborted")


def test_every_run_has_a_deadline_even_where_none_is_given(world):
    world.merge("1.1.0", strategy=BY_HAND).settle()
    world.later(hours=25).settle()
    assert (world.routes(), last_run(world).result) == (BACK, "aborted")


@pytest.mark.parametrize(("then", "after"), [("abort", BACK), ("resume", shares(25))])
def test_a_pause_ends_as_was_said(world, then, after):
    world.merge("1.1.0", strategy=STEPS).settle()
    world.engine.pause(lasts=timedelta(minutes=30), then=then)
    world.later(minutes=29).settle()
    assert world.routes() == shares(5)
    world.later(minutes=1).settle()
    assert world.routes() == after


# Blue-green


def test_blue_green_shows_switches_and_keeps_the_previous_version_for_a_while(world):
    world.merge("1.1.0", strategy=blue_green(after="1h", keep_previous="30m")).settle()
    assert world.routes() == {"1.0.0": ("stable", 100), "1.1.0": ("preview", 0)}
    world.later(hours=1).settle()
    assert world.routes() == {"1.1.0": ("stable", 100), "1.0.0": ("previous", 0)}
    world.later(minutes=30).settle()
    assert world.routes() == ALL


def test_blue_green_switches_back_where_the_analysis_after_the_switch_fails(world):
    world.merge("1.1.0", strategy=blue_green(post_promotion=["errors"], keep_previous="30m")).settle()
    world.verdicts[MODEL] = Verdict.FAILED
    world.later(minutes=1).settle()
    assert (world.routes(), last_run(world).result) == (BACK, "aborted")
    assert decision(world) == Settled("held")


def test_blue_green_by_hand_waits_for_somebody(world):
    world.merge("1.1.0", strategy=blue_green(promote="by_hand")).settle()
    world.later(hours=9).settle()
    assert world.routes() == {"1.0.0": ("stable", 100), "1.1.0": ("preview", 0)}
    world.engine.resume()
    world.settle()
    assert world.routes() == ALL


# Experiments


def test_a_split_shares_answers_out_until_its_end_and_changes_nothing_that_is_wanted(world):
    world.merge(experiment=SPLIT).settle()
    assert world.routes() == {"1.0.0": ("stable", 80), "1.1.0": ("candidate", 20)}
    world.later(days=1).settle()
    assert world.routes() == BACK
    laws.hold_in_the_end(world, world.settle())


def test_what_a_split_assigns_by_reaches_the_target_and_an_edit_of_it_begins_anew(world):
    world.merge(experiment=assigned_by(header="X-User-Id")).settle()
    first = world.state().trying
    assert assigned(world) == Assign(header="X-User-Id")
    assert world.target.observe(MODEL).routes == world.state().routes == first.after
    world.later(hours=1).settle()
    assert world.state().trying == first
    world.merge(experiment=assigned_by(cookie="session")).settle()
    assert world.state().trying.run != first.run
    assert (world.routes(), assigned(world)) == (
        {"1.0.0": ("stable", 80), "1.1.0": ("candidate", 20)},
        Assign(cookie="session"),
    )
    world.later(days=1).settle()
    assert (world.routes(), assigned(world)) == (BACK, None)
    laws.hold_in_the_end(world, world.settle())


def assigned_by(**by):
    (candidate,) = SPLIT.candidates
    return Experiment("split", (candidate.model_copy(update={"assign": Assign(**by)}),), DAY_LATER)


def assigned(world):
    return choosing.assigned_by(world.target.observe(MODEL).routes)


def test_a_mirror_returns_no_answer_and_stands_beside_a_canary(world):
    world.merge(experiment=MIRROR).settle()
    assert world.routes() == {"1.0.0": ("stable", 100), "1.1.0": ("mirror", 50)}
    world.merge("1.2.0", strategy=STEPS).settle()
    assert world.routes() == {
        "1.0.0": ("stable", 95),
        "1.2.0": ("candidate", 5),
        "1.1.0": ("mirror", 50),
    }
    for minutes in (10, 10, 60):
        world.later(minutes=minutes).settle()
    assert world.routes() == {"1.2.0": ("stable", 100), "1.1.0": ("mirror", 50)}
    world.later(days=1).settle()
    assert world.routes() == {"1.2.0": ("stable", 100)}


def test_an_experiment_whose_analysis_fails_ends_and_does_not_begin_again(world):
    world.verdicts[MODEL] = Verdict.FAILED
    world.merge(experiment=Experiment("split", SPLIT.candidates, DAY_LATER, ("errors",))).settle()
    world.later(minutes=5).settle()
    assert (world.routes(), world.state().experiment.result) == (BACK, "failed")


def test_a_rollback_waits_for_no_split(begin):
    world = begin()
    world.merge("1.2.0").settle()
    world.merge(experiment=SPLIT).settle()
    world.merge("1.0.0", experiment=None).settle()
    assert world.routes() == BACK


# Drift


def test_what_somebody_edits_is_told_and_left(world):
    world.target.edit(MODEL, route("0.5.0"))
    assert world.settle().drifted == [MODEL]
    assert world.routes() == {"0.5.0": ("stable", 100)}


def test_what_somebody_edits_is_journaled_once_and_mended_where_that_is_asked_for(world):
    world.target.edit(MODEL, route("0.5.0"))
    world.engine.heals = True
    laws.hold_in_the_end(world, world.settle())
    assert world.routes() == BACK
    assert (types(world).count("DriftObserved"), types(world)[-1]) == (1, "DriftHealed")


def under_way(world):
    world.merge("1.1.0", strategy=STEPS).settle()


def held(world):
    world.merge("1.1.0").settle()
    world.engine.roll_back_now()


def frozen(world):
    world.rules = environment(freeze=[FREEZE])


@pytest.mark.parametrize("time", [under_way, held, frozen])
def test_nothing_is_mended_during_a_run_a_hold_or_a_freeze(world, time):
    time(world)
    world.target.edit(MODEL, route("0.5.0"))
    world.engine.heals = True
    world.settle()
    assert (world.routes(), types(world)[-1]) == ({"0.5.0": ("stable", 100)}, "DriftObserved")


# Crashes, races, and work that is expected


def dying_before(call):
    return lambda name: Fault.DIES_BEFORE if name == call else None


def test_somebody_elses_step_is_waited_for_and_then_adopted(world):
    world.merge("1.1.0")
    world.engine.gate = dying_before("target apply")
    with pytest.raises(Killed):
        world.settle()
    other = Engine(world, "other")
    assert isinstance(world.settle(other).decisions[MODEL], Wait)
    assert world.routes() == BACK
    world.later(minutes=1).settle(other)
    assert world.routes() == ALL


def test_a_step_that_happened_before_the_engine_died_is_recorded_and_not_done_again(world):
    world.merge("1.1.0")
    world.engine.gate = dying_before("target health")
    with pytest.raises(Killed):
        world.settle()
    changes = len(world.target.changes)
    world.later(minutes=1).settle(Engine(world, "other"))
    assert (len(world.target.changes), last_run(world).result) == (changes, "succeeded")


CALLS = ["journal fetch", "target observe", "store read", "journal push", "target apply", "target health"]


def test_a_step_that_somebody_edits_before_it_is_recorded_is_taken_anew(world):
    world.merge("1.1.0")
    world.engine.gate = dying_before("target health")
    with pytest.raises(Killed):
        world.settle()
    world.engine.gate = lambda _: None
    world.target.edit(MODEL, route("0.5.0"))
    world.later(minutes=1).settle()
    assert (world.routes(), last_run(world).result) == (ALL, "succeeded")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", list(Fault))
def test_whatever_goes_wrong_with_whichever_call_the_next_tick_gets_there(world, call, fault):
    world.merge("1.1.0")
    left = [fault]
    world.engine.gate = lambda name: left.pop() if left and name == call else None
    try:
        world.settle()
    except (Killed, JournalError):
        assert left == []
    world.later(minutes=1)
    laws.hold_in_the_end(world, world.settle())
    assert types(world).count("RunStarted") == types(world).count("RunEnded") == 2


def test_a_model_that_fails_stops_no_other():
    world = World(models=(MODEL, "digits"))
    world.merge("1.0.0").merge("1.0.0", model="digits")
    world.target.sick.add(MODEL)
    world.engine.fetch()
    assert [one.model for one in world.engine.tick().failures] == [MODEL]
    assert (world.state("digits").run.result, world.state().running is None) == ("succeeded", False)
    laws.hold(world)


def test_a_clock_that_is_far_behind_is_refused_except_for_an_abort(world):
    world.merge("1.1.0", strategy=STEPS).settle()
    world.engine.skew = timedelta(minutes=-30)
    world.merge("1.0.0")
    with pytest.raises(JournalError, match="clock"):
        world.settle()
    world.engine.abort()
    assert world.routes() == BACK


@pytest.mark.parametrize("policy", ["queue", "supersede", "reject"])
@pytest.mark.parametrize("strategy", [STEPS, BY_HAND, JUDGED, blue_green(promote="by_hand")])
def test_the_journal_accounts_for_all_that_is_merged(begin, policy, strategy):
    world = begin(on_new_revision=policy)
    for version in ("1.1.0", "1.2.0", "1.0.0", "1.3.0", ""):
        world.merge(version, strategy=strategy).settle()
        state, wanted = world.state(), world.wish(world.main[-1], MODEL, None, "f" * 40)
        known = {one.generation for one in (state.run, state.deferred, state.hold) if one}
        assert wanted.generation in known


def test_every_run_says_which_commit_wanted_it(world):
    world.merge("1.1.0").settle()
    started = [one.payload for one in world.remote.entries if isinstance(one.payload, RunStarted)]
    assert [int(one.desired_commit, 16) for one in started] == [1, 2]
