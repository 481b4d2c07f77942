"""Short ways to write down what happened to one model, for tests of the journal and of decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from modelops_git.core.digests import of_bytes
from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import (
    Genesis,
    HoldSet,
    RunEnded,
    RunStarted,
    Step,
    StepIntent,
    StepObserved,
)
from modelops_git.core.journal.people import Actor
from modelops_git.core.routes import Hold, Route, Stamp, generation_of

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


def generation(version, model=MODEL):
    routes = (route(version),) if version else ()
    return generation_of(model, "production", routes, "immediate")


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

    def announced(self, model=MODEL):
        run = self.models[model].run
        step = run.steps[0]
        self.tell(StepIntent(model=model, run=run.run, index=0, action=step.action, routes=step.routes))
        return self

    def observed(self, model=MODEL):
        intent = self.models[model].intent
        run = self.models[model].run
        self.tell(
            StepObserved(
                model=model, run=run.run, index=intent.index, routes=intent.routes, stamp=intent.stamp
            )
        )
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
