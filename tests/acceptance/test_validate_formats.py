"""`modelops validate --format ...`: what other programs get, and what a person sees on a terminal."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import termios

import pyte
import pytest
from junitparser import JUnitXml

from installed import COMMAND, Registry

VERSION = "models/iris/versions/1.0.0.yaml"
FORMATS = ["text", "json", "github", "gitlab", "sarif", "junit"]


@pytest.fixture
def work(iris):
    """A branch of its own, where `main` is what is merged."""
    iris.git("checkout", "--quiet", "-b", "work")
    return iris


@pytest.fixture
def wrong(work):
    """A merged version that was changed."""
    text = (work.path / VERSION).read_text()
    work.write(VERSION, text.replace("summary: Version 1.0.0.", "summary: 東京 has changed"))
    return work


@pytest.mark.parametrize("form", FORMATS)
def test_the_exit_code_does_not_depend_on_the_format(work, form):
    assert work.modelops("validate", "--format", form).code == 0
    failed = work.modelops("validate", "--base", "none", "--format", form)
    assert failed.code == 3
    assert failed.err.startswith("error: ")
    assert failed.out.startswith({"json": "{", "github": "::error title=modelops::"}.get(form, ""))
    text = (work.path / VERSION).read_text()
    work.write(VERSION, text.replace("Version 1.0.0.", "Other"))
    assert work.modelops("validate", "--format", form).code == 1
    assert work.modelops("validate", "--staged", "--format", form).code == 0


def test_each_format_says_the_same_of_a_changed_version(wrong):
    def said(form):
        return wrong.modelops("validate", "--format", form).out

    assert said("github").startswith(f"::error file={VERSION},line=5,col=10,title=MOG301 version-changed::")
    (issue,) = json.loads(said("gitlab"))
    assert (issue["check_name"], issue["location"]["lines"]["begin"]) == ("MOG301", 5)
    (run,) = json.loads(said("sarif"))["runs"]
    assert [one["ruleId"] for one in run["results"]] == ["MOG301"]
    assert JUnitXml.fromstring(said("junit").encode()).failures == 1


def test_paths_are_those_of_the_repository_where_the_registry_is_a_folder_of_it(repository):
    inner = Registry(repository.path / "ml team")
    inner.path.mkdir()
    assert inner.modelops("init").code == 0
    inner.write("models/iris/model.yaml", "kind: Model\n")
    for where in (inner, repository):
        words = [] if where is inner else ["--repo", "ml team"]
        out = where.modelops(*words, "validate", "--format", "github").out
        assert out.startswith("::error file=ml team/models/iris/model.yaml,line=")
        (run,) = json.loads(where.modelops(*words, "validate", "--format", "sarif").out)["runs"]
        location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert location["uri"] == "ml%20team/models/iris/model.yaml"


def test_a_fix_in_sarif_is_gone_after_fix(work):
    text = (work.path / VERSION).read_text()
    work.write(
        "models/iris/versions/2.0.0.yaml", text.replace("1.0.0", "2.0.0").replace("Version 2.0.0.", "no")
    )
    (run,) = json.loads(work.modelops("validate", "--format", "sarif").out)["runs"]
    assert [one["ruleId"] for one in run["results"] if "fixes" in one] == ["MOG109"]
    (run,) = json.loads(work.modelops("validate", "--fix", "--format", "sarif").out)["runs"]
    assert not [one for one in run["results"] if "fixes" in one]


def test_other_commands_and_diff_have_no_such_formats(work):
    assert work.modelops("list", "--format", "sarif").code == 2
    ran = work.modelops("validate", "--diff", "--format", "sarif")
    assert (ran.code, ran.out) == (2, "")


def screen_of(registry, columns, **environment):
    """What a person sees who runs `modelops validate` in a terminal of `columns`."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    known = {key: value for key, value in os.environ.items() if key not in {"CI", "NO_COLOR", "TERM"}}
    with subprocess.Popen(
        [COMMAND, "validate"],
        cwd=registry.path,
        stdin=inner,
        stdout=inner,
        stderr=inner,
        env={**known, "TERM": "xterm-256color", **environment},
    ):
        os.close(inner)
        data = b""
        while chunk := _read(outer):
            data += chunk
    os.close(outer)
    screen = pyte.Screen(columns, 2000)
    pyte.ByteStream(screen).feed(data)
    return screen


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux tells that the other end is closed
        return b""


@pytest.mark.parametrize("columns", [40, 120])
def test_a_terminal_shows_colours_and_a_caret_below_the_mistake_however_narrow_it_is(wrong, columns):
    screen = screen_of(wrong, columns)
    rows = [row.rstrip() for row in screen.display]
    at = next(index for index, row in enumerate(rows) if row.startswith("  5 | "))
    caret = rows[at + 1].index("^")
    assert screen.buffer[at][caret].data == "東"
    assert screen.buffer[at + 1][caret].fg == "red"
    assert screen.buffer[0][0].bold
    assert next(row for row in reversed(rows) if row).startswith("1 error in ")


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"CI": "true"}, {"TERM": "dumb"}])
def test_whoever_wants_no_colours_gets_none(wrong, plain):
    screen = screen_of(wrong, 80, **plain)
    assert {cell.fg for row in screen.buffer.values() for cell in row.values()} == {"default"}
