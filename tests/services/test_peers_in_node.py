"""What others' programs for Node make of what we print."""

import json
import os
import subprocess

import pytest

from modelops_git.core.manifests.kinds import KINDS
from modelops_git.core.manifests.schema import json_schema
from modelops_git.faces.reporting.github import command

HOSTILE = ["plain", "100 %", "a, b: c", "%0A%25", "::error::x", "ü 東京 🎉", "##[error]x", "two\nlines"]
ACTIONS = """
import * as core from "@actions/core";
for (const [text, properties] of JSON.parse(process.argv[2])) core.error(text, properties);
"""
AJV = """
import Ajv from "ajv/dist/2020.js";
for (const schema of JSON.parse(process.argv[2])) new Ajv.default({strict: true}).compile(schema);
"""


@pytest.fixture
def run(node, node_modules):
    """Gives what a script prints that takes JSON; it lies beside the packages, where node looks for them."""

    def run_script(script, argument):
        path = node_modules.parent / f"test-{os.getpid()}.mjs"
        path.write_text(script)
        words = [node, path, json.dumps(argument)]
        done = subprocess.run(words, capture_output=True, check=False, encoding="utf-8")
        path.unlink()
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run_script


def test_workflow_commands_are_those_that_githubs_own_library_writes(run):
    asked = [[text, {"title": text, "file": text, "startLine": 3, "startColumn": 4}] for text in HOSTILE[:-1]]
    theirs = run(ACTIONS, [*asked, [HOSTILE[-1], {"title": "t"}]])
    ours = [
        command("error", {"title": text, "file": text, "line": 3, "col": 4}, text) for text in HOSTILE[:-1]
    ]
    ours.append(command("error", {"title": "t"}, *HOSTILE[-1].split("\n")))
    assert theirs.splitlines() == ours


def test_ajv_takes_the_schemas_in_strict_mode(run):
    assert run(AJV, [json_schema(kind) for kind in KINDS]) == ""
