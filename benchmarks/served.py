"""A registry with a real model of three versions, each of which was applied to the folder of a gateway."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import registry
from modelops_git.core.artifacts import artifact_prefix
from modelops_git.core.manifests.parse import parse_document
from modelops_git.core.routes import Stamp
from modelops_git.edges.targets.base import Order
from modelops_git.edges.targets.gateway import Gateway
from modelops_git.engine.intent import route_to
from promotions import ENVIRONMENT, IDENTITY, REGISTRY, git, rollout_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from modelops_git.core.routes import Route

MODEL = "transactions"
FEATURES, CLASSES, TREES, VERSIONS = 9, 3, 50, 3
TEXT = """\
api_version: modelops/v1
kind: ModelVersion
model: {model}
version: 1.{minor}.0
{parent}summary: A random forest of {trees} trees.
created_at: "2026-06-02T15:30:00Z"
authors: ["github:ana"]
artifacts:
  - {{path: model.onnx, role: model, format: onnx, sha256: "{sha256}", size: {size}}}
interface:
  protocol: json
  input:
    type: array
    items: {{type: number}}
    minItems: 9
    maxItems: 9
  output:
    type: object
    properties:
      label: {{type: integer}}
      probabilities: {{type: array, items: {{type: number}}}}
    required: [label, probabilities]
"""
REQUEST = {
    "inputs": [
        {
            "name": "X",
            "shape": [1, FEATURES],
            "datatype": "FP32",
            "data": [0.25, -1.5, 0.75, 2.25, -0.5, 1.0, 0.125, -0.25, 0.5],
        }
    ]
}
"""One instance, as most requests have."""


@dataclass(frozen=True, slots=True)
class Place:
    """What was made.

    Attributes:
        root: The clone of the registry.
        gateway: Where the routes are.
        routes: One for each version, with all of the traffic.
        file: The ONNX file of the first version.
    """

    root: Path
    gateway: Gateway
    routes: tuple[Route, ...]
    file: Path

    def serve(self, routes: Sequence[Route]) -> None:
        """Replace the routes, as an apply does in its target."""
        before = self.gateway.observe(MODEL)
        sequence = before.stamp.sequence + 1 if before.stamp else 0
        stamp = Stamp(run="benchmark", sequence=sequence)
        self.gateway.apply(Order(MODEL, tuple(routes), stamp, before.stamp, previous=before.routes))


def place(folder: Path, modelops: Path, env: Mapping[str, str]) -> Place:
    """Make the registry, and apply each of its versions in turn, the first one last.

    Raises:
        CalledProcessError: Something fails.
    """
    env = {**env, **IDENTITY}
    remote, root = folder / "remote.git", folder / "clone"
    folder.mkdir(parents=True)
    git(folder, env, "init", "--quiet", "--bare", f"--initial-branch={registry.BRANCH}", str(remote))
    git(folder, env, "clone", "--quiet", str(remote), str(root))
    models = [_forest(number) for number in range(VERSIONS)]
    texts = [_text(number, data) for number, data in enumerate(models)]
    routes = tuple(_route(number, text) for number, text in enumerate(texts))
    for route, data in zip(routes, models, strict=True):
        stored = root / ".modelops" / "store" / artifact_prefix(MODEL, route.version, route.artifacts)
        stored.mkdir(parents=True)
        (stored / "model.onnx").write_bytes(data)
    for path, text in _files(texts):
        _write(root, path, text)
    for number in (1, 2, 0):
        text = rollout_text(MODEL, number, routes[number].digest)
        _write(root, f"models/{MODEL}/rollouts/{ENVIRONMENT}.yaml", text)
        git(root, env, "add", "--all")
        git(root, env, "commit", "--quiet", "-m", f"Serve 1.{number}.0")
        git(root, env, "push", "--quiet", "origin", registry.BRANCH)
        if number == 1:
            _run(root, env, modelops, "journal", "create", ENVIRONMENT)
        _run(root, env, modelops, "apply", "--env", ENVIRONMENT)
    gateway = Gateway(root / ".modelops" / "live")
    assert gateway.observe(MODEL).routes == routes[:1]
    return Place(root, gateway, routes, gateway.files_of(MODEL, routes[0]) / "model.onnx")


def _files(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Everything but the rollout, which asks for one version after the other."""
    yield "modelops.yaml", REGISTRY
    yield ".gitignore", ".modelops/\n"
    yield f"models/{MODEL}/model.yaml", registry.MODEL.format(model=MODEL).partition("metrics:")[0]
    for number, text in enumerate(texts):
        yield registry.version_path(MODEL, number), text


def _run(root: Path, env: Mapping[str, str], *words: str | Path) -> None:
    subprocess.run(words, cwd=root, env=env, check=True, capture_output=True)


def _forest(seed: int) -> bytes:
    """A random forest over nine numbers, as ONNX; another one for each seed."""
    import numpy as np
    from skl2onnx import to_onnx  # type: ignore[import-untyped]  # it has no types
    from sklearn.ensemble import RandomForestClassifier  # type: ignore[import-untyped]  # as well

    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(2_000, FEATURES)).astype(np.float32)
    classes = (rows[:, :3].sum(axis=1) > 0).astype(int) + (rows[:, 3] > 1)
    model = RandomForestClassifier(TREES, max_depth=8, random_state=seed).fit(rows, classes)
    opsets = {"": 17, "ai.onnx.ml": 3}
    made: bytes = to_onnx(model, rows[:1], options={"zipmap": False}, target_opset=opsets).SerializeToString()
    return made


def _text(minor: int, data: bytes) -> str:
    return TEXT.format(
        model=MODEL,
        minor=minor,
        parent=f"parent: 1.{minor - 1}.0\n" if minor else "",
        trees=TREES,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )


def _route(minor: int, text: str) -> Route:
    parsed = parse_document(registry.version_path(MODEL, minor), text.encode())
    assert parsed.document is not None, parsed.findings
    return route_to(parsed.document)


def _write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")
