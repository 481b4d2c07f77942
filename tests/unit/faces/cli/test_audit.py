from __future__ import annotations

from modelops_git.core.journal.chain import Problem
from modelops_git.faces.cli.commands.audit import _told

FIRST = [Problem(1, "a" * 40, "state is wrong"), Problem(1, "a" * 40, "its digest is wrong")]


def test_the_first_broken_entry_is_told_and_what_follows_is_counted():
    later = [Problem(number, "b" * 40, "does not follow") for number in (2, 2, 3)]
    anchor = Problem(None, "", "the anchor is not in its history")
    assert _told([*FIRST, *later, anchor]) == [
        "entry 1 (aaaaaaaaaaaa): state is wrong",
        "entry 1 (aaaaaaaaaaaa): its digest is wrong",
        "and 2 entries after it do not follow from it",
        "the anchor is not in its history",
    ]


def test_a_single_broken_entry_is_told_alone():
    assert _told(FIRST) == [str(problem) for problem in FIRST]
    assert _told([*FIRST, Problem(2, "b" * 40, "x")])[-1] == "and 1 entry after it does not follow from it"
    assert _told([Problem(None, "", "the journal has no entries")]) == ["the journal has no entries"]
