"""The client: Debian's `wrk`, which sends the same request again and again over a few connections."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """\
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [==[{body}]==]
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\nRESULT {{"requests": %d, "microseconds": %d, "p50": %f, "p99": %f, "most": %f, "failed": %d}}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""
MARK = "RESULT "


class Client(NamedTuple):
    """Who asks.

    Attributes:
        program: `wrk`.
        script: What is sent, in Lua.
    """

    program: str
    script: Path


class Load(NamedTuple):
    """What came of a while of requests.

    Attributes:
        requests: How many were answered.
        seconds: How long that took.
        p50: Seconds that half of them took at most.
        p99: Seconds that 99 of 100 took at most.
        most: Seconds that the longest took.
        failed: Those without an answer, or with a status of 400 or more.
    """

    requests: int
    seconds: float
    p50: float
    p99: float
    most: float
    failed: int


def client(folder: Path, body: str) -> Client | None:
    """Who posts `body`; None where wrk is not installed."""
    program = shutil.which("wrk")
    if program is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "post.lua"
    script.write_text(SCRIPT.format(body=body), encoding="utf-8")
    return Client(program, script)


def load(asking: Client, url: str, connections: int, seconds: float) -> Load:
    """Send requests over so many connections for so many seconds, each when the one before was answered.

    Raises:
        CalledProcessError: wrk fails.
    """
    words = [asking.program, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout=10s"]
    done = subprocess.run([*words, "-s", asking.script, url], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.rpartition(MARK)[2])
    return Load(
        found["requests"],
        found["microseconds"] / 1e6,
        found["p50"] / 1e6,
        found["p99"] / 1e6,
        found["most"] / 1e6,
        found["failed"],
    )
