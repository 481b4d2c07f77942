"""What the controller logs: one line an event; plain for people, one JSON object for programs.

An object always has `at` (RFC 3339 in UTC), `level`, `event` and `message`; what else it has depends on the
event, and is in the message as well.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from modelops_git.core.clock import format_time
from modelops_git.faces.reporting.lines import render

if TYPE_CHECKING:
    from modelops_git.engine.controller import Beat
    from modelops_git.engine.reconcile import Round

LOGGER = logging.getLogger("modelops_git.controller")
TEXT, JSON = "text", "json"
INFO, ERROR = logging.INFO, logging.ERROR


class _Lines(logging.Formatter):
    """An event as a line; of several lines of a message one is made, and nothing in it reaches a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        told = " ".join(_message(record).split())
        return render(f"{_time(record)} {record.levelname.lower():7} {told}", colour=False)


class _Objects(logging.Formatter):
    """An event as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = getattr(record, "fields", {})
        event = {"at": _time(record), "level": record.levelname.lower(), "message": _message(record)}
        return json.dumps(event | fields, ensure_ascii=True)


def _message(record: logging.LogRecord) -> str:
    """What happened, and by which exception, in one line."""
    error = record.exc_info[1] if record.exc_info else None
    said = f": {type(error).__name__}: {error}" if error else ""
    return record.getMessage().strip() + said


def _time(record: logging.LogRecord) -> str:
    return format_time(datetime.fromtimestamp(record.created, UTC).replace(microsecond=0))


def begin(form: str) -> None:
    """Log to stderr: as `text` or `json`, by default as text only where a person looks at it."""
    chosen = form or (TEXT if sys.stderr.isatty() else JSON)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Objects() if chosen == JSON else _Lines())
    LOGGER.handlers = [handler]
    LOGGER.propagate = False
    LOGGER.setLevel(logging.INFO)


def listen(library: str) -> None:
    """Log errors of a library in the same form; what it warns of callers do, who could fill the log."""
    logger = logging.getLogger(library)
    logger.handlers, logger.propagate = list(LOGGER.handlers), False
    logger.setLevel(ERROR)


def log(event: str, message: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Log one event."""
    LOGGER.log(level, "%s", message, extra={"fields": {"event": event, **fields}})


class Telling:
    """Logs what a tick did, and what stays only when it changes."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str, str], str] = {}

    def beat(self, beat: Beat) -> None:
        """Log one tick."""
        if beat.problem is not None:
            log("tick-failed", beat.problem.message, level=logging.ERROR, hint=beat.problem.hint)
        for one in beat.rounds:
            self._round(one)

    def _round(self, one: Round) -> None:
        where = one.environment
        for done in one.outcomes:
            now = ", ".join(f"{route.version} {route.weight} %" for route in done.after) or "nothing"
            message = f"{where} {done.model}: {done.action}, serves {now}"
            log("done", message, environment=where, model=done.model, action=done.action, commit=one.commit)
        for model in one.healed:
            log("healed", f"{where} {model}: its target was mended", environment=where, model=model)
        for revert in one.reverts:
            message = f"{where} {revert.model}: {revert.text}"
            log("revert", message, environment=where, model=revert.model, branch=revert.branch)
        for failure in one.failures:
            message = f"{f'{where} {failure.model}'.strip()}: {failure.error.message}"
            fields = {"environment": where, "model": failure.model, "hint": failure.error.hint}
            log("failed", message, level=logging.ERROR, **fields)
        self._changes(one)

    def _changes(self, one: Round) -> None:
        """What stays: told when it is new, or not as it was told."""
        found = {("stays", stands.model): stands.text for stands in one.standing}
        found |= {("held", model): f"held: {reason}" for model, reason in one.held.items()}
        found |= {("drifted", model): f"{drift.drift}: {drift.detail}" for model, drift in one.drifts.items()}
        found |= {("refused", finding.place.path): finding.message for finding in one.findings}
        found |= {("refused", refusal.model): refusal.error.message for refusal in one.refused}
        here = {(one.environment, *key): text for key, text in found.items()}
        gone = [key for key in self._told if key[0] == one.environment and key not in here]
        for key in gone:
            del self._told[key]
        for key, text in here.items():
            if self._told.get(key) != text:
                _, event, model = key
                log(event, f"{one.environment} {model}: {text}", environment=one.environment, model=model)
        self._told |= here
