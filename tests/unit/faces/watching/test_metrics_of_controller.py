"""What the controller's metrics say after some ticks."""

from datetime import UTC, datetime

import prometheus_client
import pytest

from modelops_git.core.errors import ModelopsError, TargetError, UsageError
from modelops_git.core.journal.state import Drift
from modelops_git.engine.cases import Failure
from modelops_git.engine.controller import Beat
from modelops_git.engine.reconcile import Round
from modelops_git.faces.watching.metrics import Metrics

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def told(*beats):
    metrics = Metrics()
    for beat in beats:
        metrics.beat(beat)
    return prometheus_client.generate_latest(metrics.registry).decode()


def round_of(environment="production", **more):
    return Round(environment, "a" * 40, **more)


def test_models_are_counted_by_their_state():
    text = told(Beat([round_of(states={"iris": "live", "wine": "live", "beer": "held"})], at=AT))
    assert 'modelops_models{environment="production",state="live"} 2.0' in text
    assert 'modelops_models{environment="production",state="held"} 1.0' in text
    assert 'modelops_models{environment="production",state="failed"} 0.0' in text


def test_a_count_falls_when_what_it_counts_is_gone():
    drift = Drift(drift="missing", detail="gone", since=AT)
    with_drift = Beat([round_of(drifts={"iris": drift}, held={"wine": "errors"})], at=AT)
    text = told(with_drift)
    assert 'modelops_drifts{drift="missing",environment="production"} 1.0' in text
    assert 'modelops_holds{environment="production"} 1.0' in text
    text = told(with_drift, Beat([round_of()], at=AT))
    assert 'modelops_drifts{drift="missing",environment="production"} 0.0' in text
    assert 'modelops_holds{environment="production"} 0.0' in text


def test_the_last_tick_of_an_environment_is_one_that_reached_its_journal():
    broken = round_of(failures=[Failure("production", "", TargetError("gone"))], is_whole=False)
    failed = Beat([broken], at=AT)
    assert "modelops_last_tick_timestamp_seconds{" not in told(failed)
    one_model = Beat([round_of(failures=[Failure("production", "iris", TargetError("gone"))])], at=AT)
    stamp = f'modelops_last_tick_timestamp_seconds{{environment="production"}} {AT.timestamp()}'
    text = told(failed, one_model)
    assert any(float(line.split()[1]) == AT.timestamp() for line in text.splitlines() if stamp[:60] in line)
    assert 'modelops_failures_total{environment="production"} 2.0' in text


def test_ticks_are_counted_by_their_result():
    text = told(Beat([round_of()], at=AT), Beat(problem=ModelopsError("no remote"), at=AT, lasted=2.0))
    assert 'modelops_ticks_total{result="ok"} 1.0' in text
    assert 'modelops_ticks_total{result="failed"} 1.0' in text
    assert "modelops_tick_duration_seconds_sum 2.0" in text


@pytest.mark.parametrize("address", ["9464", ":9464", "localhost:", "localhost:http"])
def test_an_address_has_a_host_and_a_port(address):
    with pytest.raises(UsageError, match="HOST:PORT"):
        Metrics().serve(address)


def test_an_address_where_nobody_can_be_served_is_an_error_of_the_world():
    with pytest.raises(ModelopsError, match="cannot be served"):
        Metrics().serve("127.0.0.1:99999")
