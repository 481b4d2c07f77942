"""Fixes: safe edits only, none twice, and those that touch each other one after the other."""

from __future__ import annotations

from modelops_git.core.findings import Edit, Finding, Place, Severity
from modelops_git.engine.validate import fixed_texts


def finding(*edits):
    return Finding("MOG109", "ambiguous-scalar", Severity.ERROR, "x", Place("a.yaml"), "", edits)


def edit(start, end, text, *, safe=True, path="a.yaml"):
    return Edit(path, start, end, text, safe)


FILES = {"a.yaml": b"a: 3.10\nb: \xc3\xa9\r\n", "b.yaml": b"c: no\n"}


def test_safe_edits_are_made_and_everything_else_is_kept():
    found = [finding(edit(3, 7, '"3.10"')), finding(edit(3, 5, '"no"', path="b.yaml"))]
    assert fixed_texts(found, FILES) == {"a.yaml": 'a: "3.10"\nb: é\r\n', "b.yaml": 'c: "no"\n'}


def test_unsafe_edits_are_not_made_nor_those_that_come_with_one():
    found = [finding(edit(3, 7, "x", safe=False)), finding(edit(3, 7, "y"), edit(0, 1, "z", safe=False))]
    assert fixed_texts(found, FILES) == {}


def test_of_edits_that_overlap_the_first_is_made():
    found = [finding(edit(3, 7, "one")), finding(edit(5, 7, "two")), finding(edit(3, 7, "three"))]
    assert fixed_texts(found, FILES)["a.yaml"].startswith("a: one\n")


def test_the_same_edit_of_two_findings_is_made_once():
    found = [finding(edit(3, 3, "!")), finding(edit(3, 3, "!"))]
    assert fixed_texts(found, FILES)["a.yaml"].startswith("a: !3.10")


def test_an_edit_that_changes_nothing_is_no_fix():
    assert fixed_texts([finding(edit(3, 7, "3.10"))], FILES) == {}
