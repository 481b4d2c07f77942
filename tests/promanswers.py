"""Prometheus in memory: what it says to a query is given, in the form that the real one says it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from email.utils import format_datetime

from measuring import minute
from modelops_git.edges.metrics import prometheus
from modelops_git.edges.metrics.web import Answer, Site


def vector(*series):
    """The answer with some series, each a value as a text, or a pair of labels and a value."""
    pairs = [one if isinstance(one, tuple) else ({}, one) for one in series]
    return result("vector", [{"metric": labels, "value": [1762084800.5, value]} for labels, value in pairs])


def result(kind, found):
    return {"status": "success", "data": {"resultType": kind, "result": found}}


def refusal(kind, message):
    return {"status": "error", "errorType": kind, "error": message}


class Canned:
    """A connection to a server.

    Attributes:
        says: The answer to every query, or a function from a form to it; bytes are sent as they are.
        asked: The forms that were sent.
        now: The server's time.
    """

    def __init__(self, says, status=200, now=None):
        self.says, self.status, self.now = says, status, now or minute(600)
        self.asked = []
        self.site = Site("http://prometheus:9090/api/v1/query", setting="address")

    def ask(self, form):
        self.asked.append(form)
        said = self.says(form) if callable(self.says) else self.says
        if isinstance(said, Exception):
            raise said
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return Answer(self.status, body, format_datetime(self.now, usegmt=True))

    def install(self, monkeypatch):
        """Answer in the place of every server."""

        @contextmanager
        def connected(site):
            self.site = site
            yield self

        monkeypatch.setattr(prometheus, "connected", connected)
        return self
