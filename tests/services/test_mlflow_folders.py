"""MLflow folders, saved and loaded by a real MLflow.

It has an environment of its own: it is large, and nothing else here needs it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("scikit-learn", "skl2onnx", "skops", "onnxruntime", "jsonschema-rs")
PINNED = ("--constraint", str(ROOT / "constraints.txt"))
LABELS = [0, 1, 2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mlflow")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", *PINNED, *PACKAGES, "--editable", f"{ROOT}[mlflow]"]
    subprocess.run(install, check=True, capture_output=True)
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tests"), "MLFLOW_DISABLE_TELEMETRY": "true"}
    script = Path(__file__).with_name("mlflow_folders.py")
    done = subprocess.run([python, script, folder], env=env, check=True, capture_output=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["pickle", "skops", "named"])
def test_an_estimator_answers(said, name):
    assert said[name] == LABELS


def test_a_graph_answers_by_name(said):
    assert [one["label"] for one in said["onnx"]] == LABELS
    assert all(len(one["probabilities"]) == 3 for one in said["onnx"])


def test_a_model_in_python_answers_where_pickles_are_allowed(said):
    assert said["python"] == ["ABC"]


@pytest.mark.parametrize("name", ["pickle", "python"])
def test_where_they_are_not_it_is_not_loaded(said, name):
    assert "which modelops.yaml does not allow" in said[f"{name}, not allowed"]


def test_a_folder_that_tells_skops_what_to_trust_is_not_loaded(said):
    assert "has `skops_trusted_types`" in said["skops with types of its own"]
