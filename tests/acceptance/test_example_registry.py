"""The example registry at the root of the project: valid, verified, small, and of models that predict."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

PARTS = ("modelops.yaml", ".gitattributes", "models", "store", "schemas")
AT_MOST = 200_000
"""Bytes; a clone of this project brings all of them."""


@pytest.fixture
def example(project, repository):
    """A commit of the example in a repository of its own."""
    for part in PARTS:
        copy = shutil.copytree if (project / part).is_dir() else shutil.copyfile
        copy(project / part, repository.path / part)
    repository.commit()
    return repository


def test_it_is_valid(example):
    ran = example.modelops("validate", "--all")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("no findings in ")


def test_every_byte_is_verified(example):
    ran = example.modelops("verify")
    assert (ran.code, ran.out.split(",")[:2]) == (0, ["6 versions", " 6 files"])


def test_its_code_owners_are_those_of_its_rules(example, project):
    (example.path / ".github").mkdir()
    owners = example.path / ".github/CODEOWNERS"
    shutil.copyfile(project / ".github/CODEOWNERS", owners)
    ran = example.modelops("codeowners", "--forge", "github", "--check")
    assert (ran.code, ran.out) == (0, ".github/CODEOWNERS is as the rules say\n")
    owners.write_text(owners.read_text().replace("No rule", "Some rule"))
    assert example.modelops("codeowners", "--forge", "github", "--check").code == 1


def test_it_has_two_models_of_three_versions_in_two_environments(example):
    models = sorted(path.parent for path in (example.path / "models").rglob("model.yaml"))
    assert len(models) == 2
    for model in models:
        assert len(list((model / "versions").iterdir())) == 3
        assert {path.stem for path in (model / "rollouts").iterdir()} == {"staging", "production"}


def test_it_is_small(project):
    files = [path for part in ("models", "store") for path in (project / part).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < AT_MOST


STORED = sorted((Path(__file__).parents[2] / "store").rglob("*.onnx"))


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.parent.name)
def test_every_model_is_real(path):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path)
    (asked,) = session.get_inputs()
    numbers = np.ones((1, asked.shape[1]), dtype=np.float32)
    assert len(session.run(None, {asked.name: numbers})[0]) == 1


def test_all_of_the_store_is_there():
    assert len(STORED) == 6
