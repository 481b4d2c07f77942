"""Every way to change a record that was noted is found, also where the chain itself is in order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelops_git.core.journal import chain
from modelops_git.core.journal.anchor import Comparison, Held, Note, compare, held
from modelops_git.core.journal.entry import Notified
from stories import START, Story


def told(*happened):
    """A journal in which all of this was noted, each by an entry of its own."""
    story = Story()
    for key in happened:
        story.tell(Notified(key=str(key)))
    return story.stored()


def notes_of(stored, *numbers):
    """Notes of some entries of a record; of all where none is named."""
    return [note_of(number, held(stored[number])) for number in numbers or range(len(stored))]


def note_of(number, entry):
    return Note(
        registry="acme",
        environment="production",
        sequence=number,
        commit=entry.commit,
        digest=entry.digest,
        at=START,
        by="ana",
    )


def judged(notes, stored):
    return compare(notes, [held(one) for one in stored])


def found(notes, stored):
    """Whether the chain or the anchor shows that something is wrong."""
    return bool(list(chain.check(stored)) or judged(notes, stored).problems)


@pytest.fixture
def record():
    return told(*range(9))


def in_other_commits(stored, since):
    """The same with other commits from one entry on, as whoever writes commits anew gets them."""
    return [
        one if number < since else replace(one, commit=f"{number + 500:040x}")
        for number, one in enumerate(stored)
    ]


def test_without_notes_nothing_is_anchored(record):
    assert judged([], record) == Comparison(None, ())


def test_the_newest_note_says_how_far_a_record_is_what_it_was(record):
    assert judged(notes_of(record), record) == Comparison(9, ())
    assert judged(notes_of(record, 4, 0, 2), record) == Comparison(4, ())
    assert judged(notes_of(record, 6, 6), record) == Comparison(6, ())


@pytest.mark.parametrize("point", range(1, 10))
def test_a_record_chained_anew_from_any_point_is_whole_and_not_what_was_noted(record, point):
    forged = in_other_commits(told(*range(point - 1), "forged", *range(point, 9)), point)
    assert list(chain.check(forged)) == []
    result = judged(notes_of(record), forged)
    assert result.upto == point - 1
    (problem,) = result.problems
    assert f"entry {point}, noted as {record[point].commit[:12]} at 2026-06-01T12:00:00Z," in str(problem)
    assert f"written anew behind entry {point - 1}" in str(problem)


def test_one_note_finds_what_was_changed_anywhere_before_it(record):
    forged = in_other_commits(told("forged", *range(1, 9)), 1)
    assert judged(notes_of(record, 9), forged).upto is None
    assert judged(notes_of(record, 9), forged).problems
    assert judged(notes_of(record, 0), forged) == Comparison(0, ())


@pytest.mark.parametrize("count", range(1, 10))
def test_a_truncated_record_is_found(record, count):
    cut = record[:count]
    assert list(chain.check(cut)) == []
    result = judged(notes_of(record, 9), cut)
    assert str(result.problems[0]).endswith(f"is gone: the journal ends with entry {count - 1}")


def test_an_empty_record_is_found(record):
    assert judged(notes_of(record, 0), []).problems


def test_entries_added_behind_the_newest_note_are_only_not_anchored(record):
    assert judged(notes_of(record, 9), told(*range(12))) == Comparison(9, ())


@pytest.mark.parametrize("number", range(10))
def test_a_dropped_an_inserted_and_a_repeated_entry_are_found(record, number):
    notes = notes_of(record, 9)
    assert found(notes, record[:number] + record[number + 1 :])
    assert found(notes, [*record[:number], record[number], *record[number:]])
    assert found(notes, [*record[:number], told("other")[1], *record[number:]])


@pytest.mark.parametrize("number", range(9))
def test_reordered_entries_are_found(record, number):
    swapped = [*record[:number], record[number + 1], record[number], *record[number + 2 :]]
    assert found(notes_of(record, 9), swapped)


def test_every_flipped_byte_and_every_removed_file_is_found(record):
    notes = notes_of(record, 9)
    for number, one in enumerate(record):
        for path, data in one.files.items():
            removed = {name: kept for name, kept in one.files.items() if name != path}
            changes = [removed]
            for position in range(0, len(data), 29):
                flipped = bytes([*data[:position], data[position] ^ 1, *data[position + 1 :]])
                changes.append({**one.files, path: flipped})
            for files in changes:
                changed = replace(one, files=files)
                assert found(notes, [*record[:number], changed, *record[number + 1 :]]), (number, path)


def test_the_same_entries_in_other_commits_are_told_as_that(record):
    copied = in_other_commits(record, 3)
    (problem,) = judged(notes_of(record, 2, 5), copied).problems
    assert "entry 5, noted as" in str(problem)
    assert f"is in another commit now, {copied[5].commit[:12]}" in str(problem)


def test_of_many_notes_that_do_not_agree_the_oldest_is_told_and_the_others_counted(record):
    forged = in_other_commits(told(0, 1, 2, "forged", 4, 5, 6, 7, 8), 4)
    (problem,) = judged(notes_of(record), forged).problems
    assert "entry 4, " in str(problem)
    assert str(problem).endswith("; 5 later notes do not agree either")
    (problem,) = judged(notes_of(record, 8, 9), forged).problems
    assert str(problem).endswith("; a later note does not agree either")


def test_notes_of_two_histories_never_agree_both(record):
    forged = in_other_commits(told("forged"), 1)
    for journal in (record, forged):
        assert judged([*notes_of(record, 1), *notes_of(forged, 1)], journal).problems


def test_a_note_is_read_back_as_it_was_written():
    note = note_of(7, Held("a" * 40, "sha256:" + "b" * 64))
    assert Note.from_bytes(note.to_bytes()) == note


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"sequence": -1}'])
def test_what_is_no_note_is_refused_in_one_line(data):
    with pytest.raises(ValueError, match=r".") as caught:
        Note.from_bytes(data)
    assert "\n" not in str(caught.value)
