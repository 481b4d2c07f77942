"""`modelops reconcile --watch` as a process: it serves metrics, logs, and stops when it is told to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

from shop import MODELOPS


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


def slow_to_take(shop, seconds):
    """The remote thinks for a while about each push; a file shows that one is under way."""
    hook = shop.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{shop.folder}/pushing'\nsleep {seconds}\n")
    hook.chmod(0o755)
    return shop.folder / "pushing"


def started_in_a_group(shop):
    return subprocess.Popen(
        [MODELOPS, "reconcile", "--env", "production", "--watch", "1", "--log-format", "text"],
        cwd=shop.clone,
        env=shop.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.slow
def test_a_signal_to_the_whole_group_lets_the_step_under_way_come_to_its_end(live):
    live.want("1.1.0")
    live.merge()
    pushing = slow_to_take(live, 2)
    process = started_in_a_group(live)
    try:
        assert soon(pushing.exists)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, live.live()) == (0, "1.1.0")
    assert "SIGINT: stopping when the step under way is done" in err.decode()
    assert live.types()[-2:] == ["StepObserved", "RunEnded"]


@pytest.mark.slow
def test_a_second_signal_stops_it_at_once_and_the_next_round_goes_on(live):
    live.want("1.1.0")
    live.merge()
    pushing = slow_to_take(live, 3)
    process = started_in_a_group(live)
    try:
        assert soon(pushing.exists)
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
        process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, live.live()) == (130, "1.0.0")
    (live.remote / "hooks" / "pre-receive").unlink()
    time.sleep(3)  # the push that was under way has come to its end, one way or the other
    live.modelops("reconcile")
    assert live.live() == "1.1.0"
    assert live.is_whole()
