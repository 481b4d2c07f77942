"""The documentation is true: its transcripts are run by the installed command, with real git and models."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from transcripts import Reader

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = "docs/tutorials/first-model.md"
GUIDES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/guides/*.md"))
RUNBOOKS = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/runbooks/*.md"))
SHORT = ("docs/runbooks/bytes-gone.md", "docs/runbooks/lost-runner.md")
LONG = ["docs/guides/emergencies.md", *(path for path in RUNBOOKS if path not in SHORT)]
PAGES = [path for path in (*GUIDES, *RUNBOOKS) if "index" not in path]
OTHERS = ["README.md", "docs/concepts/journal.md", *PAGES]
IDENTITY = "[user]\n\tname = Ana Example\n\temail = ana@example.com\n"
NOT_RUN = re.compile(r"^```(?:sh|shell|bash)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INSTALLS = re.compile(r"(python -m )?pip install |make ")


@pytest.fixture(scope="session")
def newcomer(tmp_path_factory):
    """The environment of somebody with nothing but a name and the tools."""
    home = tmp_path_factory.mktemp("newcomer")
    (home / ".gitconfig").write_text(IDENTITY)
    # The modules that are installed are compiled already, and this looks for them where they are.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPYCACHEPREFIX"}
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return kept | {"HOME": str(home), "PATH": tools, "GIT_CONFIG_NOSYSTEM": "1", "COLUMNS": "200"}


@pytest.fixture(scope="session")
def lesson(tmp_path_factory, newcomer):
    """A copy of all that the tutorial makes, once its own transcript has been followed; and where it was."""
    place = tmp_path_factory.mktemp("lesson")
    Reader(place, newcomer).follow((ROOT / TUTORIAL).read_text())
    return Path(shutil.copytree(place, tmp_path_factory.mktemp("learned") / "copy", symlinks=True)), place


def test_the_tutorial_prints_what_it_shows(lesson):
    learned, _ = lesson
    assert (learned / "my-registry/modelops.yaml").is_file()


@pytest.mark.parametrize(
    "page", [pytest.param(page, marks=[pytest.mark.slow] if page in LONG else []) for page in OTHERS]
)
def test_a_page_that_continues_the_tutorial_prints_what_it_shows(page, lesson, newcomer):
    learned, place = lesson
    shutil.rmtree(place)
    shutil.copytree(learned, place, symlinks=True)
    Reader(place / "my-registry", newcomer).follow((ROOT / page).read_text())


@pytest.mark.parametrize("page", [TUTORIAL, *OTHERS])
def test_what_is_shown_and_not_run_only_installs(page):
    blocks = NOT_RUN.findall((ROOT / page).read_text())
    lines = [line for block in blocks for line in block.splitlines()]
    assert [line for line in lines if not INSTALLS.match(line)] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_links_of_pages_outside_of_the_documentation_lead_to_files(page):
    linked = re.findall(r"\]\(([^):#]+)\)", (ROOT / page).read_text())
    assert [path for path in linked if not (ROOT / path).is_file()] == []
