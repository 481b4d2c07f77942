"""The controller's own metrics, for Prometheus; the library is the extra `controller`."""

from __future__ import annotations

from collections import Counter as Counted
from typing import TYPE_CHECKING, Any, get_args

from modelops_git.core.errors import ModelopsError, UsageError
from modelops_git.core.journal.runs import DriftClass
from modelops_git.engine.reconcile import STATES

if TYPE_CHECKING:
    from modelops_git.engine.controller import Beat
    from modelops_git.engine.reconcile import Round

BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """Counts and gauges, from the ticks that it is told of.

    Raises:
        UsageError: The library is not installed.
    """

    def __init__(self) -> None:
        client = _client()
        self.registry = client.CollectorRegistry()
        of = {"registry": self.registry}
        gauge, counter = client.Gauge, client.Counter
        self._last = gauge(
            "modelops_last_tick_timestamp_seconds",
            "When the last round ended that could read and write the journal of the environment.",
            ["environment"],
            **of,
        )
        self._lasted = client.Histogram(
            "modelops_tick_duration_seconds",
            "How long a tick took.",
            buckets=BUCKETS,
            **of,
        )
        self._ticks = counter("modelops_ticks", "Ticks, by whether all went well.", ["result"], **of)
        self._done = counter("modelops_actions", "Actions carried out.", ["environment", "action"], **of)
        self._failures = counter("modelops_failures", "What failed in rounds.", ["environment"], **of)
        self._models = gauge("modelops_models", "Models, by how they stand.", ["environment", "state"], **of)
        self._drifts = gauge("modelops_drifts", "Drifts, by class.", ["environment", "drift"], **of)
        self._holds = gauge("modelops_holds", "Holds.", ["environment"], **of)
        for result in ("ok", "failed"):
            self._ticks.labels(result)

    def beat(self, beat: Beat) -> None:
        """Count one tick."""
        self._ticks.labels("failed" if beat.failures else "ok").inc()
        self._lasted.observe(beat.lasted)
        for one in beat.rounds:
            self._round(one, beat)

    def _round(self, one: Round, beat: Beat) -> None:
        where = one.environment
        self._failures.labels(where).inc(len(one.failures))
        if not one.is_whole:
            return  # it says nothing of the environment
        if beat.at is not None:
            self._last.labels(where).set(beat.at.timestamp())
        for done in one.outcomes:
            self._done.labels(where, done.action).inc()
        states, drifts = Counted(one.states.values()), Counted(each.drift for each in one.drifts.values())
        for state in STATES:
            self._models.labels(where, state).set(states[state])
        for drift in get_args(DriftClass):
            self._drifts.labels(where, drift).set(drifts[drift])
        self._holds.labels(where).set(len(one.held))

    def serve(self, address: str) -> None:
        """Serve them at `/metrics` of HOST:PORT, from a thread of its own.

        Raises:
            UsageError: That is no address.
            ModelopsError: Nobody can be served there.
        """
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal():
            raise UsageError(f"{address!r} is no HOST:PORT", hint="For example --metrics 127.0.0.1:9464")
        try:
            _client().start_http_server(int(port), host.strip("[]"), registry=self.registry)
        except (OSError, OverflowError) as error:
            raise ModelopsError(f"metrics cannot be served at {address}: {error}") from error


def _client() -> Any:
    try:
        import prometheus_client
    except ImportError as error:
        raise UsageError(
            "prometheus_client is not installed, which --metrics needs",
            hint="pip install 'modelops-git[controller]'",
        ) from error
    return prometheus_client
