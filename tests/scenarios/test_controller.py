"""The controller, tick by tick, with a clock of the test's own."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from modelops_git.core.errors import TargetError, UsageError
from modelops_git.edges.git.repository import find_registry
from modelops_git.edges.targets.gateway import Gateway
from modelops_git.engine.controller import Clock, Controller, Watch
from modelops_git.engine.starting import Tools

CANARY = {"type": "canary", "steps": [{"weight": 10, "for": "1h"}]}


class Hands:
    """The world of a controller: time that passes when it sleeps, and whoever stops it."""

    def __init__(self, shop, monkeypatch):
        for name, value in shop.env.items():
            monkeypatch.setenv(name, value)
        self.shop = shop
        self.offset = timedelta()
        self.slept = []
        self.event = threading.Event()

    def now(self):
        return datetime.now(UTC) + self.offset

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.offset += timedelta(seconds=seconds)

    def controller(self, *environments, **more):
        watch = Watch(environments or ("production",), timedelta(seconds=30), **more)
        clock = Clock(self.event.is_set, self.sleep, self.now)
        return Controller(find_registry(self.shop.clone), watch, Tools(), clock)


@pytest.fixture
def hands(live, monkeypatch):
    return Hands(live, monkeypatch)


@pytest.fixture
def burning(monkeypatch):
    """Models whose target is on fire; the calls that met one."""
    on_fire, met = {"iris"}, []
    apply = Gateway.apply

    def failing(gateway, order):
        if order.model in on_fire:
            met.append(order.model)
            raise TargetError("the target is on fire")
        apply(gateway, order)

    monkeypatch.setattr(Gateway, "apply", failing)
    return on_fire, met


def test_what_is_merged_between_two_ticks_goes_live(live, hands):
    controller = hands.controller()
    assert controller.tick().rounds[0].outcomes == []
    live.want("1.1.0")
    live.merge()
    (outcome,) = controller.tick().rounds[0].outcomes
    assert (outcome.action, live.live()) == ("promote", "1.1.0")


def test_it_sleeps_about_as_long_as_it_was_told(hands):
    assert 24 <= hands.controller().tick().pause.total_seconds() <= 36


def test_it_wakes_when_a_step_is_due(live, hands):
    live.want("1.1.0", strategy=CANARY | {"steps": [{"weight": 10, "for": "12s"}]})
    live.merge()
    beat = hands.controller().tick()
    assert beat.rounds[0].states == {"iris": "running"}
    assert 1 <= beat.pause.total_seconds() <= 12


def test_a_model_that_fails_is_left_alone_for_a_while_and_the_others_go_on(live, hands, burning):
    _, met = burning
    live.version("1.0.0", model="other")
    live.want("1.0.0", model="other")
    live.want("1.1.0")
    live.merge()
    controller = hands.controller()
    beat = controller.tick()
    assert [failure.model for failure in beat.rounds[0].failures] == ["iris"]
    assert (beat.rounds[0].states["iris"], live.live(model="other")) == ("failed", "1.0.0")
    again = controller.tick()
    assert (again.rounds[0].failures, again.rounds[0].states["iris"], len(met)) == ([], "failed", 1)


def test_a_table_that_cannot_be_read_fails_its_own_model_alone_and_is_left_for_a_while(live, hands):
    (live.folder / "live/production/routes/iris.json").write_text("{")
    controller = hands.controller()
    assert [one.model for one in controller.tick().rounds[0].failures] == ["iris"]
    assert controller.tick().failures == 0


def test_a_model_that_failed_is_tried_again(live, hands, burning):
    on_fire, met = burning
    live.want("1.1.0")
    live.merge()
    controller = hands.controller()
    hands.sleep(controller.tick().pause.total_seconds())
    on_fire.clear()
    hands.sleep(5)
    controller.tick()
    assert (live.live(), len(met)) == ("1.1.0", 1)


def test_what_is_merged_wakes_what_has_failed(live, hands, monkeypatch):
    live.want("1.1.0")
    live.merge()
    observe = Gateway.observe
    monkeypatch.setattr(Gateway, "observe", lambda *_: (_ for _ in ()).throw(TargetError("gone")))
    controller = hands.controller()
    for _ in range(5):
        controller.tick()
        hands.sleep(40)
    assert controller.tick().rounds[0].states == {"iris": "failed"}
    monkeypatch.setattr(Gateway, "observe", observe)
    live.write("notes.txt", "anything")
    live.merge()
    controller.tick()
    assert live.live() == "1.1.0"


def test_an_environment_without_a_journal_stops_no_other(tmp_path, monkeypatch):
    from shop import Shop

    shop = Shop(tmp_path / "shop")
    shop.journals("production")
    shop.version("1.0.0")
    shop.want("1.0.0")
    shop.merge()
    controller = Hands(shop, monkeypatch).controller("staging", "production")
    staging, production = controller.tick().rounds
    assert "no journal" in staging.failures[0].error.message
    assert (production.failures, shop.live()) == ([], "1.0.0")
    assert [one.environment for one in controller.tick().rounds] == ["production"]


def test_a_remote_that_is_down_is_asked_again_ever_later(live, hands):
    controller = hands.controller()
    controller.tick()
    away = live.remote.rename(live.folder / "away.git")
    pauses = []
    for _ in range(4):
        beat = controller.tick()
        assert (beat.rounds, "cannot fetch main" in beat.problem.message) == ([], True)
        pauses.append(beat.pause.total_seconds())
        hands.sleep(pauses[-1])
    assert pauses[0] < pauses[2] < 15
    away.rename(live.remote)
    assert controller.tick().problem is None


def test_drift_is_journaled_and_mended_where_that_was_asked_for(live, hands):
    (live.folder / "live/production/routes/iris.json").unlink()
    (one,) = hands.controller().tick().rounds
    assert [drift.drift for drift in one.drifts.values()] == ["missing"]
    (one,) = hands.controller(heals=True).tick().rounds
    assert (one.healed, one.drifts, live.live()) == (["iris"], {}, "1.0.0")


def test_it_leaves_a_step_of_another_process_to_it(live, hands, burning):
    """Another announced a step and died; until its lease is over nobody is waited for."""
    on_fire, _ = burning
    live.want("1.1.0")
    live.merge()
    controller = hands.controller()
    controller.tick()
    on_fire.clear()
    other = hands.controller()
    beat = other.tick()
    assert (hands.slept, beat.rounds[0].waiting is not None) == ([], True)
    hands.sleep(2)
    other.tick()
    assert live.live() == "1.1.0"


def test_it_stops_before_the_next_environment(hands):
    controller = hands.controller("staging", "production")
    beats = []

    def tell(beat):
        beats.append(beat)
        hands.event.set()

    controller.run(tell)
    assert (len(beats), hands.slept) == (1, [])
    assert controller.tick().rounds == []


def test_an_environment_that_is_not_there_is_refused_at_once(hands):
    with pytest.raises(UsageError, match="no environment 'prod'"):
        hands.controller("prod").run(lambda _: None)


def test_a_tick_in_which_nothing_has_changed_reads_nothing_again(hands, monkeypatch):
    from modelops_git.core import catalog
    from modelops_git.core.journal.state import ModelState

    controller = hands.controller()
    controller.tick()
    monkeypatch.setattr(catalog.Catalog, "_parse", None)
    monkeypatch.setattr(ModelState, "from_bytes", None)
    assert controller.tick().rounds[0].states == {"iris": "live"}
