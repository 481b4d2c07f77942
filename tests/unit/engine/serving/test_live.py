"""What is live: loaded in the background, switched at once, never half."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest

from modelops_git.core.errors import StoreError, TargetError
from modelops_git.core.routes import Route, Stamp
from modelops_git.edges.targets.gateway import RouteTable
from modelops_git.engine.serving import live as lives
from modelops_git.engine.serving.live import Live

MODEL = "iris-classifier"


def route(version, role="stable", weight=100):
    digest = f"sha256:{version.replace('.', ''):0>64}"
    return Route(role=role, version=version, digest=digest, artifacts=digest, weight=weight)


def table(sequence, *routes, previous=()):
    return RouteTable(model=MODEL, routes=routes, stamp=Stamp(run="r1", sequence=sequence), previous=previous)


def soon(holds):
    """Wait until something holds, which threads bring about."""
    for _ in range(2000):
        if holds():
            return
        time.sleep(0.005)
    raise AssertionError("it does not come")


class World:
    """Tables that tests replace, and a loader whose versions may be slow or broken."""

    def __init__(self):
        self.tables = {}
        self.loaded = []
        self.begun = []
        self.broken = set()
        self.gates = {}
        self.events = []
        self.unreadable = None
        self.why = "no model"
        self.live = Live(self, self.load, self.events.append)

    def signatures(self):
        if self.unreadable:
            raise TargetError(self.unreadable)
        return {model: id(one) for model, one in self.tables.items()}

    def table(self, model):
        return self.tables.get(model)

    def load(self, model, route):
        self.begun.append(route.version)
        gate = self.gates.get(route.version)
        if gate:
            assert gate.wait(10)
        self.loaded.append(route.version)
        if route.version in self.broken:
            raise StoreError(f"{route.version} is {self.why}", hint="Deliver it again.")
        return f"{model} {route.version}"

    def settle(self):
        """Look, and wait until nothing is loaded any more."""
        self.live.refresh()
        self.wait()

    def wait(self):
        soon(lambda: self.live.is_settled)

    @contextmanager
    def slow(self, version):
        self.gates[version] = threading.Event()
        yield self.gates[version]
        self.gates[version].set()

    def serves(self, model=MODEL):
        routing = self.live.routing(model)
        return None if routing is None else {one.version: one.weight for one in routing.routes}

    @property
    def problems(self):
        return [event.said for event in self.events if event.kind == "failed"]


@pytest.fixture
def world():
    world = World()
    yield world
    for gate in world.gates.values():
        gate.set()
    world.live.close()


def test_a_table_is_served_once_its_versions_are_loaded(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    assert world.serves() is None
    world.settle()
    routing = world.live.routing(MODEL)
    assert routing.versions[route("1.0.0").digest] == f"{MODEL} 1.0.0"
    assert routing.stamp.sequence == 1
    assert world.live.models == [MODEL]


def test_what_is_loaded_is_not_loaded_again(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    world.tables[MODEL] = table(2, route("1.0.0", weight=95), route("1.1.0", "candidate", 5))
    world.settle()
    world.tables[MODEL] = table(3, route("1.0.0", weight=50), route("1.1.0", "candidate", 50))
    world.settle()
    assert world.loaded == ["1.0.0", "1.1.0"]
    assert world.serves() == {"1.0.0": 50, "1.1.0": 50}


def test_the_old_routes_serve_while_a_new_version_loads(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    with world.slow("2.0.0"):
        world.tables[MODEL] = table(2, route("2.0.0"))
        world.live.refresh()
        assert world.serves() == {"1.0.0": 100}
        assert not world.live.is_settled
        assert world.live.serving()[MODEL].stamp.sequence == 1
    world.wait()
    assert world.serves() == {"2.0.0": 100}


def test_a_way_back_does_not_wait_for_the_way_forward(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    with world.slow("2.0.0"):
        world.tables[MODEL] = table(2, route("1.0.0", weight=95), route("2.0.0", "candidate", 5))
        world.live.refresh()
        soon(lambda: "2.0.0" in world.begun)
        world.tables[MODEL] = table(3, route("1.0.0"))
        world.settle()
        assert world.live.routing(MODEL).stamp.sequence == 3
    soon(lambda: "2.0.0" in world.loaded)
    world.settle()
    assert world.live.routing(MODEL).stamp.sequence == 3, "the older table must not come back"


def test_one_model_does_not_wait_for_another(world):
    with world.slow("9.0.0"):
        world.tables["big"] = table(1, route("9.0.0"))
        world.tables[MODEL] = table(1, route("1.0.0"))
        world.live.refresh()
        soon(world.serves)
        assert world.serves() == {"1.0.0": 100}
        assert world.serves("big") is None


def test_the_version_before_stays_loaded_for_a_rollback(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    world.tables[MODEL] = table(2, route("2.0.0"), previous=(route("1.0.0"),))
    world.settle()
    world.tables[MODEL] = table(3, route("1.0.0"))
    world.settle()
    assert world.loaded == ["1.0.0", "2.0.0"]


def test_what_is_not_served_any_more_is_let_go(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    world.tables[MODEL] = table(2, route("2.0.0"))
    world.settle()
    assert set(world.live.routing(MODEL).versions) == {route("2.0.0").digest}


def test_a_version_that_cannot_be_loaded_changes_nothing(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    world.broken.add("2.0.0")
    world.tables[MODEL] = table(2, route("1.0.0", weight=95), route("2.0.0", "candidate", 5))
    world.settle()
    assert world.serves() == {"1.0.0": 100}
    said = world.live.serving()[MODEL]
    assert (said.stamp.sequence, said.wanted.sequence) == (1, 2)
    assert said.problem == "2.0.0: 2.0.0 is no model. Deliver it again."


def test_it_is_tried_again(world, monkeypatch):
    monkeypatch.setattr(lives, "AGAIN", 0.0)
    world.broken.add("1.0.0")
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    assert world.serves() is None
    world.broken.clear()
    world.settle()
    assert world.serves() == {"1.0.0": 100}
    assert world.live.serving()[MODEL].problem is None


def test_it_is_not_tried_again_at_once(world):
    world.broken.add("1.0.0")
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    world.settle()
    assert world.loaded == ["1.0.0"]
    assert world.live.serving()[MODEL].problem


def test_a_server_that_starts_serves_what_it_can(world):
    world.broken.add("2.0.0")
    world.tables[MODEL] = table(7, route("1.0.0", weight=95), route("2.0.0", "candidate", 5))
    world.settle()
    assert set(world.live.routing(MODEL).versions) == {route("1.0.0").digest}
    assert world.live.serving()[MODEL].problem == "2.0.0: 2.0.0 is no model. Deliver it again."


def test_a_model_that_was_taken_off_is_no_longer_served(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    world.tables[MODEL] = table(2)
    world.settle()
    assert world.serves() is None
    assert world.live.models == []
    assert world.live.serving()[MODEL].stamp.sequence == 2


def test_a_table_that_is_deleted_is_no_longer_served(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    del world.tables[MODEL]
    world.settle()
    assert world.serves() is None
    assert world.live.serving() == {}
    assert [event.kind for event in world.events] == ["switched", "gone"]


def test_tables_that_cannot_be_read_leave_everything_as_it_is(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    world.unreadable = "cannot list routes"
    with pytest.raises(TargetError):
        world.live.refresh()
    assert world.serves() == {"1.0.0": 100}


def test_a_defect_in_a_loader_ends_nothing(world):
    def load(_model, _route):
        raise ZeroDivisionError("in somebody's loader")

    world.live = Live(world, load, world.events.append)
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.settle()
    assert world.problems == ["ZeroDivisionError: in somebody's loader"]


def test_nothing_is_settled_before_the_tables_could_be_looked_for(world):
    world.unreadable = "cannot list it"
    with pytest.raises(TargetError):
        world.live.refresh()
    assert not world.live.is_settled
    world.unreadable = None
    world.settle()
    assert world.live.is_settled


def test_what_is_said_of_a_problem_is_text_that_can_be_written(world):
    world.tables[MODEL] = table(1, route("1.0.0"))
    world.broken, world.why = {"1.0.0"}, "b\udcff"
    world.settle()
    assert world.live.serving()[MODEL].to_bytes()
