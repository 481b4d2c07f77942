"""`modelops serve` as a process: it follows the route tables that apply writes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections import Counter as Tally
from pathlib import Path

import numpy as np
import pytest
import tritonclient.http as triton
import urllib3

from counter import FLOWER, MODEL, Counter, answer_of
from modelops_git.core.routes import Stamp
from modelops_git.edges.targets.base import Order
from modelops_git.edges.targets.gateway import Gateway


@pytest.fixture
def counter(tmp_path):
    """A shop whose models answer; 1.0.0 is live in production, 1.1.0 and 1.2.0 are registered."""
    counter = Counter(tmp_path / "shop")
    counter.journals()
    counter.stock("1.0.0", "1.1.0", "1.2.0")
    return counter


def canary(weight):
    return {"type": "canary", "steps": [{"weight": weight, "for": "10m"}]}


def logged(counter, table="predictions"):
    """All lines of production's log."""
    folder = counter.clone / ".modelops/logs/production" / table
    lines = [line for path in sorted(folder.rglob("*.jsonl")) for line in path.read_text().splitlines()]
    return [json.loads(line) for line in lines]


def test_what_is_merged_is_served_once_apply_has_said_so(counter):
    with counter.serving() as server:
        assert server.predict()["version"] == "1.0.0"
        assert counter.go("1.1.0", strategy=canary(50)).code == 0
        assert set(Tally(server.predict()["version"] for _ in range(60))) == {"1.0.0", "1.1.0"}
        counter.modelops("rollback", MODEL, "--env", "production", "--now")
        until = time.monotonic() + 20
        while server.get("/models")["models"][0]["routes"][0]["weight"] != 100 and time.monotonic() < until:
            time.sleep(0.02)
        assert {server.predict()["version"] for _ in range(30)} == {"1.0.0"}
    assert {one["status"] for one in logged(counter)} == {200}
    assert len(logged(counter)) == 91, "what was logged is there when the server has ended"
    assert server.process.returncode == 0


def test_a_version_that_cannot_be_loaded_is_not_taken_for_live(counter):
    counter.broken = {"1.3.0"}
    counter.version("1.3.0", parent="1.2.0")
    with counter.serving() as server:
        done = counter.go("1.3.0")
        assert done.code == 3, done
        assert "1.3.0" in done.err + done.out
        assert "onnxruntime does not load" in done.err + done.out
        assert server.predict()["version"] == "1.0.0", "what was live goes on answering"
        assert server.status("/v2/health/ready") == 200
        assert 'modelops_load_failures_total{model="iris"}' in server.ask("/metrics").data.decode()
        assert counter.modelops("abort", MODEL, "--env", "production", check=False).code == 0
        assert server.predict()["version"] == "1.0.0"


COUNTING = """
import gc
def count(phase, found):
    with open({path!r}, "a") as file:
        print(found.get("collected", 0), file=file)
gc.callbacks.append(count)
"""


def test_a_server_lets_no_garbage_gather_whose_removal_would_hold_up_requests(counter, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(COUNTING.format(path=str(tmp_path / "collected")))
    counter.env["PYTHONPATH"] = str(tmp_path)
    with counter.serving() as server:
        for _ in range(20):
            server.predict()
        begun = len((tmp_path / "collected").read_text().splitlines())
        for _ in range(400):
            server.predict()
        found = [int(line) for line in (tmp_path / "collected").read_text().splitlines()[begun:]]
    assert len(found) > 4, "400 requests leave circles behind"
    assert max(found) < 2_000


@pytest.mark.slow
def test_a_version_that_hangs_keeps_no_other_from_answering_and_no_server_from_ending(counter):
    counter.hanging = {"2.0.0"}
    counter.version("2.0.0", model="hanging")
    counter.want("2.0.0", model="hanging")
    counter.merge()
    counter.modelops("apply")
    with counter.serving("--threads", "2", "--timeout", "1") as server:
        asked = [server.post("/models/hanging/predict", {"instance": FLOWER})[0] for _ in range(4)]
        assert asked == [504, 504, 503, 503]
        assert server.predict()["version"] == "1.0.0"
    assert server.process.returncode == 0, "not a crash, and not only once it was killed"


@pytest.mark.slow
def test_workers_end_with_the_process_that_has_started_them(counter):
    with counter.started("--workers", "2") as server:
        server.address = server.wait_for("serving")["address"]
        while server.status("/v2/health/ready") != 200:
            time.sleep(0.05)
        server.process.kill()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2]))).close()
            except ConnectionRefusedError:
                return
            time.sleep(0.05)
    raise AssertionError("somebody listens still")


def test_files_that_were_changed_are_not_loaded(counter):
    (changed,) = (counter.folder / "live/production/files").rglob("*.onnx")
    data = bytearray(changed.read_bytes())
    data[-1] ^= 1
    changed.chmod(0o644)
    changed.write_bytes(data)
    with counter.started() as server:
        said = server.wait_for("failed")
        server.address = server.wait_for("serving")["address"]
        assert server.post(f"/models/{MODEL}/predict", {"instance": FLOWER})[0] == 404
        assert server.status("/v2/health/ready") == 400
    assert (said["model"], said["level"]) == (MODEL, "error")
    assert "iris 1.0.0 is not loaded" in said["message"]


def test_a_client_that_somebody_else_wrote_is_answered(counter):
    with counter.serving() as server, triton.InferenceServerClient(server.address[7:]) as client:
        assert client.is_server_live()
        assert client.is_server_ready()
        assert client.is_model_ready(MODEL)
        assert client.is_model_ready(MODEL, "1.0.0")
        assert not client.is_model_ready("nobody")
        assert client.get_server_metadata()["name"] == "modelops-git"
        about = client.get_model_metadata(MODEL)
        assert about["inputs"] == [{"name": "X", "datatype": "FP32", "shape": [-1, 4]}]
        for binary in (True, False):
            flowers = triton.InferInput("X", [2, 4], "FP32")
            flowers.set_data_from_numpy(np.array([FLOWER, FLOWER], np.float32), binary_data=binary)
            wanted = triton.InferRequestedOutput("y", binary_data=binary)
            answer = client.infer(MODEL, [flowers], outputs=[wanted], request_id="mine")
            assert answer.as_numpy("y").tolist() == [answer_of("1.0.0")] * 2
            assert answer.get_response()["id"] == "mine"
            assert answer.get_response()["model_version"] == "1.0.0"
        everything = client.infer(MODEL, [flowers], model_version="1.0.0")
        assert everything.as_numpy("y").tolist() == [answer_of("1.0.0")] * 2
        flowers = triton.InferInput("X", [1, 4], "FP64")
        flowers.set_data_from_numpy(np.array([FLOWER]))
        with pytest.raises(triton.InferenceServerException, match="X is FP32, not FP64"):
            client.infer(MODEL, [flowers])


def test_another_servers_address_is_refused_in_a_sentence(counter):
    with counter.serving() as server:
        port = server.address.rpartition(":")[2]
        done = counter.modelops("serve", "--env", "production", "--port", port, check=False)
    assert done.code == 3
    assert f"nobody can be served at 127.0.0.1:{port}: Address already in use" in done.err


def test_an_environment_that_is_none_is_refused(counter):
    done = counter.modelops("serve", "--env", "prod", "--port", "0", check=False)
    assert done.code == 2
    assert "prod" in done.err


# --- under load, while routes change ---------------------------------------------------------------------


class Load:
    """wrk, which sends flowers as fast as they are answered."""

    LUA = """
wrk.method = "POST"
wrk.body = '{"instance":[5.1,3.5,1.4,0.2]}'
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("JSON{\\"requests\\":%d,\\"failed\\":%d}\\n", summary.requests,
    e.connect + e.read + e.write + e.status + e.timeout))
end
"""

    def __init__(self, folder, server, seconds):
        script = folder / "load.lua"
        script.write_text(self.LUA)
        url = f"{server.address}/models/{MODEL}/predict"
        words = ["wrk", "-t1", "-c16", f"-d{seconds}s", "--timeout", "20s", "-s", str(script), url]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    @property
    def is_over(self):
        return self.process.poll() is not None

    def result(self):
        out = self.process.communicate(timeout=120)[0].decode()
        assert self.process.returncode == 0, out
        return json.loads(out.partition("JSON")[2])


def switch(counter, number):
    """The table's next state, written as the engine writes it: shares go up, versions come and go."""
    gateway = Gateway(counter.folder / "live/production")
    table = gateway.table(MODEL)
    share = (5, 25, 50, 100)[number % 4]
    live, new = SWITCHED[number // 4 % 2], SWITCHED[1 - number // 4 % 2]
    routes = (
        (ROUTES[new].model_copy(update={"role": "stable", "weight": 100}),)
        if share == 100
        else (
            ROUTES[live].model_copy(update={"role": "stable", "weight": 100 - share}),
            ROUTES[new].model_copy(update={"role": "candidate", "weight": share}),
        )
    )
    stamp = Stamp(run=f"switch-{number}", sequence=table.stamp.sequence + 1)
    gateway.apply(Order(MODEL, routes, stamp, table.stamp))
    return gateway.health(MODEL)


SWITCHED = ("1.0.0", "1.1.0")
ROUTES = {}


def prepare(counter):
    """Both versions are there to be routed to."""
    gateway = Gateway(counter.folder / "live/production")
    ROUTES["1.0.0"] = gateway.table(MODEL).routes[0]
    assert counter.go("1.1.0").code == 0
    ROUTES["1.1.0"] = gateway.table(MODEL).routes[0]
    assert counter.go("1.0.0").code == 0


def load_while_routes_change(counter, server, folder, *, seconds, switches):
    load = Load(folder, server, seconds)
    for number in range(switches):
        assert switch(counter, number).is_good
        assert not load.is_over, "the routes change while there is load"
        time.sleep(seconds * 0.4 / switches)
    return load.result()


@pytest.mark.needs("wrk", package="wrk")
def test_no_request_fails_while_routes_change(counter, tmp_path):
    prepare(counter)
    with counter.serving() as server:
        result = load_while_routes_change(counter, server, tmp_path, seconds=2, switches=6)
    assert result["failed"] == 0
    assert result["requests"] > 200
    assert all(one["output"] == [answer_of(one["version"])] for one in logged(counter))


@pytest.mark.slow
@pytest.mark.needs("wrk", package="wrk")
def test_no_request_fails_while_routes_change_fifty_times_on_two_workers(counter, tmp_path):
    prepare(counter)
    with counter.serving("--workers", "2") as server:
        result = load_while_routes_change(counter, server, tmp_path, seconds=30, switches=50)
        told = server.ask("/metrics").data.decode()
    assert result["failed"] == 0
    records = logged(counter)
    assert result["requests"] <= len(records) <= result["requests"] + 16, "all are logged, each once"
    assert len({one["id"] for one in records}) == len(records)
    assert all(one["output"] == [answer_of(one["version"])] for one in records)
    assert {one["status"] for one in records} == {200}
    counted = sum(
        float(line.rpartition(" ")[2])
        for line in told.splitlines()
        if line.startswith("modelops_requests_total") and 'status="ok"' in line
    )
    assert result["requests"] <= counted <= len(records), "the workers' counts add up"


@pytest.mark.slow
@pytest.mark.needs("wrk", package="wrk")
def test_shares_are_those_of_the_weights(counter, tmp_path):
    counter.go("1.1.0", strategy=canary(20))
    with counter.serving() as server:
        result = Load(tmp_path, server, 5).result()
    assert result["failed"] == 0
    met = Tally(one["version"] for one in logged(counter))
    count = sum(met.values())
    # Five standard deviations of a share of 20 %: by chance it is further off once in two million runs.
    assert abs(met["1.1.0"] - 0.2 * count) < 5 * (0.16 * count) ** 0.5


@pytest.mark.slow
def test_a_worker_that_dies_is_replaced_and_nothing_whole_is_lost(counter):
    with counter.serving("--workers", "2") as server:
        answered = [server.predict()["prediction_id"] for _ in range(50)]
        time.sleep(0.5)  # the log is written ten times a second
        children = subprocess.run(
            ["pgrep", "-P", str(server.process.pid)], capture_output=True, check=True
        ).stdout.split()
        workers = [int(pid) for pid in children if b"spawn_main" in _command_line(int(pid))]
        os.kill(workers[0], signal.SIGKILL)
        answered += [_patient(server)["prediction_id"] for _ in range(50)]
    assert len({one["id"] for one in logged(counter)}.intersection(answered)) == 100


def _patient(server):
    """An answer; a connection that the dead process had accepted may be cut."""
    for _ in range(100):
        try:
            return server.predict()
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    raise AssertionError("nobody answers")


def _command_line(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()
