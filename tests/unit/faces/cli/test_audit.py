from __future__ import annotations

import pytest

from modelops_git.core.errors import UsageError
from modelops_git.core.journal.chain import Problem
from modelops_git.engine.anchoring import Notes
from modelops_git.engine.audit import Verdict
from modelops_git.faces.cli.commands.audit import _anchors, _told, _verdict_lines

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


def verdict(**said):
    return Verdict("production", 12, "a" * 40, "", (), **said)


def notes(*, kept=(), loose=()):
    return Notes("file:notes.jsonl", kept, loose)


def text_of(verdict):
    return [
        line if isinstance(line, str) else "".join(map(str, line)) for line in _verdict_lines(verdict)[2:]
    ]


def test_what_the_anchor_does_not_cover_is_told():
    assert text_of(verdict()) == []
    assert text_of(verdict(upto=11, notes=notes(kept=("a note",)))) == []
    assert text_of(verdict(upto=9, notes=notes(kept=("a note",)))) == [
        "  not anchored: 2 entries at its end; `modelops audit anchor` notes the newest"
    ]
    assert text_of(verdict(notes=notes())) == [
        "  the anchor file:notes.jsonl holds no note of it; `modelops audit anchor` begins"
    ]
    assert text_of(verdict(notes=notes(loose=("one", "two")))) == [
        "  2 of the notes in file:notes.jsonl can be removed: no retention is seen"
    ]


def test_an_anchor_is_a_commit_of_one_environment():
    commit = "a" * 40
    assert _anchors((commit,), ["production"]) == {"production": commit}
    assert _anchors((f"staging={commit}",), ["staging", "production"]) == {"staging": commit}
    for given, environments in (((commit,), ["a", "b"]), (("abc",), ["a"]), ((f"c={commit}",), ["a", "b"])):
        with pytest.raises(UsageError):
            _anchors(given, environments)
