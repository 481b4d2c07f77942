"""A world in memory: a journal that several clones push to, a target, measurements, and a clock.

Everything that a tick does outside of itself is a *call*, which goes through `Engine.call`. There it is
recorded, and there it can go wrong in every way that matters: it fails, it happens and its answer is lost, or
the process dies before or after it. `interleaving.Process` also stands still before each call until it is let
on, so that several ticks run interleaved, as slowly as a test likes.

The journal's entries are built, chained and folded by the code that real journals use.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from modelops_git.core.assessing.points import Measured
from modelops_git.core.assessing.verdicts import Assessment, Result, Verdict
from modelops_git.core.digests import of_bytes, of_json
from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import ArtifactsVerified
from modelops_git.core.journal.people import Actor
from modelops_git.core.journal.runs import RunStarted, StepIntent
from modelops_git.core.routes import mirrors
from modelops_git.engine import emergency, steering
from modelops_git.engine.cases import Work
from modelops_git.engine.drifted import noticing
from modelops_git.engine.holding import Wish
from modelops_git.engine.order import OutOfOrderError
from modelops_git.engine.tick import tick
from simulated import ERRORS, Copy, Drawer, Fault, Killed, Reached, Remote, SimulatedTarget
from stories import MODEL, START, wanting

MOST_TICKS = 60
"""More than any story needs at one time."""


class Merged:
    """What people at night ask of the default branch: nothing is revoked, and no version is there to copy."""

    def __init__(self, engine):
        self._engine = engine
        self.catalog = SimpleNamespace(
            notices=lambda *_: (), model=lambda _: object(), version=lambda *_: None, versions=lambda _: ()
        )

    def desired(self, model):
        return self._engine.work().desired(model, None)


class Engine:
    """One clone that ticks: what a tick and a rollback at night need to know of the world."""

    lease = timedelta(seconds=60)

    def __init__(self, world, clone):
        self.world = world
        self.clone = clone
        self.name = world.environment
        self.actor = Actor(name=clone)
        self.repository = SimpleNamespace(root=None)
        self.registry = SimpleNamespace(journal=SimpleNamespace(anchor=None))
        self.skew = timedelta(0)
        self.journal = Copy(self, world.remote)
        self.outbox = Drawer(self)
        self.commit = len(world.main) - 1
        self.heals = False
        self.gate = lambda _: None

    def call(self, name, act):
        """Make a call, unless something is to go wrong with it."""
        self.world.calls.append((self.clone, name))
        fault = self.gate(name)
        if fault is Fault.DIES_BEFORE:
            raise Killed(name)
        if fault is Fault.FAILS:
            raise ERRORS[name.split()[0]](f"{name}: {fault}")
        answer = act()
        if fault is Fault.DIES_AFTER:
            raise Killed(name)
        if fault is Fault.UNANSWERED:
            raise ERRORS[name.split()[0]](f"{name}: {fault}")
        return answer

    def now(self):
        return self.world.now + self.skew

    def target(self, model):
        del model
        return Reached(self, self.world.target)

    def put(self, tip, links):
        return self.journal.append(tip, links)

    def append(self, tip, models, payloads):
        links = chain.extend(tip.environment, models, payloads, self.writer())
        after = self.put(tip, links)
        models.update({link.model.model: link.model for link in links if link.model})
        return after

    def writer(self, *, patient=True):
        return chain.Writer(self.actor, self.now(), "0.1.0", patient)

    def fetch(self):
        """Read what is merged by now."""
        self.commit = len(self.world.main) - 1

    def tick(self):
        """One step for every model, as the merged commit wants it that this clone read last."""
        try:
            return tick(self, self.work())
        except OutOfOrderError:
            self.fetch()
            raise

    def work(self):
        wishes = self.world.main[self.commit]

        def desired(model, state):
            return self.world.wish(wishes, model, state, f"{self.commit:040x}")

        done = Work(tuple(wishes), desired, self._in_order, self._prepare, self._measure, self._confirm)
        return replace(done, notice=noticing(heals=True)) if self.heals else done

    def _in_order(self, applied):
        if applied is not None and int(applied, 16) > self.commit:
            raise OutOfOrderError("a newer commit was applied")

    def _prepare(self, case, start):
        run = f"{self.name}-{next(self.world.numbers)}"
        first = start.course.steps[0]
        beside = mirrors(case.state.routes) if case.state and start.until is None else ()
        verified = [self.call("store read", lambda one=one: _verified(case, run, one)) for one in start.after]
        step = StepIntent(
            model=case.model, run=run, index=0, action=first.action, routes=(*first.routes, *beside)
        )
        return [_started(case, start, run), *verified, step]

    def _measure(self, case, run):
        verdict = self.call("metrics ask", lambda: self.world.verdict(case.model))
        analyses = [*run.analysis, *(run.current.analysis if run.current else ())]
        results = tuple(
            Result(name, "rate", verdict, f"{name} {verdict}", Measured(0.2), Measured(0.1), 100)
            for name in analyses
        )
        return Assessment(verdict, results)

    def _confirm(self, case, run):
        return [_verified(case, run.run, run.after[0])]

    # What people do at night

    def roll_back_now(self, reason="errors", *, model=MODEL, to=""):
        """`rollback --now`, as this clone knows the journal."""
        return emergency.rollback_now(self, Merged(self), Wish(model, to, reason))

    def abort(self, reason="errors", *, model=MODEL):
        """`abort`."""
        return emergency.abort(self, Merged(self), Wish(model, "", reason))

    def pause(self, *, lasts=None, then=None, model=MODEL):
        """`pause`."""
        return steering.pause(self, Merged(self), steering.Wish(model, "look", lasts, then))

    def resume(self, *, accepts=False, model=MODEL):
        """`resume`."""
        return steering.resume(self, Merged(self), steering.Wish(model, accepts=accepts))

    def retry(self, *, model=MODEL):
        """`retry`."""
        with patch.object(steering, "desired_of", lambda intent, _, name: intent.desired(name)):
            return steering.retry(self, Merged(self), steering.Wish(model, "mended"))


def _started(case, start, run):
    course = start.course
    return RunStarted(
        model=case.model,
        run=run,
        action=start.action,
        generation=start.generation,
        desired_commit=case.desired.commit,
        before=case.observed.routes,
        after=start.after,
        steps=course.steps,
        steps_hash=of_json([step.as_json() for step in course.steps]),
        plan_digest=of_bytes(b""),
        author="bo",
        strategy=course.strategy,
        analysis=course.analysis,
        deadline=course.deadline,
        until=start.until,
    )


def _verified(case, run, route):
    return ArtifactsVerified(
        model=case.model,
        version=route.version,
        run=run,
        artifacts_digest=route.artifacts,
        mode="full",
        bytes=1,
    )


class World:
    """One environment: what is merged, the journal, the target, the measurements and the time.

    `main` holds one dictionary for each merged commit: the wish for each model, as keywords of
    `stories.wanting`; a model with no wish any more has version "".
    """

    def __init__(self, environment="production", *, rules=None, models=(MODEL,)):
        self.environment = environment
        self.rules = rules
        self.now = START
        self.calls = []
        self.numbers = itertools.count(1)
        self.remote = Remote(environment, self.now)
        self.target = SimulatedTarget(lambda: len(self.remote.commits))
        self.verdicts = {}
        self.main = [{model: {"version": ""} for model in models}]
        self.engine = Engine(self, "ci")

    def verdict(self, model):
        return self.verdicts.get(model, Verdict.SUCCESSFUL)

    def wish(self, wishes, model, state, commit):
        del state
        wish = wishes[model] if wishes[model]["version"] else {"version": ""}
        more = {"rules": self.rules} if self.rules else {}
        return replace(wanting(model=model, **(more | wish)), commit=commit)

    def merge(self, version=None, *, model=MODEL, **more):
        """Somebody merges a wish; what is not said stays as it was."""
        wish = dict(self.main[-1][model])
        wish.update(more if version is None else {"version": version} | more)
        self.main.append(self.main[-1] | {model: wish})
        return self

    def later(self, **span):
        self.now += timedelta(**span)
        return self

    def settle(self, engine=None):
        """Tick until nothing more happens at this time; what the last tick did."""
        engine = engine or self.engine
        engine.fetch()
        for _ in range(MOST_TICKS):
            done = engine.tick()
            if not done.lost and not done.moved:
                return done
        raise AssertionError("it never settles")

    def states(self):
        return self.remote.commits[-1].states

    def state(self, model=MODEL):
        return self.states().get(model)

    def routes(self, model=MODEL):
        """What the target serves: version to (role, weight)."""
        return {one.version: (one.role, one.weight) for one in self.target.observe(model).routes}
