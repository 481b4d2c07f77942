"""`modelops register` as it is installed: versions of a real model, kills and races."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from installed import COMMAND, WHO, run
from workshop import onnx_bytes

NEW = ("--summary", "First.", "--description", "Names irises.", "--owner", "ml-engineers", "--risk", "low")


def tree(*, rows=150, features=4):
    """A decision tree on `rows` flowers, as the bytes of an ONNX file."""
    data, labels = load_iris(return_X_y=True)
    chosen = data[::-1][:rows, :features].astype(np.float32)
    fitted = DecisionTreeClassifier(random_state=0).fit(chosen, labels[::-1][:rows])
    options = {"zipmap": False}
    return to_onnx(fitted, chosen[:1], options=options, target_opset=18).SerializeToString()


def test_a_team_registers_three_versions_of_a_real_model(registry):
    registry.write("out/model.onnx", tree())
    registry.write("out/labels.json", '["setosa", "versicolor", "virginica"]')
    registry.write("data.csv", "all")
    words = ("--data", "iris=data.csv", "--metric", "accuracy=0.97", "--seed", "0")
    first = registry.modelops("register", "iris", "out/model.onnx", "out/labels.json", *words, *NEW)
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("Registered iris 1.0.0: the first version.\n")
    assert "git add models/iris && git commit -m 'Register iris 1.0.0'" in first.out
    registry.commit()
    again = registry.modelops(
        "register", "iris", "out/model.onnx", "out/labels.json", *words, "--summary", "S"
    )
    assert (again.code, "MOG309" in again.err) == (1, True)

    registry.write("out/model.onnx", tree(rows=120))
    registry.write("data.csv", "fewer")
    second = registry.modelops(
        *("register", "iris", "out/model.onnx", "out/labels.json", *words, "--summary", "S"),
        "--format",
        "json",
    )
    document = json.loads(second.out)
    assert (document["version"], document["bump"], document["parent"]) == ("1.1.0", "minor", "1.0.0")
    digest = hashlib.sha256((registry.path / "out/model.onnx").read_bytes()).hexdigest()
    assert document["artifacts"][0]["sha256"] == digest
    stored = registry.path / ".modelops/store" / document["store"]["prefix"] / "model.onnx"
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == digest
    assert document["interface"]["output"]["properties"]["label"] == {"type": "integer"}

    registry.write("out/model.onnx", tree(features=3))
    third = ("register", "iris", "out/model.onnx", "out/labels.json", *words, "--summary", "S")
    refused = registry.modelops(*third, "--bump", "minor")
    assert (refused.code, refused.out) == (1, "")
    assert "MOG305" in refused.err
    assert "as input: the old version allows it, the new one does not" in refused.err
    assert registry.modelops(*third).out.startswith(
        "Registered iris 2.0.0: MAJOR, since callers may send 4 items"
    )
    registry.commit()
    assert registry.modelops("validate", "--all").code == 0
    assert registry.modelops("verify").code == 0


def start(registry, *words):
    return subprocess.Popen(
        [COMMAND, "register", *words],
        cwd=registry.path,
        env={**os.environ, **WHO},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )


KILLED = """
import os, sys
from modelops_git.edges.stores import publishing
from modelops_git.faces.cli.main import main

def fill(file, source, *more):
    file.write(source.read(10))
    os.kill(os.getpid(), int(sys.argv[1]))

publishing.fill = fill
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_while_it_stores_it_leaves_no_manifest_and_can_be_repeated(registry, number):
    registry.write("out/model.onnx", onnx_bytes())
    words = ("register", "iris", "out", *NEW)
    killed = run(registry.path, sys.executable, "-c", KILLED, str(int(number)), *words)
    assert killed.code == -number
    assert registry.git("status", "--porcelain", "models") == ""
    assert registry.modelops(*words).code == 0
    assert registry.modelops("verify").code == 0


def test_two_at_once_give_one_version_each_or_one_clear_error(registry):
    registry.write("a/model.onnx", onnx_bytes())
    registry.write("b/model.onnx", onnx_bytes(5))
    both = [start(registry, "iris", f"{name}/model.onnx", "--version", "1.0.0", *NEW) for name in "ab"]
    told = [process.communicate() for process in both]
    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 1], [0, 4])
    errors = b"".join(err for _, err in told)
    assert b"has just been written by another" in errors or b"exists already" in errors
    registry.commit()
    assert registry.modelops("validate", "--all").code == 0
    assert registry.modelops("verify").code == 0
