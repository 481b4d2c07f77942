"""The hook of `.pre-commit-hooks.yaml`, run by the real pre-commit on real commits and merges."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import casebook

TOOLS = Path(sys.executable).parent
OLD = "models/iris/versions/1.0.0.yaml"
NEWEST = "models/iris/versions/1.1.0.yaml"
NEXT = "models/iris/versions/1.2.0.yaml"


def files():
    snapshot = casebook.registry()
    return {path: snapshot.read(path).decode() for path in snapshot.paths()}


def next_version(accuracy):
    text = (
        files()[NEWEST].replace("version: 1.1.0", "version: 1.2.0").replace("parent: 1.0.0", "parent: 1.1.0")
    )
    return text.replace("2" * 64, "3" * 64).replace("b" * 64, "c" * 64).replace("0.97", accuracy)


@pytest.fixture
def iris(empty_clone, project, tmp_path, monkeypatch):
    """A branch `work` of a registry whose commits the hook checks."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    (hook,) = yaml.safe_load((project / ".pre-commit-hooks.yaml").read_text())
    local = {**hook, "entry": f"{TOOLS}/{hook['entry']}", "language": "system"}
    made = empty_clone()
    made.write(".pre-commit-config.yaml", yaml.safe_dump({"repos": [{"repo": "local", "hooks": [local]}]}))
    made.commit(files())
    made.git("checkout", "--quiet", "-b", "work")
    install = [TOOLS / "pre-commit", "install", "-t", "pre-commit", "-t", "pre-merge-commit"]
    subprocess.run(install, cwd=made.path, check=True, capture_output=True)
    return made


def tried(clone, *words):
    """The exit code of a git command, and all that it and the hook said."""
    done = subprocess.run(["git", *words], cwd=clone.path, env=os.environ, capture_output=True, check=False)
    return done.returncode, (done.stdout + done.stderr).decode()


def tamper(clone):
    clone.write(OLD, files()[OLD].replace("0.96", "0.99"))


def merged_on_main(clone, accuracy):
    """Another's version 1.2.0, on main."""
    clone.git("checkout", "--quiet", "main")
    clone.write(NEXT, next_version(accuracy))
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--no-verify", "--message", "theirs")
    clone.git("checkout", "--quiet", "work")


def test_a_good_commit_passes(iris):
    iris.write(NEXT, next_version("0.975"))
    iris.git("add", "--all")
    code, said = tried(iris, "commit", "--message", "a new version")
    assert code == 0, said
    assert "modelops validate" in said
    assert "Passed" in said


@pytest.mark.parametrize("words", [["-a"], ["--", OLD]])
def test_a_changed_version_is_refused_however_it_is_committed(iris, words):
    tamper(iris)
    code, said = tried(iris, "commit", "--message", "x", *words)
    assert code == 1
    assert "MOG301" in said
    assert iris.head() == iris.head("main")


def test_a_commit_of_another_path_does_not_hold_what_is_staged_beside_it(iris):
    tamper(iris)
    iris.git("add", OLD)
    iris.write(NEXT, next_version("0.975"))
    iris.git("add", NEXT)
    code, said = tried(iris, "commit", "--message", "only the new one", "--", NEXT)
    assert code == 0, said
    assert iris.git("diff", "--name-only", "main", "HEAD") == NEXT


def test_what_is_staged_counts_although_the_file_is_whole_again(iris):
    tamper(iris)
    iris.git("add", OLD)
    iris.write(OLD, files()[OLD])
    code, said = tried(iris, "commit", "--message", "x")
    assert code == 1
    assert "MOG301" in said


def test_a_commit_that_only_deletes_is_refused(iris):
    iris.git("rm", "--quiet", NEWEST)
    code, said = tried(iris, "commit", "--message", "x")
    assert code == 1
    assert "MOG302" in said


def test_a_clean_merge_that_brings_a_number_twice_is_impossible_and_its_resolution_is_checked(iris):
    merged_on_main(iris, "0.98")
    iris.write(NEXT, next_version("0.97"))
    iris.git("add", "--all")
    code, said = tried(iris, "commit", "--message", "mine")
    assert (code, "MOG303" in said) == (1, True)
    iris.git("commit", "--quiet", "--no-verify", "--message", "mine all the same")

    code, said = tried(iris, "merge", "main")
    assert code == 1
    assert "CONFLICT (add/add)" in said
    iris.write(NEXT, next_version("0.97"))
    iris.git("add", "--all")
    code, said = tried(iris, "commit", "--no-edit")
    assert code == 1
    assert "MOG301" in said
    iris.write(NEXT, next_version("0.98"))
    iris.git("add", "--all")
    code, said = tried(iris, "commit", "--no-edit")
    assert code == 0, said


def test_a_merge_without_conflict_runs_the_hook_too(iris):
    merged_on_main(iris, "0.98")
    iris.write("models/iris/README.md", "hello\n")
    iris.git("add", "--all")
    iris.git("commit", "--quiet", "--message", "mine")
    code, said = tried(iris, "merge", "--no-edit", "main")
    assert code == 0, said
    assert "modelops validate" in said


def test_a_merge_that_would_bring_in_a_changed_version_is_refused(iris):
    tamper(iris)
    iris.git("add", "--all")
    iris.git("commit", "--quiet", "--no-verify", "--message", "not checked")
    iris.git("checkout", "--quiet", "main")
    iris.git("commit", "--quiet", "--allow-empty", "--message", "main goes on")
    code, said = tried(iris, "merge", "--no-edit", "work")
    assert code == 1
    assert "MOG301" in said
