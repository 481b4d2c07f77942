"""What is written down of each prediction: a line of the log, and the counts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from modelops_git.core.serving.prediction_ids import time_said

if TYPE_CHECKING:
    from modelops_git.edges.predictions.log import PredictionLog
    from modelops_git.faces.gateway.codecs import Done
    from modelops_git.faces.gateway.metrics import Metrics
    from modelops_git.faces.gateway.tags import Tag

LEAST = 512
"""Bytes of a record without what was sent and answered."""


class Call(NamedTuple):
    """What is known of a request beside its body.

    Attributes:
        at: When it came, in milliseconds since 1970.
        size: How long it was, in bytes.
        key: What decided who answers; None where chance did.
        shadow_of: The name of the prediction that the caller was given, where a mirror was shown the request.
    """

    at: int
    size: int
    key: str | None = None
    shadow_of: str | None = None


class Records:
    """Where predictions are written down; the log may be absent."""

    def __init__(self, environment: str, metrics: Metrics, log: PredictionLog | None) -> None:
        self._environment, self._metrics, self._log = environment, metrics, log
        self._losses, self._lock = 0, threading.Lock()

    def prediction(self, tag: Tag, call: Call, done: Done, seconds: float) -> None:
        """Write down what came of a request."""
        self._metrics.request(tag.model, tag.route, done.status, seconds)
        if self._log is None:
            return
        record: dict[str, Any] = {
            "id": tag.id,
            "at": time_said(call.at),
            "environment": self._environment,
            "model": tag.model,
            "version": tag.route.version,
            "digest": tag.route.digest,
            "role": tag.route.role,
            "status": done.status,
            "error": done.error,
            "latency": round(seconds, 6),
            "instances": len(done.inputs),
            "input": done.inputs,
            "output": done.outputs,
        }
        if call.key is not None:
            record["key"] = call.key
        if call.shadow_of is not None:
            record["shadow_of"] = call.shadow_of
        self._log.write(record, LEAST + call.size + len(done.content))
        self._count_losses(self._log)

    def _count_losses(self, log: PredictionLog) -> None:
        counts = log.counts
        lost = counts.dropped + counts.failed
        if lost != self._losses:
            with self._lock:
                self._metrics.lost(lost - self._losses)
                self._losses = lost
