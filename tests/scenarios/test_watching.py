"""`modelops reconcile --watch` as a process: it serves metrics, logs, and stops when it is told to."""

from __future__ import annotations

import json
import signal
import socket
import time
import urllib.request

import pytest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def soon(what):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
def test_the_controller_makes_live_what_is_merged_until_a_signal_comes(live):
    port = free_port()
    options = ("--watch", "1", "--metrics", f"127.0.0.1:{port}", "--log-format", "json")
    process = live.start("reconcile", "--env", "production", *options)
    try:
        live.want("1.1.0")
        live.merge()
        assert soon(lambda: live.live() == "1.1.0" or process.poll() is not None)
        read = f"http://127.0.0.1:{port}/metrics"
        told = 'modelops_models{environment="production",state="live"} 1.0'
        assert soon(lambda: told in urllib.request.urlopen(read).read().decode())
        metrics = urllib.request.urlopen(read).read().decode()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, out.decode().startswith("Stopped after ")) == (0, True)
    assert 'modelops_actions_total{action="promote",environment="production"} 1.0' in metrics
    assert "modelops_last_tick_timestamp_seconds" in metrics
    events = [json.loads(line) for line in err.decode().splitlines()]
    assert [one["event"] for one in events] == ["started", "done", "stopping", "stopped"]
    assert (events[1]["model"], events[1]["action"]) == ("iris", "promote")
    assert live.modelops("status").code == 0
    assert live.is_whole()
