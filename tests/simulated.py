"""The parts of a simulated world: the journal's branch and copies of it, a target, and what can go wrong."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple

from modelops_git.core.errors import (
    JournalError,
    LostRaceError,
    MetricsError,
    StoreError,
    TargetConflictError,
    TargetError,
)
from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import Genesis
from modelops_git.core.journal.people import Actor
from modelops_git.core.routes import Observed
from modelops_git.edges.git.journal import Tip
from modelops_git.edges.targets.base import Capabilities, Health, Order
from modelops_git.engine.outbox import Outbox


class Killed(BaseException):
    """The process is gone: nothing of it goes on, and nothing is cleaned up."""


class Fault(StrEnum):
    """What can go wrong with a call."""

    FAILS = "it fails, and nothing has happened"
    UNANSWERED = "it happens, and the answer is lost"
    DIES_BEFORE = "the process dies before it"
    DIES_AFTER = "the process dies after it"


ERRORS = {
    "journal": JournalError,
    "target": TargetError,
    "store": StoreError,
    "metrics": MetricsError,
    "outbox": OSError,
}
"""What a call raises that fails, by the first word of its name."""


class Commit(NamedTuple):
    """One entry on the journal's branch, and all states there."""

    id: str
    link: chain.Link
    states: dict


class Remote:
    """The branch that all clones push to: a push counts if it was made on the newest commit."""

    def __init__(self, environment, now):
        writer = chain.Writer(Actor(name="ana"), now, "0.1.0")
        genesis = Genesis(registry="acme", environment=environment)
        (first,) = chain.extend(None, {}, [genesis], writer)
        self.commits = [Commit(f"{0:040x}", first, {})]

    @property
    def tip(self):
        newest = self.commits[-1]
        return Tip(newest.id, newest.link.environment)

    def push(self, tip, links):
        if tip.commit != self.commits[-1].id:
            raise LostRaceError("the journal has moved on")
        for link in links:
            states = self.commits[-1].states | ({link.model.model: link.model} if link.model else {})
            self.commits.append(Commit(f"{len(self.commits):040x}", link, states))
        return self.tip

    @property
    def entries(self):
        return [commit.link.entry for commit in self.commits]

    def stored(self):
        """The commits as an audit finds them."""
        return [
            chain.Stored(one.id, 0 if number == 0 else 1, one.link.files(), tuple(one.link.files()))
            for number, one in enumerate(self.commits)
        ]


class Copy:
    """The journal as one clone has it."""

    def __init__(self, engine, remote):
        self._engine = engine
        self._remote = remote
        self._known = remote.tip

    def refresh(self):
        self._known = self._engine.call("journal fetch", lambda: self._remote.tip)
        return self._known

    def tip(self):
        return self._known

    def states(self, tip, models=None):
        states = self._remote.commits[int(tip.commit, 16)].states
        return {name: state for name, state in states.items() if models is None or name in models}

    def state(self, tip, model):
        return self.states(tip).get(model)

    def append(self, tip, links):
        self._known = self._engine.call("journal push", lambda: self._remote.push(tip, links))
        return self._known


class Change(NamedTuple):
    """An order that changed what is served, what was served before, and how long the journal then was."""

    order: Order
    before: Observed
    entries: int


class SimulatedTarget:
    """Serves what it is asked to, and remembers all that it was asked for."""

    capabilities = Capabilities(*[True] * 7)
    files = None

    def __init__(self, clock=lambda: 0):
        self._clock = clock
        self._tables = {}
        self.changes = []
        self.sick = set()

    def observe(self, model):
        return self._tables.get(model, Observed())

    def apply(self, order):
        now = self.observe(order.model)
        if (now.stamp, now.hold) == (order.stamp, order.hold):
            return
        if now.stamp != order.expected:
            raise TargetConflictError(f"the routes of {order.model} were changed by somebody else meanwhile")
        self._tables[order.model] = Observed(order.routes, order.stamp, order.hold, order.previous)
        self.changes.append(Change(order, now, self._clock()))

    def serve_by_hand(self, model, *routes):
        """What somebody has put there without this tool."""
        self._tables[model] = Observed(routes)

    def edit(self, model, *routes):
        """What somebody writes over what was applied, under its stamp and hold."""
        self._tables[model] = replace(self.observe(model), routes=routes)

    def health(self, model):
        return Health(("it does not start",) if model in self.sick else ())


class Reached:
    """A target as one engine reaches it."""

    files = None

    def __init__(self, engine, target):
        self._engine = engine
        self._target = target
        self.capabilities = target.capabilities

    def observe(self, model):
        return self._engine.call("target observe", lambda: self._target.observe(model))

    def apply(self, order):
        self._engine.call("target apply", lambda: self._target.apply(order))

    def health(self, model):
        return self._engine.call("target health", lambda: self._target.health(model))


class Drawer(Outbox):
    """The outbox of a clone; it outlives the clone's processes."""

    def __init__(self, engine):
        self._engine = engine
        self._requests = {}

    def add(self, request):
        self._engine.call("outbox add", lambda: self._requests.update({request.name: request}))
        return request.name

    def waiting(self):
        return {_Slip(self._requests, name): one for name, one in self._requests.items()}

    def lose(self):
        """The disk is gone, and what was on it."""
        self._requests.clear()


class _Slip(NamedTuple):
    requests: dict
    name: str

    def __hash__(self):
        return hash(self.name)

    def unlink(self, *, missing_ok):
        assert missing_ok
        self.requests.pop(self.name, None)
