"""What `register` finds out from files other than graphs, on the command line in this process."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import skops.io
from safetensors.numpy import save
from sklearn.linear_model import LogisticRegression

import smallest
from workshop import NEW, Workshop, onnx_bytes, refused

MLFLOW = Path(__file__).parents[2] / "mlflow"
FOUR = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("describing") / "shop")


@pytest.fixture
def folder(desk):
    path = desk.folder / "out"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    return path


def test_a_skops_file_tells_framework_algorithm_and_interface(desk):
    fitted = LogisticRegression().fit(np.eye(4), [0, 1, 0, 1])
    done = desk.register(desk.file("model.skops", skops.io.dumps(fitted)), *NEW, model="of-skops", check=True)
    written = desk.written("1.0.0", "of-skops")
    assert written["algorithm"] == "LogisticRegression"
    assert written["interface"]["output"] == {"type": "integer", "enum": [0, 1]}
    assert "was written by skops" in done.err
    assert desk.modelops("validate").code == 0


def test_an_mlflow_folder_tells_run_and_signature_and_a_graph_in_it_counts_more(desk, folder):
    desk.file("model.onnx", onnx_bytes(5))
    shutil.copy(MLFLOW / "tensor.yaml", folder / "MLmodel")
    desk.register(folder, *NEW, model="of-mlflow", check=True)
    written = desk.written("1.0.0", "of-mlflow")
    assert written["training"]["run"] == {"tracker": "mlflow", "id": "abc123" * 5}
    assert written["framework"] == {"name": "scikit-learn"}
    assert written["interface"]["input"]["minItems"] == 5


def test_an_mlflow_folder_without_a_graph_gives_its_signature(desk, folder):
    desk.file("model.safetensors", save({"w": np.zeros(3)}, {"format": "pt"}))
    shutil.copy(MLFLOW / "tensor.yaml", folder / "MLmodel")
    desk.register(folder, *NEW, "--seed", "1", model="signed", check=True)
    written = desk.written("1.0.0", "signed")
    assert written["interface"] == {"protocol": "json", "input": FOUR, "output": {"type": "integer"}}
    assert written["training"]["seed"] == 1
    assert written["training"]["run"]["tracker"] == "mlflow"


def test_a_graph_without_inputs_asks_whether_it_is_whole(desk, folder):
    (folder / "model.onnx").write_bytes(smallest.onnx("nothing"))
    done = desk.register(folder, *NEW, model="empty")
    refused(done, "the ONNX graph has no input", "Is it a whole model? Give `interface`")


def test_safetensors_alone_say_why_there_is_no_interface(desk, folder):
    desk.file("model.safetensors", save({"w": np.zeros(3)}, {"format": "pt"}))
    desk.file("config.json", json.dumps({"architectures": ["Bert"], "transformers_version": "4.30.0"}))
    done = desk.register(folder, *NEW, model="weights")
    refused(done, "`interface` is missing: model.safetensors holds weights by name", "--metadata")
    interface = {"interface": {"protocol": "json", "input": True, "output": True}}
    fields = desk.file("../fields.json", json.dumps(interface))
    desk.register(folder, *NEW, "--metadata", fields, model="weights", check=True)
    written = desk.written("1.0.0", "weights")
    assert written["framework"] == {"name": "transformers", "version": "4.30.0"}
    assert written["algorithm"] == "Bert"
