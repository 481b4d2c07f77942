"""Answers are kept for a minute, failures too."""

from __future__ import annotations

import pytest

from modelops_git.core.errors import ForgeError
from modelops_git.engine.answers_kept import SECONDS, Answers


def test_a_question_is_asked_once_a_minute():
    now, asked = [0.0], []
    answers = Answers(lambda: now[0])

    def ask():
        asked.append(now[0])
        return len(asked)

    assert [answers.of("a", ask), answers.of("a", ask), answers.of("b", ask)] == [1, 1, 2]
    now[0] = SECONDS - 1
    assert answers.of("a", ask) == 1
    now[0] = SECONDS
    assert answers.of("a", ask) == 3


def test_a_failure_is_kept_as_well():
    now, asked = [0.0], []
    answers = Answers(lambda: now[0])

    def fail():
        asked.append(1)
        raise ForgeError("down")

    for _ in range(3):
        with pytest.raises(ForgeError, match="down"):
            answers.of("a", fail)
    assert len(asked) == 1
    now[0] = SECONDS
    assert answers.of("a", lambda: "up") == "up"
