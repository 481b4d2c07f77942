"""A prediction id says when and by what, and what is none is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from modelops_git.core.serving.prediction_ids import (
    is_sampled,
    prediction_id,
    read_prediction_id,
    time_said,
)

DIGEST = "sha256:" + "0123456789abcdef" * 4
MADE = 1_780_414_200_123


def test_an_id_says_when_and_by_what():
    text = prediction_id(MADE, DIGEST, 0xFACE)
    assert text == "019e88f4b93b-0123456789ab-00000000face"
    said = read_prediction_id(text)
    assert said.at == datetime(2026, 6, 2, 15, 30, 0, 123_000, tzinfo=UTC)
    assert (said.text, said.digest) == (text, "0123456789ab")


@settings(max_examples=50)
@given(some.integers(0, 253_402_300_799_999), some.integers(0, 2**48 - 1))
def test_every_time_comes_back_to_the_millisecond(made, chance):
    said = read_prediction_id(prediction_id(made, DIGEST, chance))
    assert round(said.at.timestamp() * 1000) == made
    assert said.at == datetime.fromisoformat(time_said(made))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "019e88f4b93b-0123456789ab-00000000fac",
        "019e88f4b93b-0123456789ab-00000000FACE",
        "019e88f4b93b-0123456789ab-00000000face\n",
        " 019e88f4b93b-0123456789ab-00000000face",
        "019e88f4b93b_0123456789ab_00000000face",
        "019e88f4b93b-0123456789ab-٠٠٠٠٠٠٠٠face",
        "ffffffffffff-0123456789ab-00000000face",
        "e677d21fdc00-0123456789ab-00000000face",
        "--help",
    ],
)
def test_what_is_no_id_is_refused(text):
    with pytest.raises(ValueError, match="three times 12 hexadecimal digits"):
        read_prediction_id(text)


def test_the_last_time_that_there_is_can_be_said():
    assert read_prediction_id("e677d21fdbff-0123456789ab-00000000face").at.year == 9999


def test_times_are_said_with_all_milliseconds():
    assert time_said(MADE) == "2026-06-02T15:30:00.123Z"
    assert time_said(MADE - 123) == "2026-06-02T15:30:00.000Z"


def test_the_share_that_is_sampled_is_the_share_that_was_asked_for():
    ids = [prediction_id(MADE, DIGEST, number) for number in range(4_000)]
    assert all(is_sampled(text, 1) for text in ids)
    assert not any(is_sampled(text, 0) for text in ids)
    tenth = {text for text in ids if is_sampled(text, 0.1)}
    assert 320 < len(tenth) < 480
    assert tenth <= {text for text in ids if is_sampled(text, 0.2)}
