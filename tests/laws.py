"""The laws of rollouts, held over all that has happened in a simulated world."""

from __future__ import annotations

from itertools import pairwise

from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import HoldSet, RetryGranted
from modelops_git.core.journal.fold import EXPERIMENTS
from modelops_git.core.journal.runs import RunEnded, RunStarted, StepIntent, StepObserved
from modelops_git.core.rollouts.decisions import DRIFTED, Settled, Stay
from modelops_git.core.routes import ALL, stable


def hold(world):
    """Whatever has happened so far, and whoever died meanwhile."""
    _entries_have_no_gap(world)
    _weights_are_whole(world)
    _routes_were_announced(world)
    _nothing_happens_twice(world)
    _one_rollout_at_a_time(world)
    _shares_only_rise(world)
    _holds_hold(world)


def hold_in_the_end(world, last):
    """When nothing is broken any more, and all engines were let on for long enough.

    Args:
        world: The world.
        last: What the last tick did.
    """
    hold(world)
    assert list(chain.check(world.remote.stored())) == []
    assert (last.failures, last.lost, last.moved, last.waiting) == ([], False, [], None)
    for model in world.main[-1]:
        state, served = world.state(model), world.target.observe(model)
        if state is None:
            assert served.routes == ()
            continue
        assert (state.running, state.trying, state.intent) == (None, None, None), state
        if model in world.target.edited and (state.hold or not state.routes):
            continue  # somebody edited what is held, or what nothing is known of: that is told, and left
        assert (state.routes, state.stamp) == (served.routes, served.stamp)
        assert last.decisions[model] != Settled(DRIFTED)
        assert not isinstance(last.decisions[model], Stay), last.decisions[model]
        if model not in world.target.edited:  # whoever holds what was edited by hand takes it for good
            _serves_what_it_should(world, model, state, last.decisions[model])


def _serves_what_it_should(world, model, state, decision):
    wanted = world.wish(world.main[-1], model, state, "f" * 40)
    served = stable(state.routes)
    if decision == Settled("held"):
        assert state.hold_against(wanted.generation)
        assert state.hold is None or served == state.hold.serve
    elif decision != Settled("refused"):
        assert state.routes == wanted.routes, decision


def _entries_have_no_gap(world):
    for number, commit in enumerate(world.remote.commits):
        assert commit.link.entry.sequence == number
    for before, after in pairwise(world.remote.entries):
        assert after.previous == before.digest
        assert after.at >= before.at


def _weights_are_whole(world):
    for change in world.target.changes:
        routes = change.order.routes
        assert sum(one.weight for one in routes if one.role != "mirror") in {0, ALL}, change
        assert len({(one.role, one.digest) for one in routes}) == len(routes), change
        assert len([one for one in routes if one.role == "stable"]) <= 1, change


def _routes_were_announced(world):
    """What is served was announced in the journal before, or put there by a person, who holds it."""
    entries = world.remote.entries
    for change in world.target.changes:
        order = change.order
        if order.stamp.run.startswith("hold-"):
            assert stable(order.routes) == order.hold.serve
            continue
        assert order.stamp.sequence < change.entries, change
        intent = entries[order.stamp.sequence].payload
        assert isinstance(intent, StepIntent), change
        announced = (intent.model, intent.run, intent.routes, intent.hold)
        assert announced == (order.model, order.stamp.run, order.routes, order.hold)


def _nothing_happens_twice(world):
    changes = (one.order for one in world.target.changes if one.order.model not in world.target.edited)
    stamps = [(order.model, order.stamp) for order in changes]
    assert len(set(stamps)) == len(stamps)
    seen, ended, intents = {}, set(), {}
    for entry in world.remote.entries:
        match entry.payload:
            case StepIntent() as intent:
                intents[intent.model] = intent
            case StepObserved() as step:
                assert step.run not in ended, entry
                if intents[step.model].ends is None:
                    assert step.index == seen.get(step.run, -1) + 1, entry
                    seen[step.run] = step.index
            case RunEnded() as end:
                assert end.run not in ended, entry
                ended.add(end.run)
            case HoldSet() as one:
                assert one.hold.id not in ended, entry
                ended.add(one.hold.id)
            case RetryGranted() as one:
                assert one.id not in ended, entry
                ended.add(one.id)


def _one_rollout_at_a_time(world):
    for before, commit in pairwise(world.remote.commits):
        payload = commit.link.entry.payload
        if isinstance(payload, RunStarted):
            known = before.states.get(payload.model)
            running = known and (known.trying if payload.strategy in EXPERIMENTS else known.running)
            assert not running, commit
            assert known is None or known.intent is None, commit


def _runs(world):
    return {
        one.payload.run: one.payload for one in world.remote.entries if isinstance(one.payload, RunStarted)
    }


def _shares_only_rise(world):
    """Of the version that a run brings; they fall where the run ends early, and nowhere else."""
    runs, entries, shares = _runs(world), world.remote.entries, {}
    for change in world.target.changes:
        run = runs.get(change.order.stamp.run)
        if run is None or entries[change.order.stamp.sequence].payload.ends:
            continue
        new = {one.digest for one in run.after if one.role == "stable"}
        if run.strategy not in EXPERIMENTS:
            share = sum(
                one.weight for one in change.order.routes if one.digest in new and one.role != "mirror"
            )
            assert share >= shares.get(run.run, 0), change
            shares[run.run] = share


def _holds_hold(world):
    """Nobody but people takes the place of a hold that the journal does not know, or serves what is held."""
    runs = _runs(world)
    for change in world.target.changes:
        run = runs.get(change.order.stamp.run)
        if run is None:
            continue
        known = world.remote.commits[change.entries - 1].states.get(change.order.model)
        on_target = change.before.hold
        assert on_target is None or on_target.id in known.heard, change
        intent = world.remote.entries[change.order.stamp.sequence].payload
        if not intent.ends:
            assert known.hold_against(run.generation) is None, change
