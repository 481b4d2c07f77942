"""Versions that need no model: they answer with their number, and do as tests want."""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

import numpy as np

from modelops_git.core.routes import Assign, Route, Stamp
from modelops_git.edges.loaders.base import BadInputError, ModelError, TensorSpec
from modelops_git.engine.serving.checking import Refusal
from modelops_git.engine.serving.live import Routing

MODEL = "team/iris"


def route(version, role="stable", weight=100, assign=None):
    digest = f"sha256:{version.replace('.', ''):0>64}"
    return Route(role=role, version=version, digest=digest, artifacts=digest, weight=weight, assign=assign)


class Row(NamedTuple):
    role: str = "model"
    format: str = "onnx"


class Manifest(NamedTuple):
    artifacts: tuple[Row, ...] = (Row(),)


class Document(NamedTuple):
    manifest: Manifest = Manifest()


class FakeVersion:
    """Takes lists of four numbers, and answers each with their sum and its own number."""

    document = Document()
    inputs = (TensorSpec("X", "FP32", (-1, 4)),)
    outputs = (TensorSpec("sum", "FP32", (-1,)),)

    def __init__(self, number: str) -> None:
        self.number = number
        self.asked: list[Any] = []
        self.fails = False
        self.gate = threading.Event()
        self.gate.set()

    def refusal(self, instance: Any) -> Refusal | None:
        if not isinstance(instance, list):
            return Refusal("", "it is not a list")
        odd = [at for at, one in enumerate(instance) if isinstance(one, bool | str)]
        return Refusal(f"/{odd[0]}", "it is not a number") if odd else None

    def predict(self, instances: list[Any]) -> list[Any]:
        self.asked.append(instances)
        assert self.gate.wait(10)
        if self.fails:
            raise ModelError("the secret of why")
        if any(len(one) != len("xxxx") for one in instances):
            raise BadInputError("/0", "it has not four numbers")
        return [{"sum": sum(one), "by": self.number} for one in instances]

    def fitting(self, tensors: Any) -> Any:
        return tensors

    def run(self, tensors: Any) -> Any:
        self.asked.append(tensors)
        if self.fails:
            raise ModelError("the secret of why")
        return {"sum": tensors["X"].sum(axis=1, dtype=np.float32)}

    def instances(self, tensors: Any) -> list[Any]:
        return tensors["X"].tolist()

    def answers(self, tensors: Any) -> list[Any]:
        return tensors["sum"].tolist()


class FakeLive:
    """What is live, as tests say."""

    def __init__(self) -> None:
        self.routings: dict[str, Routing[FakeVersion]] = {}
        self.is_settled = True

    @property
    def models(self) -> list[str]:
        return sorted(self.routings)

    def routing(self, model: str) -> Routing[FakeVersion] | None:
        return self.routings.get(model)

    def serving(self) -> dict[str, object]:
        return dict.fromkeys(self.routings)

    def serve(self, *routes: Route, model: str = MODEL) -> dict[str, FakeVersion]:
        """Serve routes for a model; the versions, by their numbers."""
        versions = {one.version: FakeVersion(one.version) for one in routes}
        stamp = Stamp(run="r1", sequence=1)
        self.routings[model] = Routing(routes, stamp, {one.digest: versions[one.version] for one in routes})
        return versions


class FakeLog:
    """Keeps what it is given."""

    class counts:  # noqa: N801 - stands for an attribute
        dropped = failed = 0

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.truths: list[dict[str, Any]] = []

    def write(self, record: Any, _size: int) -> None:
        self.records.append(dict(record))

    def feedback(self, record: Any, _size: int) -> None:
        self.truths.append(dict(record))


def eventually(holds: Any) -> bool:
    """Whether something comes to hold soon: what a thread does meanwhile."""
    for _ in range(1000):
        if holds():
            return True
        time.sleep(0.005)
    return False


__all__ = ["MODEL", "Assign", "FakeLive", "FakeLog", "FakeVersion", "eventually", "route"]
