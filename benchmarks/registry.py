"""A registry of many versions, as a clone of it would be: packed objects, one merged commit, all checked out.

All manifests are distinct, of ordinary size (about 60 lines), and valid for us and for the peers: times are
quoted, since YAML 1.1 readers would otherwise take them for dates, which JSON Schema does not know.
"""

from __future__ import annotations

import hashlib
import math
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ENVIRONMENTS = ("staging", "production")
BRANCH = "main"
HEADER = "commit refs/heads/main\ncommitter Benchmark <benchmark@example.com> 1780000000 +0000\n"
REGISTRY = """\
api_version: modelops/v1
kind: Registry
name: benchmark
default_store: primary
stores:
  primary:
    uri: file:.modelops/store
strategies:
  standard:
    type: immediate
environments:
  - name: staging
    targets:
      - {models: ["*"], type: gateway, uri: "file:.modelops/live/staging"}
  - name: production
    targets:
      - {models: ["*"], type: gateway, uri: "file:.modelops/live/production"}
    promote_from: [staging]
groups:
  ml-engineers: ["github:ana", "github:bo"]
required_metadata: [training.data, training.code.commit, training.hyperparameters, evaluations, limitations]
"""
MODEL = """\
api_version: modelops/v1
kind: Model
name: {model}
description: Judges transactions by nine measurements.
owners: [ml-engineers]
risk: low
lifecycle: active
license: apache-2.0
tags: [tabular, classification]
metrics:
  accuracy:
    evaluation: holdout
    goal: maximize
    primary: true
    min: 0.5
"""
VERSION = """\
api_version: modelops/v1
kind: ModelVersion
model: {model}
version: 1.{minor}.0
{parent}summary: Retrained on the data of week {minor}.
created_at: "2026-06-02T15:30:00Z"
authors: ["github:ana"]
framework:
  name: scikit-learn
  version: 1.5.2
algorithm: RandomForestClassifier
artifacts:
  - path: model.onnx
    role: model
    format: onnx
    sha256: "{weights}"
    size: 181224
  - path: labels.json
    role: config
    format: json
    sha256: "{labels}"
    size: 64
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
      prediction: {{type: integer, enum: [0, 1, 2]}}
    required: [prediction]
training:
  code:
    repository: https://git.example/acme/transactions
    commit: "{commit}"
    entrypoint: train.py
  environment:
    python: 3.11.7
  data:
    - name: transactions
      uri: s3://acme-data/transactions-{minor}.parquet
      sha256: "{data}"
      rows: {rows}
      features: 9
  hyperparameters:
    n_estimators: 100
    max_depth: 10
    learning_rate: 0.05
  seed: 42
evaluations:
  - name: holdout
    kind: performance
    data:
      name: transactions-test
      sha256: "{test_data}"
    metrics:
      accuracy: 0.{accuracy}
      f1_score: 0.{accuracy}
limitations:
  - Trained on transactions in euros only.
"""
ROLLOUT = """\
api_version: modelops/v1
kind: Rollout
model: {model}
environment: {environment}
version: 1.0.0
manifest_digest: {digest}
strategy: standard
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A generated registry with one new version in its index, on a branch of its own.

    Attributes:
        root: Its folder.
        added: The new version's file, relative to `root`.
        versions: How many versions are merged.
    """

    root: Path
    added: str
    versions: int


def version_path(model: str, minor: int) -> str:
    """Where version 1.`minor`.0 of a model is."""
    return f"models/{model}/versions/1.{minor}.0.yaml"


def version_text(model: str, minor: int) -> str:
    """The manifest of version 1.`minor`.0, made from the one before it."""
    return VERSION.format(
        model=model,
        minor=minor,
        parent=f"parent: 1.{minor - 1}.0\n" if minor else "",
        weights=_hex(model, minor, "weights"),
        labels=_hex(model, "labels"),
        commit=_hex(model, minor, "commit")[:40],
        data=_hex(model, minor, "data"),
        test_data=_hex(model, "test"),
        rows=150_000 + minor,
        accuracy=9000 + minor % 1000,
    )


def generate(root: Path, versions: int, env: Mapping[str, str]) -> Made:
    """Make a registry of `versions` versions, spread over models that have about as many versions each.

    Args:
        root: An empty folder, or one that is not there yet.
        versions: How many.
        env: The environment for git, without anybody's settings.
    """
    count = next(count for count in range(math.isqrt(versions), 0, -1) if versions % count == 0)
    models = [f"team-{index % 7}/model-{index:03d}" for index in range(count)]
    each = versions // count
    root.mkdir(parents=True, exist_ok=True)
    _git(root, env, "init", "--quiet", f"--initial-branch={BRANCH}")
    stream = b"".join(one_commit(dict(_files(models, each))))
    _git(root, env, "fast-import", "--quiet", stdin=stream)
    _git(root, env, "update-ref", f"refs/remotes/origin/{BRANCH}", BRANCH)
    _git(root, env, "checkout", "--quiet", "-b", "next", BRANCH)
    added = version_path(models[-1], each)
    (root / added).write_text(version_text(models[-1], each), encoding="utf-8")
    _git(root, env, "add", added)
    _git(root, env, "status")  # as after any look at it: the index knows the files' times
    return Made(root, added, versions)


def _files(models: list[str], each: int) -> Iterator[tuple[str, str]]:
    yield "modelops.yaml", REGISTRY
    for model in models:
        yield f"models/{model}/model.yaml", MODEL.format(model=model)
        digest = manifest_digest(version_path(model, 0), version_text(model, 0))
        for environment in ENVIRONMENTS:
            text = ROLLOUT.format(model=model, environment=environment, digest=digest)
            yield f"models/{model}/rollouts/{environment}.yaml", text
        for minor in range(each):
            yield version_path(model, minor), version_text(model, minor)


def manifest_digest(path: str, text: str) -> str:
    """The digest that a rollout pins.

    Raises:
        ValueError: The text is no valid manifest: the generator is out of date.
    """
    from modelops_git.core.manifests.parse import parse_document

    parsed = parse_document(path, text.encode())
    if parsed.document is None:
        raise ValueError(f"the generator is out of date: {parsed.findings}")
    return parsed.document.digest


def one_commit(files: Mapping[str, str]) -> Iterator[bytes]:
    """One commit of `files` in the language of `git fast-import`."""
    yield HEADER.encode() + b"data 5\nBegin\n"
    for path, text in files.items():
        data = text.encode()
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)


def _hex(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _git(root: Path, env: Mapping[str, str], *args: str, stdin: bytes = b"") -> None:
    subprocess.run(["git", "-C", root, *args], env=env, input=stdin, check=True, capture_output=True)
