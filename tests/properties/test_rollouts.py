"""Merges, ticks of several engines, people at night, deaths and losses, in any order: the laws hold."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import laws
from interleaving import Process
from modelops_git.core.assessing.verdicts import Verdict
from modelops_git.core.errors import RefusedError
from modelops_git.core.rollouts.desired import Experiment
from simulated import Fault
from simulator import Engine, World
from stories import MODEL, START, blue_green, canary, environment, route

STRATEGIES = {
    "immediate": {},
    "canary": {"strategy": canary({"weight": 5, "for": "10m"}, {"weight": 50, "for": "1h"})},
    "judged": {
        "strategy": canary({"weight": 10, "for": "10m", "analysis": ["errors"]}, {"weight": 60, "for": "1m"})
    },
    "watched": {"strategy": canary({"weight": 20, "until": "resumed"}, analysis=["errors"], deadline="6h")},
    "blue-green": {"strategy": blue_green(after="10m", post_promotion=["errors"], keep_previous="1h")},
    "by hand": {"strategy": blue_green(promote="by_hand"), "first_deployment": "strategy"},
}
EXPERIMENTS = {
    "none": None,
    "split": Experiment("split", (route("2.0.0", 20, "candidate"),), START + timedelta(days=1)),
    "mirror": Experiment("mirror", (route("2.0.0", 50, "mirror"),), START + timedelta(days=1), ("errors",)),
}
CLONES = ("ci", "cron", "controller")
MINUTES = st.sampled_from([0.5, 1, 2, 10, 61, 400])
FAULTS = st.sampled_from([None, *Fault])
VERSIONS = st.sampled_from(["", "1.0.0", "1.1.0", "1.2.0"])


class Rollouts(RuleBasedStateMachine):
    """One model in one environment."""

    def __init__(self):
        super().__init__()
        self.world = None
        self.processes = {}

    @initialize(on_new_revision=st.sampled_from(["queue", "supersede", "reject"]), live=st.booleans())
    def begin(self, on_new_revision, live):
        self.world = World(rules=environment(on_new_revision=on_new_revision))
        self.engines = {name: Engine(self.world, name) for name in CLONES}
        self.engines["controller"].heals = True
        self.laptop = Engine(self.world, "laptop")
        if live:
            self.world.merge("1.0.0").settle()

    # What is merged and measured

    @rule(version=VERSIONS, strategy=st.sampled_from(sorted(STRATEGIES)))
    def merge(self, version, strategy):
        self.world.merge(version, **STRATEGIES[strategy])

    @rule(experiment=st.sampled_from(sorted(EXPERIMENTS)))
    def try_out(self, experiment):
        self.world.merge(experiment=EXPERIMENTS[experiment])

    @rule(verdict=st.sampled_from(list(Verdict)))
    def measure(self, verdict):
        self.world.verdicts[MODEL] = verdict

    @rule(minutes=MINUTES)
    def wait(self, minutes):
        self.world.later(minutes=minutes)

    # Ticks

    def process(self, clone):
        process = self.processes.get(clone)
        if process is None or process.at is None:
            engine = self.engines[clone]
            process = self.processes[clone] = Process(engine, engine.tick)
        return process

    @rule(clone=st.sampled_from(CLONES), calls=st.integers(1, 8))
    def tick_on(self, clone, calls):
        process = self.process(clone)
        for _ in range(calls):
            if process.at is None:
                break
            process.let_on()

    @rule(clone=st.sampled_from(CLONES))
    def tick(self, clone):
        self.process(clone).finish()

    @rule(clone=st.sampled_from(CLONES), calls=st.integers(0, 6), fault=st.sampled_from(list(Fault)))
    def go_wrong(self, clone, calls, fault):
        process = self.process(clone)
        for _ in range(calls):
            if process.at is not None:
                process.let_on()
        if process.at is not None:
            process.let_on(fault)

    @rule(clone=st.sampled_from(CLONES))
    def read_main(self, clone):
        self.engines[clone].fetch()

    @rule(clone=st.sampled_from(CLONES), minutes=st.sampled_from([-30, -4, 0, 3, 30]))
    def set_clock(self, clone, minutes):
        self.engines[clone].skew = timedelta(minutes=minutes)

    @rule(sick=st.booleans())
    def fall_ill(self, sick):
        self.world.target.sick = {MODEL} if sick else set()

    @rule(version=st.sampled_from(["1.0.0", "9.9.9", ""]), keeps=st.booleans())
    def edit_by_hand(self, version, keeps):
        """Somebody goes round the tool; what that brings is journaled, and mended."""
        write = self.world.target.edit if keeps else self.world.target.serve_by_hand
        write(MODEL, *((route(version),) if version else ()))

    # People at night

    @rule()
    def look(self):
        self.laptop.journal.refresh()

    def at_night(self, work, calls=0, fault=None):
        """What one person does with a laptop, of which one call may go wrong."""
        process = Process(self.laptop, work)
        for _ in range(calls):
            if process.at is not None:
                process.let_on()
        if process.at is not None:
            process.let_on(fault)
        process.finish()
        return process

    @rule(outage=st.booleans(), lost=st.booleans())
    def abort(self, outage, lost):
        """An abort is possible at any time: with the journal down, an old clone, a wrong clock."""
        if outage:
            self.laptop.gate = lambda name: Fault.FAILS if name.startswith("journal") else None
        with contextlib.suppress(RefusedError):
            held = self.laptop.abort()
            served = {one.digest: one.weight for one in self.world.target.observe(MODEL).routes}
            assert served == {one.digest: one.weight for one in held.way.routes}
            left, serves = held.way.left, held.after
            same = left is not None and serves is not None and left.digest == serves.digest
            assert left is None or same or not served.get(left.digest)
        self.laptop.gate = lambda _: None
        if lost:
            self.laptop.outbox.lose()

    @rule(fault=st.sampled_from([None, *Fault]), calls=st.integers(0, 6))
    def abort_badly(self, fault, calls):
        self.at_night(self.laptop.abort, calls, fault)

    @rule(to=st.sampled_from(["", "1.0.0"]), fault=st.sampled_from([None, *Fault]), calls=st.integers(0, 6))
    def roll_back_now(self, to, fault, calls):
        self.at_night(lambda: self.laptop.roll_back_now(to=to), calls, fault)

    @rule(minutes=MINUTES | st.none(), then=st.sampled_from([None, "resume", "abort"]), fault=FAULTS)
    def pause(self, minutes, then, fault):
        lasts = timedelta(minutes=minutes) if minutes else None
        then = then if minutes else None
        self.at_night(lambda: self.laptop.pause(lasts=lasts, then=then), 1, fault)

    @rule(accepts=st.booleans(), fault=FAULTS)
    def resume(self, accepts, fault):
        self.at_night(lambda: self.laptop.resume(accepts=accepts), 1, fault)

    @rule(calls=st.integers(0, 4), fault=FAULTS)
    def retry(self, calls, fault):
        self.laptop.fetch()
        self.at_night(self.laptop.retry, calls, fault)

    @rule()
    def journal_what_waits(self):
        self.laptop.fetch()
        self.at_night(self.laptop.tick)

    @invariant()
    def laws_hold(self):
        if self.world is not None:
            laws.hold(self.world)

    def teardown(self):
        if self.world is None:
            return
        for process in self.processes.values():
            process.kill()
        self.world.target.sick = set()
        everybody = [*self.engines.values(), self.laptop]
        for engine in everybody:
            engine.skew = timedelta(0)
        self.world.later(hours=1)
        for _ in range(12):
            for engine in everybody:
                self.world.settle(engine)
            self.world.later(hours=6)
        before = len(self.world.remote.commits), len(self.world.target.changes)
        last = self.world.settle(self.engines["controller"])
        assert (len(self.world.remote.commits), len(self.world.target.changes)) == before
        laws.hold_in_the_end(self.world, last)


class TestRollouts(Rollouts.TestCase):
    settings = hypothesis.settings(max_examples=15, stateful_step_count=40)


@pytest.mark.slow
class TestManyRollouts(Rollouts.TestCase):
    settings = hypothesis.settings(max_examples=300, stateful_step_count=60)
