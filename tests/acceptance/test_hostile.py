"""No file costs more than 1 s and 200 MB, whatever is in it. The limits are far above: nothing is timed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import casebook
import hostile
from installed import COMMAND, Registry

SECONDS, PEAK, SPACE = 20, 400 * 2**20, 4 * 2**30
LAUNCHER = Path(__file__).parents[1] / "limited.py"
CASES = hostile.cases()
FEW = (
    "dashes-in-lines",
    "directive-tags",
    "ambiguous-below-a-long-key",
    "word-for-each-event",
    "model-metrics",
    "schema-pattern-flags",
)
SOME = pytest.mark.parametrize(
    "case",
    [
        pytest.param(name, marks=_marks)
        for name, _marks in ((name, () if name in FEW else pytest.mark.slow) for name in CASES)
    ],
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    made = Registry(tmp_path_factory.mktemp("hostile"))
    made.git("init", "--quiet", "--initial-branch=main")
    files = casebook.registry()
    for path in files.paths():
        made.write(path, files.read(path))
    made.commit()
    return made


@SOME
def test_a_hostile_file_ends_in_findings_within_bounds(registry, case):
    path, data = CASES[case]
    registry.git("checkout", "--quiet", "--", ".")
    registry.git("clean", "--quiet", "--force", "-d")
    registry.write(path, data)
    command = [sys.executable, "-S", LAUNCHER, str(SECONDS), str(SPACE), COMMAND, "validate", path]
    done = subprocess.run(
        command, cwd=registry.path, capture_output=True, text=True, check=True, env=os.environ
    )
    took = json.loads(done.stdout)
    assert took["code"] in {0, 1}, took["said"][-2000:]
    assert "Traceback" not in took["said"]
    assert took["peak"] < PEAK
    assert len(took["said"]) < 200_000
