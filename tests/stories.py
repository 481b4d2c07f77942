"""Short ways to write down what happened to one model, for tests of the journal and of decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from modelops_git.core.digests import of_bytes
from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import Deferred, Genesis, HoldSet, Retired, RetryGranted
from modelops_git.core.journal.people import Actor
from modelops_git.core.journal.runs import RunEnded, RunStarted, Step, StepIntent, StepObserved
from modelops_git.core.manifests.environment import Environment
from modelops_git.core.manifests.strategy import BlueGreen, Canary, Immediate
from modelops_git.core.rollouts.desired import Desired
from modelops_git.core.routes import Hold, Route, Stamp, generation_of, mirrors

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
MODEL = "iris"
COMMIT = "a" * 40


def route(version, weight=100, role="stable"):
    return Route(
        role=role,
        version=version,
        digest=of_bytes(version.encode()),
        artifacts=of_bytes(b"files of " + version.encode()),
        weight=weight,
    )


def generation(version, model=MODEL, strategy="immediate"):
    routes = (route(version),) if version else ()
    return generation_of(model, "production", routes, strategy)


IMMEDIATE = Immediate(type="immediate")


def canary(*steps, **more):
    """A canary of steps such as `{"weight": 5, "for": "10m"}`."""
    return Canary.model_validate({"type": "canary", "steps": list(steps), **more}, strict=False)


def blue_green(**more):
    return BlueGreen.model_validate({"type": "blue_green", **more}, strict=False)


def environment(name="production", **rules):
    """An environment with such rules as modelops.yaml gives."""
    targets = [{"models": ["*"], "type": "gateway", "uri": "file:live"}]
    return Environment.model_validate({"name": name, "targets": targets, **rules}, strict=False)


RULES = environment()


def wanting(version, *, model=MODEL, strategy=IMMEDIATE, rules=RULES, **more):
    """What the default branch wants: a version, or nothing."""
    routes = (route(version),) if version else ()
    return Desired(model, routes, strategy, COMMIT, rules, **more)


class Story:
    """A journal in memory; each method is something that happened, an hour after the last thing."""

    def __init__(self):
        self.now = START
        self.links = list(
            chain.extend(None, {}, [Genesis(registry="acme", environment="production")], self.writer())
        )
        self.models = {}

    def writer(self):
        return chain.Writer(Actor(name="ana"), self.now, "0.1.0")

    def tell(self, *payloads):
        links = chain.extend(self.links[-1].environment, self.models, payloads, self.writer())
        self.links += links
        self.models.update({link.model.model: link.model for link in links if link.model})
        return links

    def later(self, **span):
        self.now += timedelta(**span)
        return self

    def started(self, version, action="promote", model=MODEL, author="bo"):
        self.later(hours=1)
        state = self.models.get(model)
        routes = (route(version),) if version else ()
        step = Step(action=action, routes=routes)
        self.tell(
            RunStarted(
                model=model,
                run=f"run-{version}-{len(self.links)}",
                action=action,
                generation=generation(version, model),
                desired_commit=COMMIT,
                before=state.routes if state else (),
                after=routes,
                steps=(step,),
                steps_hash=of_bytes(b""),
                plan_digest=of_bytes(b""),
                author=author,
            )
        )
        return self

    def begun(self, start, model=MODEL):
        """A decision to start is carried out as far as its first entry."""
        self.later(hours=1)
        state = self.models.get(model)
        course = start.course
        self.tell(
            RunStarted(
                model=model,
                run=f"run-{len(self.links)}",
                action=start.action,
                generation=start.generation,
                desired_commit=COMMIT,
                before=state.routes if state else (),
                after=start.after,
                steps=course.steps,
                steps_hash=of_bytes(b""),
                plan_digest=of_bytes(b""),
                author="bo",
                strategy=course.strategy,
                analysis=course.analysis,
                deadline=course.deadline,
                until=start.until,
            )
        )
        return self

    def announced(self, model=MODEL, *, trial=False):
        state = self.models[model]
        run = state.experiment if trial else state.run
        step = run.steps[run.done]
        beside = () if trial else mirrors(state.routes)
        self.tell(
            StepIntent(
                model=model, run=run.run, index=run.done, action=step.action, routes=(*step.routes, *beside)
            )
        )
        return self

    def observed(self, model=MODEL):
        intent = self.models[model].intent
        self.tell(
            StepObserved(
                model=model, run=intent.run, index=intent.index, routes=intent.routes, stamp=intent.stamp
            )
        )
        return self

    def ending(self, end, model=MODEL):
        """A decision to end a run early is carried out."""
        self.tell(
            StepIntent(
                model=model,
                run=end.run.run,
                index=end.run.done,
                action="shift",
                routes=end.routes,
                ends=end.result,
                reason=end.reason,
            )
        )
        self.observed(model)
        self.tell(RunEnded(model=model, run=end.run.run, result=end.result, reason=end.reason))
        return self

    def deferred(self, later, model=MODEL):
        self.tell(
            Deferred(
                model=model,
                generation=later.generation,
                reason=later.reason,
                until=later.until,
                refused=later.refused,
            )
        )
        return self

    def retried(self, version, strategy=None, model=MODEL):
        named = generation(version, model, strategy.type if strategy else "immediate")
        self.tell(RetryGranted(id=f"r{len(self.links)}", model=model, generation=named, reason="mended"))
        return self

    def retired(self, model=MODEL):
        self.tell(Retired(model=model, run=self.models[model].run.run))
        return self

    def ended(self, result="succeeded", model=MODEL):
        self.tell(RunEnded(model=model, run=self.models[model].run.run, result=result))
        return self

    def live(self, version, action="promote", model=MODEL):
        return self.started(version, action, model).announced(model).observed(model).ended(model=model)

    def held(self, version, against, model=MODEL, name="h1"):
        self.later(hours=1)
        hold = Hold(
            id=name,
            generation=generation(against),
            serve=route(version),
            reason="errors",
            at=self.now,
            by="on-call",
        )
        stamp = Stamp(run=f"hold-{name}", sequence=len(self.links))
        self.tell(HoldSet(model=model, hold=hold, routes=(route(version),), stamp=stamp))
        return self

    @property
    def state(self):
        return self.models.get(MODEL)

    @property
    def entries(self):
        return [link.entry for link in self.links]

    def stored(self):
        """The commits that a journal branch would hold."""
        return [
            chain.Stored(f"{number:040x}", 0 if number == 0 else 1, link.files(), tuple(link.files()))
            for number, link in enumerate(self.links)
        ]
