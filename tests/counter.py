"""A shop that serves: models that answer with their own number, and `modelops serve` as a process."""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import contextmanager

import numpy as np
import urllib3
from onnx import TensorProto, helper, numpy_helper

from shop import MODELOPS, Shop

MODEL = "iris"
FLOWER = [5.1, 3.5, 1.4, 0.2]


def answer_of(number):
    """What the version of a number answers: 1.2.3 says 10203."""
    major, minor, patch = (int(part) for part in number.split("."))
    return major * 10_000 + minor * 100 + patch


def always(answer):
    """An ONNX model of four numbers that answers every flower with `answer`."""
    taken = helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 4])
    given = helper.make_tensor_value_info("y", TensorProto.INT64, [None])
    constants = {"axes": np.array([1]), "nothing": np.array(0), "answer": np.array(answer)}
    nodes = [
        helper.make_node("ReduceSum", ["X", "axes"], ["sum"], keepdims=0),
        helper.make_node("Cast", ["sum"], ["whole"], to=TensorProto.INT64),
        helper.make_node("Mul", ["whole", "nothing"], ["zero"]),
        helper.make_node("Add", ["zero", "answer"], ["y"]),
    ]
    given_constants = [
        numpy_helper.from_array(value.astype(np.int64), name) for name, value in constants.items()
    ]
    graph = helper.make_graph(nodes, "g", [taken], [given], initializer=given_constants)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9
    ).SerializeToString()


def for_ever():
    """An ONNX model of four numbers that never answers."""
    value = helper.make_tensor_value_info
    taken, given = (value(name, TensorProto.FLOAT, [None, 4]) for name in "Xy")
    into = [
        value("i", TensorProto.INT64, []),
        value("go", TensorProto.BOOL, []),
        value("v", TensorProto.FLOAT, [None, 4]),
    ]
    out = [value("on", TensorProto.BOOL, []), value("w", TensorProto.FLOAT, [None, 4])]
    nodes = [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Sin", ["v"], ["w"])]
    loop = helper.make_node(
        "Loop", ["times", "yes", "X"], ["y"], body=helper.make_graph(nodes, "b", into, out)
    )
    constants = [
        numpy_helper.from_array(np.array(2**62), "times"),
        numpy_helper.from_array(np.array(True), "yes"),
    ]
    graph = helper.make_graph([loop], "g", [taken], [given], initializer=constants)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9
    ).SerializeToString()


class Counter(Shop):
    """A shop whose models answer."""

    broken = frozenset()
    """Versions whose files no server can load."""
    hanging = frozenset()
    """Versions that never answer."""

    def weights(self, model, number):
        if number in self.hanging:
            return for_ever()
        return super().weights(model, number) if number in self.broken else always(answer_of(number))

    def stock(self, *numbers, model=MODEL):
        """Versions, each the child of the one before, the first of them live in production."""
        for parent, number in zip((None, *numbers), numbers, strict=False):
            self.version(number, parent=parent, model=model)
        self.want(numbers[0], model=model)
        self.merge()
        self.modelops("apply")

    def go(self, number, **more):
        """Merge that a version shall be live in production, and apply."""
        self.want(number, **more)
        self.merge()
        return self.modelops("apply", check=False)

    @contextmanager
    def started(self, *options, environment="production"):
        """A server that looks for new routes twenty times a second; it may not be ready yet."""
        words = ("serve", "--env", environment, "--port", "0", "--log-format", "json", "--refresh", "0.05")
        log = self.folder / f"serve-{time.monotonic_ns()}.log"
        with log.open("wb") as told:
            process = subprocess.Popen(
                [MODELOPS, *words, *options], cwd=self.clone, env=self.env, stdout=told, stderr=told
            )
        server = Server(process, log)
        try:
            yield server
            process.terminate()
            process.wait(30)
        finally:
            server.close()
            process.kill()
            process.wait()

    @contextmanager
    def serving(self, *options):
        """A server of production that is ready."""
        with self.started(*options) as server:
            server.wait_until_ready()
            yield server


class Server:
    """A server that runs."""

    def __init__(self, process, log):
        self.process, self._log = process, log
        self._pool = urllib3.PoolManager(timeout=30, retries=False)
        self.address = ""

    def close(self):
        self._pool.clear()

    @property
    def events(self):
        """What it has logged."""
        lines = self._log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    @property
    def told(self):
        return self._log.read_text()

    def wait_for(self, event):
        """The first event of a kind."""
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            found = [one for one in self.events if one["event"] == event]
            if found:
                return found[0]
            time.sleep(0.02)
        raise AssertionError(f"the server has not said {event}:\n{self.told}")

    def wait_until_ready(self):
        self.address = self.wait_for("serving")["address"]
        until = time.monotonic() + 60
        while self.status("/v2/health/ready") != 200:
            assert time.monotonic() < until, f"the server is not ready:\n{self.told}"
            time.sleep(0.02)

    def ask(self, path, body=None, headers=None):
        """The answer to a GET, or to a POST of a body."""
        method = "GET" if body is None else "POST"
        return self._pool.request(method, self.address + path, body=body, headers=headers)

    def get(self, path):
        return self.ask(path).json()

    def status(self, path):
        return self.ask(path).status

    def post(self, path, body, **headers):
        """The status and the JSON of an answer."""
        answer = self.ask(path, json.dumps(body), headers)
        return answer.status, answer.json()

    def predict(self, model=MODEL, **headers):
        """The answer to a flower."""
        status, said = self.post(f"/models/{model}/predict", {"instance": FLOWER}, **headers)
        assert status == 200, said
        assert said["prediction"] == answer_of(said["version"]), "an answer is of the version that it names"
        return said
