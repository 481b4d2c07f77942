"""Everything that is installed or run is pinned, and nothing says from where."""

import re
import tomllib

import pytest

MARKER = r"[a-z_]+ [=!<>]+ '[^']+'"
PIN = re.compile(rf"[a-z0-9]+(-[a-z0-9]+)*==[0-9][0-9a-z.!+]*( ; {MARKER}( (and|or) {MARKER})*)?")
ACTION = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def names(requirements):
    return {re.split(r"[\[<>=~! ;]", requirement)[0].lower() for requirement in requirements}


@pytest.fixture
def pins(project):
    return (project / "constraints.txt").read_text().splitlines()


def test_a_constraint_is_a_name_and_an_exact_version_and_nothing_else(pins):
    assert [line for line in pins if not PIN.fullmatch(line)] == []


def test_every_dependency_of_the_project_is_pinned(project, pins):
    pyproject = tomllib.loads((project / "pyproject.toml").read_text())
    table = pyproject["project"]
    wanted = names([*table["dependencies"], *pyproject["build-system"]["requires"]])
    for extra in table["optional-dependencies"].values():
        wanted |= names(extra)
    assert wanted - names(pins) == {"modelops-git"}


def test_every_action_is_pinned_to_a_commit_and_says_its_version(project):
    workflows = [project / "action.yml", *(project / ".github" / "workflows").glob("*.yml")]
    used = [line.strip() for path in workflows for line in path.read_text().splitlines() if "uses:" in line]
    assert used
    assert [line for line in used if not ACTION.fullmatch(line.removeprefix("- "))] == []
