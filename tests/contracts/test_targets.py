"""What every target promises, run against each."""

from __future__ import annotations

import pytest

from modelops_git.core.artifacts import artifact_prefix
from modelops_git.core.digests import of_bytes
from modelops_git.core.errors import TargetConflictError, TargetError
from modelops_git.core.routes import Hold, Observed, Stamp
from modelops_git.edges.targets.base import Keeps, Order
from modelops_git.edges.targets.gateway import Gateway
from simulated import SimulatedTarget
from stories import MODEL, START, generation, route

SPLIT = (route("1.0.0", 80), route("1.1.0", 20, "candidate"), route("1.2.0", 50, "mirror"))
HOLD = Hold(id="h1", generation=generation("1.1.0"), serve=route("1.0.0"), reason="x", at=START, by="ana")


@pytest.fixture
def gateway(tmp_path):
    """With the files of every version that the tests route to."""
    for one in (*SPLIT, route("2.0.0")):
        (tmp_path / "files" / artifact_prefix(MODEL, one.version, one.artifacts)).mkdir(parents=True)
    return Gateway(tmp_path)


@pytest.fixture
def simulator():
    return SimulatedTarget()


@pytest.fixture(params=["gateway", "simulator"])
def target(request):
    return request.getfixturevalue(request.param)


def stamp(number):
    return Stamp(run=f"run-{number}", sequence=number)


def order(number, *routes, after=None, **more):
    """The order of the journal's entry of a number, on top of that of another."""
    expected = None if after is None else stamp(after)
    return Order(MODEL, routes or (route("1.0.0"),), stamp(number), expected, **more)


def test_a_model_that_was_never_applied_is_served_by_nothing(target):
    assert target.observe(MODEL) == Observed()
    assert target.health(MODEL).is_good


def test_what_is_asked_for_is_served(target):
    target.apply(order(1, *SPLIT))
    assert target.observe(MODEL) == Observed(SPLIT, stamp(1))


def test_routes_are_absolute(target):
    target.apply(order(1, *SPLIT))
    target.apply(order(2, route("2.0.0"), after=1))
    assert target.observe(MODEL).routes == (route("2.0.0"),)


def test_the_same_order_twice_is_one(target):
    for _ in range(2):
        target.apply(order(1))
    target.apply(order(2, *SPLIT, after=1))
    target.apply(order(2, *SPLIT, after=1))
    assert target.observe(MODEL) == Observed(SPLIT, stamp(2))


@pytest.mark.parametrize("expected", [None, 0, 2, 9])
def test_an_order_that_expects_another_stamp_is_refused_and_changes_nothing(target, expected):
    target.apply(order(1))
    with pytest.raises(TargetConflictError, match="changed by somebody else"):
        target.apply(order(3, *SPLIT, after=expected))
    assert target.observe(MODEL) == Observed((route("1.0.0"),), stamp(1))


def test_the_first_order_that_expects_a_stamp_is_refused(target):
    with pytest.raises(TargetConflictError):
        target.apply(order(3, after=2))
    assert target.observe(MODEL) == Observed()


def test_a_writer_that_was_displaced_is_refused_when_it_calls_late(target):
    target.apply(order(1))
    target.apply(order(2, *SPLIT, after=1))
    target.apply(order(3, route("2.0.0"), after=2))
    with pytest.raises(TargetConflictError):
        target.apply(order(2, *SPLIT, after=1))
    assert target.observe(MODEL).routes == (route("2.0.0"),)


def test_a_hold_is_borne_until_the_next_order(target):
    target.apply(order(1, *SPLIT))
    target.apply(order(2, after=1, hold=HOLD))
    assert target.observe(MODEL).hold == HOLD
    target.apply(order(3, after=2))
    assert target.observe(MODEL).hold is None


def test_a_hold_that_serves_nothing_is_borne_too(target):
    off = HOLD.model_copy(update={"serve": None})
    target.apply(Order(MODEL, (), stamp(1), None, off))
    assert target.observe(MODEL) == Observed((), stamp(1), off)


def test_what_was_served_before_is_remembered(target):
    target.apply(order(1, *SPLIT, previous=(route("0.9.0"),)))
    assert target.observe(MODEL).previous == (route("0.9.0"),)


def test_a_model_that_is_taken_off_keeps_its_stamp(target):
    target.apply(order(1))
    target.apply(Order(MODEL, (), stamp(2), stamp(1)))
    assert target.observe(MODEL) == Observed((), stamp(2))
    with pytest.raises(TargetConflictError):
        target.apply(order(3, after=None))


def test_models_are_apart(target):
    target.apply(order(1))
    assert target.observe("digits") == Observed()


def test_it_is_healthy_while_it_can_serve_all_that_it_routes_to(target):
    target.apply(order(1, *SPLIT))
    assert target.health(MODEL).is_good


def test_a_gateway_without_the_files_is_not_healthy(gateway):
    gateway.apply(order(1, route("3.0.0")))
    (problem,) = gateway.health(MODEL).problems
    assert "no files of iris 3.0.0" in problem


def test_a_simulated_target_falls_ill_as_it_is_told(simulator):
    simulator.sick.add(MODEL)
    assert simulator.health(MODEL).problems == ("it does not start",)


def test_capabilities_are_declared(target):
    assert target.capabilities.fenced
    assert target.capabilities.any_weight


def test_a_gateway_keeps_manifests_under_their_digests(gateway, tmp_path):
    assert isinstance(gateway, Keeps)
    data = b'{"kind":"ModelVersion"}'
    for _ in range(2):
        gateway.keep(of_bytes(data), data)
    (path,) = (tmp_path / "manifests").iterdir()
    assert path.name == f"{of_bytes(data)[7:]}.json"
    assert path.read_bytes() == data
    path.write_bytes(b"{}")
    gateway.keep(of_bytes(data), data)
    assert path.read_bytes() == data


def test_a_gateway_keeps_no_manifest_under_the_digest_of_another(gateway, tmp_path):
    with pytest.raises(TargetError, match="has the digest"):
        gateway.keep(of_bytes(b"{}"), b"[]")
    assert not (tmp_path / "manifests").exists()


def test_a_gateway_that_cannot_keep_a_manifest_says_so(gateway, tmp_path):
    (tmp_path / "manifests").write_text("")
    with pytest.raises(TargetError, match="cannot keep"):
        gateway.keep(of_bytes(b"{}"), b"{}")
