"""Versions at a gateway, made of whatever bytes a test needs, and small ONNX graphs."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from modelops_git.core import digests
from modelops_git.core.artifacts import artifact_prefix
from modelops_git.core.routes import Route
from modelops_git.edges.targets.gateway import Gateway
from modelops_git.engine.inspecting import Rules

MODEL, VERSION = "team/iris", "1.0.0"
ALLOWED = Rules(frozenset({"onnx", "skops", "safetensors"}))
NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}
FLOAT, INT64, STRING = 1, 7, 8
"""Types of elements, as ONNX numbers them."""


class At(NamedTuple):
    """A version at a gateway."""

    root: object
    route: Route
    folder: object
    written: dict

    @property
    def manifest(self):
        return self.root / "manifests" / f"{self.route.digest[7:]}.json"


def row(path, data, role="model", kind=None):
    written = {
        "path": path,
        "role": role,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
        "format": kind,
    }
    return {key: value for key, value in written.items() if value is not None}


def manifest(rows, interface):
    return {
        "api_version": "modelops/v1",
        "kind": "ModelVersion",
        "model": MODEL,
        "version": VERSION,
        "summary": "A model.",
        "created_at": "2026-06-02T15:30:00Z",
        "authors": ["github:ana"],
        "artifacts": rows,
        "interface": {"protocol": "json", **interface},
    }


def served(root, files, interface):
    """Put a version at the gateway in `root`; `files` are rows by path: (bytes, role, format)."""
    rows = [row(path, *about) for path, about in files.items()]
    written = manifest(rows, interface)
    artifacts = digests.of_artifacts((one["path"], one["sha256"], one["size"]) for one in rows)
    route = Route(
        role="stable", version=VERSION, digest=digests.of_json(written), artifacts=artifacts, weight=100
    )
    folder = root / "files" / artifact_prefix(MODEL, VERSION, artifacts)
    for path, about in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(about[0])
    Gateway(root).keep(route.digest, digests.canonical_json(written))
    return At(root, route, folder, written)


def graph(nodes, inputs, outputs, initializers=()):
    """An ONNX model; inputs and outputs are (name, type, shape) or whole descriptions."""
    from onnx import helper

    def value(one):
        return helper.make_tensor_value_info(*one) if isinstance(one, tuple) else one

    made = helper.make_graph(nodes, "g", [*map(value, inputs)], [*map(value, outputs)], [*initializers])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(made, ir_version=8, opset_imports=opsets).SerializeToString()


def doubling():
    """A graph that adds its four numbers to themselves."""
    from onnx import helper

    node = helper.make_node("Add", ["x", "x"], ["y"])
    return graph([node], [("x", FLOAT, ["n", 4])], [("y", FLOAT, ["n", 4])])


def echo(kind, shape=("n",)):
    """A graph that gives what it takes."""
    from onnx import helper

    node = helper.make_node("Identity", ["x"], ["y"])
    return graph([node], [("x", kind, [*shape])], [("y", kind, [*shape])])


def serve_onnx(root, data, interface=None):
    """A version that is one ONNX file; its interface is read from the graph where none is given."""
    from modelops_git.core.formats.onnx_graph import summary_of

    return served(root, {"model.onnx": (data, "model", "onnx")}, interface or summary_of(data).interface)
