"""A small CloudWatch for tests: `GetMetricData` over HTTP, in the protocol that botocore speaks.

It is strict: what is sent and what is answered must be as botocore's own model of the service says, and what
is sent as the API reference says beyond that. What an expression means is up to the test.
"""

from __future__ import annotations

import json
import math
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import botocore.session
from botocore.parsers import create_parser
from botocore.validate import ParamValidator

MODEL = botocore.session.get_session().get_service_model("cloudwatch")
OPERATION = MODEL.operation_model("GetMetricData")
TARGET = f"{MODEL.metadata['targetPrefix']}.{OPERATION.name}"
CONTENT = f"application/x-amz-json-{MODEL.metadata['jsonVersion']}"
NOW = datetime(2026, 11, 2, 18, tzinfo=UTC)


class Refusal(NamedTuple):
    """An answer that says no."""

    status: int
    code: str
    message: str = ""


class Asked(NamedTuple):
    """What one request asks for."""

    expression: str
    start: datetime
    end: datetime
    period: int
    token: str


@dataclass
class CloudWatch:
    """The server.

    Attributes:
        says: From what is asked to an answer as boto3 gives it, a refusal, or bytes.
        asked: What it was asked.
        refusals: What the next requests get.
        url: Its address.
    """

    says: object = None
    asked: list = field(default_factory=list)
    refusals: list = field(default_factory=list)
    url: str = ""

    def answer(self, headers, body):
        """Status and body for a request."""
        assert MODEL.resolved_protocol == "json", MODEL.resolved_protocol
        assert (headers["X-Amz-Target"], headers["Content-Type"]) == (TARGET, CONTENT)
        signed = r"AWS4-HMAC-SHA256 Credential=key/\d{8}/eu-west-1/monitoring/aws4_request, .*"
        assert re.fullmatch(signed, headers["Authorization"]), headers["Authorization"]
        asked = _asked(json.loads(body))
        self.asked.append(asked)
        said = self.refusals.pop(0) if self.refusals else self.says(asked)
        if isinstance(said, Refusal):
            return said.status, _error(said.code, said.message)
        return 200, said if isinstance(said, bytes) else _written(said)


def points(*pairs, status="Complete", label="value", **more):
    """A result: pairs of a time and a value, the newest first."""
    times, values = [at for at, _ in pairs], [value for _, value in pairs]
    return {
        "Id": "value",
        "Label": label,
        "Timestamps": times,
        "Values": values,
        "StatusCode": status,
        **more,
    }


def page(*results, **more):
    """An answer with some results."""
    return {"MetricDataResults": list(results), **more}


def _asked(body):
    given = create_parser("json")._parse_shape(OPERATION.input_shape, body)
    _require_valid(given, OPERATION.input_shape)
    assert given.keys() <= {"MetricDataQueries", "StartTime", "EndTime", "ScanBy", "NextToken"}, given
    assert given["ScanBy"] == "TimestampDescending"
    (query,) = given["MetricDataQueries"]
    assert query.keys() == {"Id", "Expression", "Period"}, query
    assert re.fullmatch(r"[a-z]\w{0,254}", query["Id"]), query
    start, end, period = given["StartTime"], given["EndTime"], query["Period"]
    age = NOW - start
    unit = 60 if age < timedelta(days=15) else 300 if age < timedelta(days=63) else 3600
    assert period % unit == 0, (period, unit)
    assert start.timestamp() % unit == 0, start
    assert start < end, (start, end)
    return Asked(query["Expression"], start, end, period, given.get("NextToken", ""))


def _require_valid(value, shape):
    report = ParamValidator().validate(value, shape)
    assert not report.has_errors(), report.generate_report()


def _written(value):
    _require_valid(value, OPERATION.output_shape)
    return json.dumps(_plain(value)).encode()


def _plain(value):
    """As AWS JSON has it: times are seconds since 1970, and what is no finite number is a text."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _error(code, message):
    return json.dumps({"__type": f"com.amazonaws.cloudwatch#{code}", "message": message}).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: what comes in two is waited for

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            assert self.path == "/", self.path
            status, said = self.server.cloudwatch.answer(self.headers, body)
        except AssertionError as error:
            status, said = 400, _error("NotAsTheModelSays", str(error))
        self.send_response(status)
        self.send_header("Content-Type", CONTENT)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_arguments):
        pass


@contextmanager
def serving(monkeypatch, says):
    """A server on 127.0.0.1 that boto3 finds, with the credentials for it, as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.cloudwatch = CloudWatch(says, url=f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH", server.cloudwatch.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.cloudwatch
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
