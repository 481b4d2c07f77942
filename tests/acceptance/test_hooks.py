"""The hooks that `init` writes, run by the real pre-commit on real commits."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from installed import WHO

TOOLS = Path(sys.executable).parent


@pytest.fixture
def hooked(iris):
    """A registry on a branch of its own, with its hooks installed."""
    iris.git("checkout", "--quiet", "-b", "work")
    done = subprocess.run(
        [TOOLS / "pre-commit", "install"], cwd=iris.path, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("pre-commit installed at") == 2
    return iris


def commit(registry, *words):
    path = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"
    command = ["git", "commit", "--message", "x", *words]
    environment = {**os.environ, **WHO, "PATH": path}
    done = subprocess.run(
        command, cwd=registry.path, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def break_merged_version(registry):
    file = registry.path / "models/iris/versions/1.0.0.yaml"
    file.write_text(file.read_text().replace("0.95", "0.99"))


@pytest.mark.parametrize("words", [["--all"], ["--", "models/iris/versions/1.0.0.yaml"]])
def test_a_changed_merged_version_cannot_be_committed(hooked, words):
    break_merged_version(hooked)
    code, said = commit(hooked, *words)
    assert code == 1
    assert "MOG301 version-changed" in said
    assert hooked.git("rev-list", "--count", "main..HEAD") == "0"


def test_a_commit_that_only_deletes_a_merged_version_is_refused(hooked):
    hooked.git("rm", "--quiet", "models/iris/versions/1.0.0.yaml")
    code, said = commit(hooked)
    assert code == 1
    assert "MOG302 version-deleted" in said


def test_a_new_version_can_be_committed(hooked):
    holdout = {"name": "holdout", "kind": "performance", "metrics": {"accuracy": 0.98}}
    training = {"data": [{"name": "new", "sha256": "f" * 64}]}
    hooked.version("iris", "1.2.0", parent="1.1.0", evaluations=[holdout], training=training)
    hooked.git("add", "--all")
    code, said = commit(hooked)
    assert code == 0, said
    assert "modelops validate" in said


def test_the_first_commit_of_a_registry_passes_its_own_hooks(repository):
    assert repository.modelops("init").code == 0
    subprocess.run([TOOLS / "pre-commit", "install"], cwd=repository.path, capture_output=True, check=True)
    repository.git("add", "--all")
    code, said = commit(repository)
    assert code == 0, said
