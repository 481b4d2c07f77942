from dataclasses import replace
from datetime import timedelta

import pytest

from modelops_git.core.errors import JournalError
from modelops_git.core.journal import chain
from modelops_git.core.journal.entry import Entry, Notified
from modelops_git.core.journal.people import Actor
from modelops_git.core.journal.state import ENVIRONMENT_FILE
from stories import START, Story


@pytest.fixture
def story():
    return Story().live("1.0.0", "create").live("1.1.0").held("1.0.0", against="1.1.0")


def problems(stored):
    return [str(problem) for problem in chain.check(stored)]


def test_a_record_as_it_was_written_is_whole(story):
    assert problems(story.stored()) == []


def test_an_empty_record_is_not_whole():
    assert problems([]) == ["the journal has no entries"]


@pytest.mark.parametrize("number", range(9))
def test_an_edited_entry_is_found(story, number):
    stored = story.stored()
    entry = story.entries[number]
    edited = entry.model_copy(update={"actor": Actor(name="mallory")}).to_bytes()
    stored[number] = replace(stored[number], files={**stored[number].files, "entry.json": edited})
    assert problems(stored)


@pytest.mark.parametrize("number", range(9))
def test_a_dropped_entry_is_found(story, number):
    stored = story.stored()
    del stored[number]
    assert problems(stored)


@pytest.mark.parametrize("number", range(1, 8))
def test_reordered_entries_are_found(story, number):
    stored = story.stored()
    stored[number], stored[number + 1] = stored[number + 1], stored[number]
    assert problems(stored)


def test_an_inserted_entry_is_found(story):
    stored = story.stored()
    assert problems([*stored[:4], stored[3], *stored[4:]])


def test_every_flipped_byte_of_every_file_is_found(story):
    stored = story.stored()
    for number, one in enumerate(stored):
        for path, data in one.files.items():
            for position in range(0, len(data), 41):
                flipped = bytearray(data)
                flipped[position] ^= 1
                changed = replace(one, files={**one.files, path: bytes(flipped)})
                assert problems([*stored[:number], changed, *stored[number + 1 :]]), (number, path, position)


def test_a_state_that_the_entries_do_not_lead_to_is_found(story):
    stored = story.stored()
    path = next(path for path in stored[-1].files if path.startswith("state/") and path != ENVIRONMENT_FILE)
    stored[-1] = replace(stored[-1], files={**stored[-1].files, path: story.links[2].model.to_bytes()})
    assert any("is not what the entries lead to" in problem for problem in problems(stored))


def test_a_file_that_no_entry_accounts_for_is_found(story):
    stored = story.stored()
    stored[-1] = replace(stored[-1], paths=(*stored[-1].paths, "state/00/extra.json"))
    assert any("state/00/extra.json" in problem for problem in problems(stored))


def test_a_merge_is_found(story):
    stored = story.stored()
    stored[3] = replace(stored[3], parents=2)
    assert any("2 parents" in problem for problem in problems(stored))


def test_a_record_chained_anew_is_whole_which_is_why_there_are_anchors(story):
    other = Story()
    other.tell(Notified(key="something else"))
    assert problems(other.stored()) == []
    assert other.entries[-1].digest != story.entries[1].digest


def test_times_never_fall():
    story = Story()
    story.now = START - timedelta(minutes=1)
    (link,) = story.tell(Notified(key="k"))
    assert link.entry.at == START


def test_a_clock_far_behind_is_refused_but_never_for_an_abort():
    story = Story()
    late = START - timedelta(minutes=6)
    tip = story.links[-1].environment
    with pytest.raises(JournalError, match="clock is 0:06:00 behind"):
        chain.extend(tip, {}, [Notified(key="k")], chain.Writer(Actor(name="ana"), late, "0.1.0"))
    hurried = chain.Writer(Actor(name="ana"), late, "0.1.0", patient=False)
    assert chain.extend(tip, {}, [Notified(key="k")], hurried)[0].entry.at == START


def test_an_entry_is_read_back_as_it_was_written(story):
    for entry in story.entries:
        assert Entry.from_bytes(entry.to_bytes()) == entry


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"null", b"\xff", b'{"sequence": 0}', b'{"payload": {"type": "Unheard"}}'],
)
def test_what_is_no_entry_is_refused_in_one_line(data):
    with pytest.raises(ValueError, match=r".") as caught:
        Entry.from_bytes(data)
    assert "\n" not in str(caught.value)
    assert "pydantic" not in str(caught.value)
