"""MLflow folders that would run code, or read elsewhere, are refused before MLflow is even imported."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from modelops_git.core.errors import UsageError
from modelops_git.edges.loaders.base import ModelError
from modelops_git.engine.inspecting import Rules
from modelops_git.engine.serving.loading import load_version
from served import MODEL, NUMBERS, doubling, served

ALLOWED = Rules(frozenset({"onnx"}))
PICKLES = Rules(frozenset({"onnx", "pickle"}), frozenset({"pickle"}))
INTERFACE = {"input": NUMBERS, "output": {"type": "integer"}}
SOUND = (Path(__file__).parents[3] / "mlflow" / "tensor.yaml").read_text()


@pytest.fixture(autouse=True)
def not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow.pyfunc", None)


@pytest.fixture
def load(tmp_path):
    def load(text, rules=ALLOWED, more=None):
        files = {
            "MLmodel": (text.encode(), "config"),
            "model.onnx": (doubling(), "model"),
            **(more or {}),
        }
        at = served(tmp_path, files, INTERFACE)
        return load_version(at.root, MODEL, at.route, rules)

    return load


def test_a_sound_folder_gets_as_far_as_mlflow(load):
    with pytest.raises(UsageError, match="which is not installed") as error:
        load(SOUND)
    assert "modelops-git[mlflow]" in error.value.hint


@pytest.mark.parametrize(
    ("line", "new", "message"),
    [
        ("    loader_module: mlflow.onnx", "    loader_module: evil", "names the loader evil"),
        (
            "    loader_module: mlflow.onnx",
            "    loader_module: mlflow.onnx.x",
            "names the loader mlflow.onnx.x",
        ),
        ("    loader_module: mlflow.onnx", "    data: x", "names the loader None"),
        ("    code: null", "    code: code", "has `code`"),
        ("    code: null", "    skops_trusted_types: [os.system]", "has `skops_trusted_types`"),
        ("    code: null", "    model_class: os.abort", "names the class os.abort"),
        (
            "    loader_module: mlflow.onnx",
            "    loader_module: mlflow.langchain",
            "names the loader mlflow.lang",
        ),
        ("model_id: null", "model_code_path: agent.py", "has `model_code_path`"),
        ("    data: model.onnx", "    data: ../../other/model.onnx", "outside of its folder"),
        ("    data: model.onnx", "    data: /etc/passwd", "outside of its folder"),
        ("  python_function:", "  other_function:", "no python_function flavor"),
        ("flavors:", "flavors: !!python/object/apply:os.system", "cannot be read"),
        ("flavors:", "flavors: &a", "cannot be read"),
    ],
)
def test_what_would_run_code_or_read_elsewhere_is_refused(load, line, new, message):
    assert line in SOUND
    with pytest.raises(ModelError, match=message):
        load(SOUND.replace(line, new))


def test_code_is_as_good_as_a_pickle_where_those_are_allowed(load):
    with pytest.raises(UsageError, match="which is not installed"):
        load(SOUND.replace("    code: null", "    code: code"), PICKLES)


def test_two_mlflow_folders_are_refused(load):
    with pytest.raises(ModelError, match="has 2 files called MLmodel"):
        load(SOUND, more={"inner/MLmodel": (SOUND.encode(), "config")})
