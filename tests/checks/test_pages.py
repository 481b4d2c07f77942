"""What a check's page calls wrong is in a bad case of it, and what it calls right in a good one.

The pages are docstrings, so that `modelops explain` and an installed wheel have them. A block of a page is an
excerpt of a case, line by line:

- `…` stands for the rest of a value, and in a line of its own for any lines. Without it two lines follow one
  another in the file as well, so that a block can show that something is missing.
- Indentation does not count, nor does a comment, which is the page's own.
- But a comment that begins with a path (`# models/iris/model.yaml, …`) says which file the lines are from:
  as the change leaves it, with `before the change` as it was, with `on main` as the default branch has it,
  below `store/` what is stored. Without one, the lines are those of some file of the case.
- `# PATH is a symbolic link to TARGET` and `# the store holds: …` are held against the case.
- In a block of `sh`, `git rm PATH` is a file that the change deletes.
- `\\xe9` and `\\u202e` are a byte that is no UTF-8, and a character that people do not see.
"""

from __future__ import annotations

import hashlib
import re

import pytest

import casebook
from modelops_git.core.checks import all_checks
from modelops_git.faces.reporting.lines import printable

CHECKS = all_checks()
CASES = casebook.all_cases()
BLOCK = re.compile(r"^(Wrong|Right):\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FROM = re.compile(r"# ([\w./*-]+\.(?:yaml|onnx))(?=$|[,;] )(.*)")
LINK = re.compile(r"# (\S+) is a symbolic link to (\S+)")
STORE = re.compile(r"# the store holds: (.*)")
BEHIND = re.compile(r"\s+# (?!modelops:).*$")
REST = "…"


def blocks(check):
    """The page's blocks: `Wrong` or `Right`, the language, the text."""
    return BLOCK.findall(check.page + "\n")


def lines_of(data):
    return [printable(line).strip() for line in data.decode("utf-8", "backslashreplace").split("\n")]


def files_of(case):
    """The files of a case, by the name that a page gives them."""
    layers = {"": case.head(), "before the change": case.base(), "on main": case.tip()}
    found = {
        (path, when): lines_of(layer.read(path)) for when, layer in layers.items() for path in layer.paths()
    }
    stored = [file for file in case.store.rglob("*") if file.is_file()] if case.store.is_dir() else []
    names = {f"store/{file.relative_to(case.store).as_posix()}": file for file in stored}
    return {**found, **{(name, ""): lines_of(file.read_bytes()) for name, file in names.items()}}


def is_in(wanted, lines):
    """Whether `wanted` are lines of a file, one after the other but for what they leave out."""
    text = "\n".join(lines) + "\n"
    parts = [r"(?:.*\n)*" if line == REST else line_pattern(line) for line in wanted]
    return re.search("(?m)^" + "".join(parts), text) is not None


def line_pattern(line):
    inner = "[^\n]*".join(map(re.escape, line.split(REST)))
    return rf"(?:- )?{inner}\n"


def excerpts_of(text):
    """The lines of a block by the file that they are from; comments of the page are left out."""
    found = [("", "", [])]
    for line in text.splitlines():
        named = FROM.match(line)
        if named:
            when = next((words for words in ("before the change", "on main") if words in named[2]), "")
            found.append((named[1], when, []))
        elif line.strip() and not line.lstrip().startswith("#"):
            found[-1][2].append(BEHIND.sub("", line).strip())
    return [(path, when, lines) for path, when, lines in found if path or lines]


def shows(case, language, text):
    """Whether a block of a page is an excerpt of a case."""
    if language == "sh":
        removed = [line.removeprefix("git rm ") for line in text.splitlines()]
        return all(case.base().entry(path) and not case.head().entry(path) for path in removed)
    files = files_of(case)
    return (
        all(is_link(case, *found) for found in LINK.findall(text))
        and all(stands(case, listed) for listed in STORE.findall(text))
        and all(
            is_in(lines, files.get((path, when), []))
            if path
            else any(is_in(lines, one) for one in files.values())
            for path, when, lines in excerpts_of(text)
        )
    )


def is_link(case, path, target):
    entry = case.head().entry(path)
    return entry is not None and entry.mode == "120000" and case.head().read(path).decode() == target


def stands(case, listed):
    """Whether the store holds what a page says: names, `of N bytes` or `with sha256 …` where that counts."""
    stored = {
        file.relative_to(case.store).as_posix(): file for file in case.store.rglob("*") if file.is_file()
    }
    said = {}
    for one in listed.split(", "):
        name, _, about = one.partition(" ")
        said[name] = about
    return said.keys() == stored.keys() and all(is_told(stored[name], about) for name, about in said.items())


def is_told(file, about):
    data = file.read_bytes()
    size, digest = f"of {len(data)} bytes", f"with sha256 {hashlib.sha256(data).hexdigest()}"
    return not about or about == size or digest.startswith(about.rstrip(REST))


def cases_of(check, *, bad):
    return [case for case in CASES if case.code == check.code and case.is_bad is bad]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_a_page_shows_its_cases(check):
    assert [name for name, _, _ in blocks(check)] == ["Wrong", "Right"]
    for name, language, text in blocks(check):
        cases = cases_of(check, bad=name == "Wrong")
        assert any(shows(case, language, text) for case in cases), (
            f"{check.code}: {name} is in none of its cases"
        )
        assert text.strip("# \n"), f"{check.code}: {name} shows nothing"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_what_a_page_calls_wrong_is_in_no_good_case(check):
    (_, language, text), _ = blocks(check)
    for case in cases_of(check, bad=False):
        is_told_apart = bool(case.facts) or (case.folder / "tip").exists()  # by what no manifest says
        assert is_told_apart or not shows(case, language, text), f"{check.code}: Wrong is in {case.name} too"


@pytest.mark.parametrize(
    ("block", "is_shown"),
    [
        ("risk: low", True),
        ("risk: lo", False),
        ("risk: lo…", True),
        ("owners: [ml-engineers]\nrisk: low  # a comment", True),
        ("name: iris\nrisk: low", False),
        ("name: iris\n…\nrisk: low", True),
        ("risk: low\n…\nname: iris", False),
        ("# models/iris/model.yaml, as it is\nrisk: low", True),
        ("# modelops.yaml\nrisk: low", False),
        ("# models/other/model.yaml\nrisk: low", False),
        ("# models/iris/model.yaml, before the change\nrisk: low", True),
        ("# models/iris/model.yaml, on main\nrisk: high", False),
        ("# models/iris is a symbolic link to elsewhere", False),
        ("# the store holds: model.onnx", False),
    ],
)
def test_an_excerpt_is_one(block, is_shown):
    case = next(case for case in CASES if case.name == "MOG203-bad")
    assert shows(case, "yaml", block + "\n") is is_shown
