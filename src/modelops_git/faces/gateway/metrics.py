"""What a gateway counts, for Prometheus. Several worker processes add up: each keeps a file that all read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from modelops_git.core.routes import Route

BUCKETS = (
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075,
    0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0,
)  # fmt: skip
"""Seconds; so close to each other that a test of a quantile sees a rise by half."""
MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which prometheus_client knows that several processes count; set before it is imported."""
_OF_A_VERSION = ("environment", "model", "version", "digest", "role")
_SERVER_ERROR, _CLIENT_ERROR = 500, 400


class _Counters(NamedTuple):
    """What is counted for one route: requests by status, and how long they took."""

    ok: Any
    invalid: Any
    error: Any
    seconds: Any


class Metrics:
    """Counters of one process."""

    def __init__(self, environment: str) -> None:
        import prometheus_client as client

        self._environment = environment
        self.registry = registry = client.CollectorRegistry()

        def counter(name: str, said: str, labels: tuple[str, ...] = ()) -> client.Counter:
            return client.Counter(f"modelops_{name}", said, labels, registry=registry)

        self._requests = counter("requests", "Requests, by how they ended.", (*_OF_A_VERSION, "status"))
        self._seconds = client.Histogram(
            "modelops_request_duration_seconds",
            "How long answers took, from the request's last byte on.",
            _OF_A_VERSION,
            buckets=BUCKETS,
            registry=registry,
        )
        self._turned_away = counter("requests_turned_away", "Requests beyond the limit.")
        self._unshown = counter("mirror_requests_dropped", "Requests a mirror was not shown.", ("model",))
        self._failed = counter("load_failures", "Route tables that could not be served.", ("model",))
        self._lost = counter("log_records_dropped", "Predictions that were not logged.")
        self._weights = client.Gauge(
            "modelops_route_weight_percent",
            "The share of a version that is served.",
            _OF_A_VERSION,
            multiprocess_mode="mostrecent",
            registry=registry,
        )
        self._routes: dict[str, tuple[Route, ...]] = {}
        self._of = lru_cache(maxsize=4096)(self._counters)

    def request(self, model: str, route: Route, status: int, seconds: float) -> None:
        """Count one answer."""
        counters = self._of(model, route.version, route.digest, route.role)
        if status >= _SERVER_ERROR:
            counters.error.inc()
        elif status >= _CLIENT_ERROR:
            counters.invalid.inc()
        else:
            counters.ok.inc()
        counters.seconds.observe(seconds)

    def turned_away(self) -> None:
        """Count a request that was not begun."""
        self._turned_away.inc()

    def unshown(self, model: str) -> None:
        """Count a request that a mirror was not shown."""
        self._unshown.labels(model).inc()

    def load_failed(self, model: str) -> None:
        """Count a table that could not be served."""
        self._failed.labels(model).inc()

    def lost(self, count: int) -> None:
        """Count predictions that were not logged."""
        self._lost.inc(count)

    def serves(self, model: str, routes: tuple[Route, ...]) -> None:
        """Say with which weights versions are served from now on.

        Their counters begin at 0 now: Prometheus takes no series that begins at 5 for five requests.
        """
        for route in self._routes.get(model, ()):
            self._weight(model, route).set(0)
        for route in routes:
            self._weight(model, route).set(route.weight)
            self._of(model, route.version, route.digest, route.role)
        self._routes[model] = routes

    def text(self) -> bytes:
        """All of it, in Prometheus's text format."""
        import os

        import prometheus_client as client

        if MULTIPROCESS not in os.environ:
            return client.generate_latest(self.registry)
        from prometheus_client import multiprocess

        together = client.CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library's own
        return client.generate_latest(together)

    def _weight(self, model: str, route: Route) -> Any:
        return self._weights.labels(self._environment, model, route.version, route.digest, route.role)

    def _counters(self, model: str, version: str, digest: str, role: str) -> _Counters:
        names = (self._environment, model, version, digest, role)
        ok, invalid, error = (self._requests.labels(*names, status) for status in ("ok", "invalid", "error"))
        return _Counters(ok, invalid, error, self._seconds.labels(*names))
