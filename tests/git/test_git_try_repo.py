"""The hook of `.pre-commit-hooks.yaml` as others get it: from a clone that pre-commit itself installs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from iris import NEXT, OLD, files, numbered

PRE_COMMIT = Path(sys.executable).parent / "pre-commit"
PARTS = ("src", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Where pre-commit keeps the environment that it makes: once for all tests."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def source(empty_clone, project):
    """A clone of this project as a release has it, from what is on disk."""
    clone = empty_clone("modelops-git")
    for part in PARTS:
        there = project / part
        ignored = shutil.ignore_patterns("__pycache__")
        copy = shutil.copytree if there.is_dir() else shutil.copy
        copy(there, clone.path / part, **({"ignore": ignored} if there.is_dir() else {}))
    clone.commit()
    return clone


@pytest.fixture
def iris(empty_clone):
    clone = empty_clone()
    clone.commit(files())
    clone.git("checkout", "--quiet", "-b", "work")
    return clone


def run(clone, made, *words):
    environment = {**os.environ, "PRE_COMMIT_HOME": str(made)}
    done = subprocess.run(words, cwd=clone.path, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_try_repo_runs_the_hook_in_an_environment_of_its_own(source, iris, made):
    iris.write(NEXT, numbered(2))
    iris.git("add", NEXT)
    code, said = run(iris, made, PRE_COMMIT, "try-repo", source.path, "modelops-validate", "--verbose")
    assert code == 0, said
    assert "no findings in" in said
    iris.write(OLD, files()[OLD].replace("0.96", "0.99"))
    iris.git("add", OLD)
    code, said = run(iris, made, PRE_COMMIT, "try-repo", source.path, "modelops-validate")
    assert code == 1
    assert "MOG301" in said


@pytest.mark.slow
def test_a_configuration_that_names_a_revision_checks_commits_and_merges(source, iris, made):
    config = (
        "default_install_hook_types: [pre-commit, pre-merge-commit]\n"
        f"repos:\n  - repo: {source.path}\n    rev: {source.head()}\n    hooks: [{{id: modelops-validate}}]\n"
    )
    iris.commit({".pre-commit-config.yaml": config})
    iris.git("branch", "--force", "main", "work")
    assert run(iris, made, PRE_COMMIT, "install")[0] == 0
    iris.write(NEXT, numbered(2))
    iris.git("add", "--all")
    code, said = run(iris, made, "git", "commit", "--message", "a version")
    assert code == 0, said
    assert "modelops validate" in said
    iris.git("rm", "--quiet", OLD)
    code, said = run(iris, made, "git", "commit", "--message", "a deletion only")
    assert (code, "MOG302" in said) == (1, True)
    iris.git("commit", "--quiet", "--no-verify", "--message", "not checked")
    iris.git("checkout", "--quiet", "main")
    iris.commit({"README.md": "main goes on\n"})
    code, said = run(iris, made, "git", "merge", "--no-edit", "work")
    assert (code, "MOG302" in said) == (1, True)
