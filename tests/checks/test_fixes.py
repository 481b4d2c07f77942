"""What `--fix` writes: the finding is gone, nothing new is wrong, comments stay, and once is enough."""

from __future__ import annotations

import pytest

import casebook
from modelops_git.core.catalog import Catalog
from modelops_git.core.checks.context import Facts
from modelops_git.core.checks.run import run
from modelops_git.core.snapshot import Change, DictSnapshot
from modelops_git.engine.validate import fixed_texts

FIXED = ("MOG109", "MOG112", "MOG116", "MOG204")
"""The checks that have a fix."""


def files_of(snapshot):
    return {path: snapshot.read(path) for path in snapshot.paths()}


def modes_of(snapshot):
    return {path: snapshot.entry(path).mode for path in snapshot.paths()}


def findings_on(case, files):
    head = DictSnapshot(files, modes=modes_of(case.head()))
    change = Change.between(case.base(), head)
    paths = (*Catalog(head).everything(), *change.changed)
    return run(Catalog(head), change, paths, Facts(casebook.NOW, case.tip())).findings


def fixed(case, files):
    texts = fixed_texts(findings_on(case, files), files)
    return {**files, **{path: text.encode() for path, text in texts.items()}}


def with_comments(files):
    """The same with a comment behind every line that can have one, and one at the end."""
    return {
        path: b"\n".join(
            b"%s  # kept %d" % (line, number) if is_plain(line) else line for number, line in lines
        )
        for path, data in files.items()
        for lines in [list(enumerate(data.split(b"\n")))]
    }


def is_plain(line):
    return line.strip() and b"#" not in line and not line.rstrip().endswith((b"|", b">", b"-"))


def identity(finding):
    return finding.code, finding.place.path, finding.place.pointer


CASES = [
    case
    for case in casebook.all_cases()
    if any(one.fixable for one in findings_on(case, files_of(case.head())))
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fix_mends_what_it_says_and_nothing_else(case):
    before = files_of(case.head())
    found = findings_on(case, before)
    after = fixed(case, before)
    left = {identity(one) for one in findings_on(case, after)}
    mended = {identity(one) for one in found if one.fixable}
    assert not mended & left
    assert left <= {identity(one) for one in found}
    assert after != before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_second_fix_does_nothing(case):
    once = fixed(case, files_of(case.head()))
    assert fixed(case, once) == once


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fix_keeps_comments_and_lines(case):
    before = with_comments(files_of(case.head()))
    after = fixed(case, before)
    for path, data in before.items():
        old, new = data.split(b"\n"), after[path].split(b"\n")
        assert len(new) == len(old)
        assert [line.count(b"# kept") for line in new] == [line.count(b"# kept") for line in old]


@pytest.mark.parametrize("code", FIXED)
def test_every_check_with_a_fix_has_a_case_of_it(code):
    assert code in {case.code for case in CASES}


def test_no_other_check_has_a_fix():
    codes = {one.code for case in CASES for one in findings_on(case, files_of(case.head())) if one.fixable}
    assert codes == set(FIXED)
