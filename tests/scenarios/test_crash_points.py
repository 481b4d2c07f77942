"""Killed between any two steps of a tick: the next apply converges, with nothing lost and nothing twice.

The process dies by an exception that nothing catches, right before or right after each call that leaves it:
a push to the journal, a call of the target, a look at it, a copy of bytes. Every such call of one apply is
counted first; then each is died at in turn.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest

from desk import Desk
from modelops_git.edges.git.journal_copy import JournalCopy
from modelops_git.edges.git.repository import find_registry
from modelops_git.edges.stores.file import FileStore
from modelops_git.edges.targets.gateway import Gateway
from modelops_git.engine.apply import Request, apply
from modelops_git.engine.emergency import abort, rollback_now
from modelops_git.engine.ground import stand
from modelops_git.engine.holding import Wish
from modelops_git.engine.intent import known_intent
from modelops_git.engine.reconcile import Manner, reconcile
from modelops_git.engine.starting import Tools

RUN = ["RunStarted", "ArtifactsVerified", "StepIntent", "StepObserved", "RunEnded"]
CALLS = (
    (JournalCopy, "fetch"),
    (JournalCopy, "publish"),
    (Gateway, "observe"),
    (Gateway, "apply"),
    (Gateway, "health"),
    (FileStore, "put"),
)

SIDES = ("before", "after")


class Killed(BaseException):
    """The process is gone."""


class Points:
    """Every point between two steps, in the order in which they are passed; one of them is deadly."""

    def __init__(self, deadly=None):
        self.deadly = deadly
        self.passed = []

    def reach(self, name):
        self.passed.append(name)
        if len(self.passed) - 1 == self.deadly:
            raise Killed(name)

    def around(self, kind, method):
        original = getattr(kind, method)

        def wrapped(this, *args, **more):
            self.reach(f"before {kind.__name__}.{method}")
            answer = original(this, *args, **more)
            self.reach(f"after {kind.__name__}.{method}")
            return answer

        return patch.object(kind, method, wrapped)

    @contextlib.contextmanager
    def watched(self, shop):
        with contextlib.ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ, shop.env, clear=True))
            for kind, method in CALLS:
                stack.enter_context(self.around(kind, method))
            yield


class InThread(ThreadPoolExecutor):
    """Works in this thread, so that a death in it is the death of the process."""

    def submit(self, function, /, *args, **more):
        from concurrent.futures import Future

        future = Future()
        future.set_result(function(*args, **more))
        return future


def apply_dying_at(shop, deadly):
    """Apply in this process and die at a point; None for none. Returns the points that were passed."""
    points = Points(deadly)
    tools = Tools(executor=InThread())
    with points.watched(shop), contextlib.suppress(Killed):
        apply(find_registry(shop.clone), Request(("production",)), tools)
    return points.passed


def heal_dying_at(shop, deadly):
    """Mend what has drifted in this process and die at a point; None for none."""
    points = Points(deadly)
    with points.watched(shop), contextlib.suppress(Killed):
        reconcile(find_registry(shop.clone), ["production"], Tools(executor=InThread()), Manner(heals=True))
    return points.passed


def roll_back_dying_at(shop, deadly, verb=rollback_now):
    points = Points(deadly)
    repository = find_registry(shop.clone)
    intent = known_intent(repository)
    with points.watched(shop), contextlib.suppress(Killed):
        verb(stand(repository, intent.registry, "production"), intent, Wish("iris", "", "bad"))
    return points.passed


@pytest.fixture
def desk(tmp_path):
    """1.0.0 is live, and 1.1.0 is registered. A lease is over at once, so that nobody is waited for."""
    desk = Desk(tmp_path / "shop", lease="0s")
    desk.journals("production")
    desk.version("1.0.0")
    desk.version("1.1.0", parent="1.0.0")
    desk.want("1.0.0")
    desk.merge()
    desk.modelops("apply", "--env", "production")
    return desk


def promote_next(desk, minor):
    number = f"1.{minor}.0"
    desk.version(number, parent=f"1.{minor - 1}.0")
    desk.want(number)
    desk.merge()
    return number


def check_whole(desk, runs):
    types = desk.types()
    assert [kind for kind in types if kind != "ArtifactsVerified"] == [
        kind for kind in RUN * runs if kind != "ArtifactsVerified"
    ]
    assert desk.modelops("audit", "verify", "--env", "production").code == 0


def test_an_apply_killed_between_any_two_steps_is_finished_by_the_next(desk):
    desk.want("1.1.0")
    desk.merge()
    minor = 2
    points = apply_dying_at(desk, None)
    assert {f"{when} {kind.__name__}.{method}" for when in ("before", "after") for kind, method in CALLS} == {
        *points
    }
    for deadly, name in enumerate(points):
        before, wanted = desk.live(), promote_next(desk, minor)
        assert apply_dying_at(desk, deadly)[-1] == name
        assert desk.live() in {before, wanted}
        desk.modelops("apply", "--env", "production")
        assert desk.live() == wanted, name
        minor += 1
    check_whole(desk, minor)


def test_a_rollback_now_killed_between_any_two_steps_is_honoured_by_the_next_apply(desk):
    desk.want("1.1.0")
    desk.merge()
    apply_dying_at(desk, None)
    points = roll_back_dying_at(desk, None)
    assert desk.live() == "1.0.0"
    minor = 2
    for deadly, name in enumerate(points):
        before, bad = desk.live(), promote_next(desk, minor)
        desk.modelops("apply", "--env", "production")
        assert desk.live() == bad
        assert roll_back_dying_at(desk, deadly)[-1] == name
        is_back = desk.live() != bad
        desk.modelops("apply", "--env", "production")
        assert (desk.live() != bad) == is_back, name
        assert is_back == (points.index("after Gateway.apply") <= deadly), (name, before)
        minor += 1
    assert desk.modelops("audit", "verify", "--env", "production").code == 0


@pytest.mark.slow
def test_a_mending_killed_between_any_two_steps_is_finished_by_the_next_round(desk):
    table = desk.folder / "live/production/routes/iris.json"
    routes = desk.table()["routes"]
    table.unlink()
    points = heal_dying_at(desk, None)
    assert "before Gateway.apply" in points
    for deadly, name in enumerate(points):
        table.unlink()
        assert heal_dying_at(desk, deadly)[-1] == name
        desk.modelops("reconcile", "--env", "production", "--heal")
        assert desk.table()["routes"] == routes, name
        stamp = desk.table()["stamp"]
        assert desk.entries()[stamp["sequence"]]["payload"]["run"] == stamp["run"]
    assert desk.types().count("RunStarted") == 1
    assert desk.types().count("DriftHealed") == len(points) + 1
    assert desk.modelops("audit", "verify", "--env", "production").code == 0


def test_an_abort_killed_between_any_two_steps_is_honoured_by_the_next_apply(desk):
    steps = [{"weight": 25, "for": "9h"}, {"weight": 50, "for": "9h"}]
    desk.want("1.1.0", strategy={"type": "canary", "steps": steps})
    desk.merge()

    def shares():
        return [one["weight"] for one in desk.table()["routes"]]

    points = None
    for deadly in itertools.count():
        desk.modelops("apply", "--env", "production")
        assert shares() == [75, 25]
        passed = roll_back_dying_at(desk, deadly, abort)
        is_back = shares() == [100]
        desk.modelops("apply", "--env", "production")
        assert (shares() == [100]) == is_back == ("after Gateway.apply" in passed), passed
        if is_back:
            desk.modelops("retry", "iris", "--env", "production")
        if passed == points:
            break  # that one was not killed any more
        points = passed
    assert points[:4] == [f"{when} Gateway.{call}" for call in ("observe", "apply") for when in SIDES]
    assert "after JournalCopy.publish" in points
    assert desk.types().count("HoldSet") == desk.types().count("RetryGranted")
    assert desk.modelops("audit", "verify", "--env", "production").code == 0


def test_a_writer_that_was_displaced_before_its_call_changes_nothing(desk):
    """It announces 1.1.0, and sleeps; meanwhile its step is adopted, and 1.2.0 goes live."""
    original = Gateway.apply
    orders = []

    def sleeping(this, order):
        if not orders:
            orders.append(order)
            desk_patch.stop()
            desk.modelops("apply", "--env", "production")
            promote_next(desk, 2)
            desk.modelops("apply", "--env", "production")
            assert desk.live() == "1.2.0"
        return original(this, order)

    desk.want("1.1.0")
    desk.merge()
    desk_patch = patch.object(Gateway, "apply", sleeping)
    desk_patch.start()
    done = desk.modelops("apply", "--env", "production", check=False)
    assert orders
    assert done.code in {0, 1}, done
    assert desk.live() == "1.2.0"
    check_whole(desk, 3)


def test_a_rollback_now_between_announcement_and_call_wins(desk):
    original = Gateway.apply
    orders = []

    def overtaken(this, order):
        if not orders:
            orders.append(order)
            wish = ("--now", "--to", "1.0.0", "--reason", "stop it")
            desk.modelops("rollback", "iris", "--env", "production", *wish)
        return original(this, order)

    desk.want("1.1.0")
    desk.merge()
    with patch.object(Gateway, "apply", overtaken):
        done = desk.modelops("apply", "--env", "production")
    assert desk.live() == "1.0.0"
    assert "held" in done.out
    assert desk.types()[-1] == "HoldSet"
    assert desk.modelops("audit", "verify", "--env", "production").code == 0
