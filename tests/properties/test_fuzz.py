"""A short run of the fuzzer, so that its targets stay able to run; `make fuzz` runs it for long."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from modelops_git.core.findings import Finding, Place, Severity

pytest.importorskip("atheris", reason="atheris is built for Linux only")
FUZZER = "fuzz/run.py"
FEW, MANY = 300, 5000


def fuzzed(project, kept, *words):
    command = [sys.executable, FUZZER, "--seed", "1", "--kept", kept, *words]
    done = subprocess.run(command, cwd=project, env=os.environ, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_few_inputs_for_the_reader_of_manifests(project, tmp_path):
    code, said = fuzzed(project, tmp_path, "--runs", str(FEW), "manifest")
    assert code == 0, said[-3000:]
    assert "kept all promises: manifest" in said
    assert "no interesting inputs" not in said, "the fuzzer sees no coverage"


@pytest.mark.slow
@pytest.mark.parametrize(
    "target", ["loader", "manifest", "interface", "journal", "suppression", "bundle", "formats"]
)
def test_some_inputs_for_each_target(project, tmp_path, target):
    code, said = fuzzed(project, tmp_path, "--runs", str(MANY), target)
    assert code == 0, said[-3000:]
    assert "no interesting inputs" not in said, "the fuzzer sees no coverage"


def test_a_promise_that_is_broken_is_noticed(project, monkeypatch):
    monkeypatch.syspath_prepend(str(project / "fuzz"))
    import targets

    good = Finding(
        "MOG114", "wrong-type", Severity.ERROR, "It is a list.", Place("a.yaml", 1, 1), "Write a text."
    )
    targets._sound((good,), b"a\n")
    for bad in (
        good._replace(message="Input should be a valid string"),
        good._replace(hint=""),
        good._replace(place=Place("a.yaml", 4, 1)),
    ):
        with pytest.raises(AssertionError):
            targets._sound((bad,), b"a\n")
